class Mean:
    def combine(self, values):
        return sum(values) / len(values)


class Vote:
    def combine(self, values):
        return max(values)


class Ensemble:
    def __init__(self, kind):
        if kind == "mean":
            self.strategy = Mean()
        else:
            self.strategy = Vote()

    def predict(self, values):
        return self.strategy.combine(values)


Ensemble("mean").predict([1])
Ensemble("vote").predict([1])
