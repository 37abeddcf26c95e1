def read_default():
    return 1


def make(name):
    return name


class Settings:
    size = read_default()
    names = [make(n) for n in ("a", "b")]


Settings()
