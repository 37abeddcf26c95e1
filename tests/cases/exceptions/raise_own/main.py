class Bad(Exception):
    def __init__(self, reason):
        super().__init__(reason)


def check(x):
    if x:
        raise Bad("no")


try:
    check(1)
except Bad as error:
    pass
