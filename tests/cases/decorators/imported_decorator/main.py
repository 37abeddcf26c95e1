from wrapping import guard


def body():
    pass


@guard
def handler():
    body()


handler()
