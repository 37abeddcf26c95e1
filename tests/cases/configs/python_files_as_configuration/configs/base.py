def optimizer():
    return "sgd"


def model():
    return Net(optimizer())


class Net:
    def __init__(self, optimizer):
        self.optimizer = optimizer

    def fit(self):
        return self.optimizer
