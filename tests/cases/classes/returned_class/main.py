class Small:
    def __init__(self):
        pass

    def go(self):
        pass


class Large:
    def __init__(self):
        pass

    def go(self):
        pass


def pick(large):
    if large:
        return Large
    return Small


cls = pick(True)
cls().go()
