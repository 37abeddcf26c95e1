class Linear:
    def __init__(self, lr):
        self.lr = lr

    def fit(self, x):
        return x * self.lr


class Tree:
    def __init__(self, depth, split=None):
        self.depth = depth
        self.split = split

    def fit(self, x):
        return self.split(x)


def halve(x):
    return x / 2


ZOO = {
    "linear": (Linear, {"lr": 0.1}),
    "tree": (Tree, {"depth": 3, "split": halve}),
}


def create(name):
    cls, preset = ZOO[name]
    return cls(**preset)


def main():
    return [create(name).fit(1) for name in ZOO]


main()
