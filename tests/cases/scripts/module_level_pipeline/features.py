def build(names):
    return [encode(name) for name in names]


def encode(name):
    return len(name)
