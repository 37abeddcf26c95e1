import sys


class Owner:
    def __str__(self):
        return "owner"


def shown(rate: float):
    return str(rate)


def described(value):
    return str(value)


SETTINGS = {"rate": 0.5, "owner": Owner()}


def setting(name):
    return SETTINGS[name]


if isinstance(setting(sys.argv[1]), float):
    shown(setting(sys.argv[1]))
described(setting(sys.argv[1]))
