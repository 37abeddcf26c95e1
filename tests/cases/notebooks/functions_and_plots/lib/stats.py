class Normaliser:
    def fit(self, values):
        self.mean = self._mean(values)
        return self

    def _mean(self, values):
        return sum(values) / len(values)

    def __call__(self, value):
        return value - self.mean
