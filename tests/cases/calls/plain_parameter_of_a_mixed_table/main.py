import sys


class Owner:
    def __str__(self):
        return "owner"

    def __getitem__(self, name):
        return name


def shown(rate: float):
    return str(rate)


def first(names: list[str] | None = None):
    return names[0]


def described(value):
    return str(value) + value[0]


SETTINGS = {"rate": 0.5, "names": ["a", "b"], "owner": Owner()}


def setting(name):
    return SETTINGS[name]


if isinstance(setting(sys.argv[1]), float):
    shown(setting(sys.argv[1]))
elif isinstance(setting(sys.argv[1]), list):
    first(setting(sys.argv[1]))
else:
    described(setting(sys.argv[1]))
