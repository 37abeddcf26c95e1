class Model:
    def __init__(self):
        self._rate = 0

    @property
    def rate(self):
        return self.load()

    @rate.setter
    def rate(self, value):
        self.store(value)

    def load(self):
        return self._rate

    def store(self, value):
        self._rate = value


def tune(model):
    model.rate = 1


def show(model):
    return model.rate


m = Model()
tune(m)
show(m)
