def build(values):
    return [one(v) for v in values]


def one(v):
    return v
