class Model:
    def __init__(self, size):
        self.size = size

    @classmethod
    def small(cls):
        return cls(1)

    def fit(self):
        pass


class Deep(Model):
    def fit(self):
        pass


Deep.small().fit()
