from functools import partial, partialmethod


class Model:
    def __init__(self, depth):
        self.depth = depth

    def fit(self, X, verbose=False):
        return self

    quiet_fit = partialmethod(fit, verbose=False)


deep = partial(Model, depth=9)
model = deep()
train = partial(model.fit, verbose=True)
train([1])
model.quiet_fit([1])
