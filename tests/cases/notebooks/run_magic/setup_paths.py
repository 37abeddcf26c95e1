def read_all():
    return [read(name) for name in ("a", "b")]


def read(name):
    return name
