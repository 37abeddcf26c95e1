from joblib import Parallel, delayed


class Base:
    def fit(self, x):
        return self.solve(x)


class Ridge(Base):
    def solve(self, x):
        return x


class Tree(Base):
    def solve(self, x):
        return -x

    @staticmethod
    def score(x):
        return x


class Ensemble:
    def __init__(self, models):
        self.models = models

    def fit(self, x):
        return Parallel(n_jobs=1)(delayed(model.fit)(x) for model in self.models)


def main():
    ensemble = Ensemble([Ridge(), Tree()])
    ensemble.fit(1)
    run = Parallel(n_jobs=1)
    return run([delayed(Tree.score)(i) for i in range(2)])


main()
