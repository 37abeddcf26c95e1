class Scorer:
    def __init__(self, factor):
        self.factor = factor

    def score(self, value):
        return value * self.factor
