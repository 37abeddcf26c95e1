class Key:
    def __init__(self, name):
        self.name = name

    def __hash__(self):
        return hash(self.name)

    def __eq__(self, other):
        return same(self, other)


def same(a, b):
    return a.name == b.name


def unique(names):
    seen = {Key(name) for name in names}
    return Key("a") in seen


unique(["a", "b"])
