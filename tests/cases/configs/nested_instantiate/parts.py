class Net:
    def __init__(self, width):
        self.width = width

    def forward(self, x):
        return x * self.width


class Other:
    def __init__(self):
        self.x = 1


class Trainer:
    def __init__(self, optimizer, model):
        self.optimizer = optimizer
        self.model = model

    def fit(self):
        return self.model.forward(self.optimizer)


def sgd(lr):
    return lr


def adam(lr):
    return lr
