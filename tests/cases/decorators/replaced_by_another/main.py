def stub():
    pass


def disabled(function):
    return stub


@disabled
def send():
    pass


send()
