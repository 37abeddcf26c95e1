import numpy as np
from sklearn.linear_model import LinearRegression


class Mean:
    def fit(self, X, y):
        self.value = y.mean()
        return self

    def predict(self, X):
        return np.full(len(X), self.value)


def evaluate(model, X, y):
    return rmse(y, model.predict(X))


def rmse(y, p):
    return float(np.sqrt(np.mean((y - p) ** 2)))


def main():
    X, y = np.arange(4.0).reshape(-1, 1), np.arange(4.0)
    models = {"mean": Mean(), "linear": LinearRegression()}
    scores = {}
    for name, model in models.items():
        model.fit(X, y)
        scores[name] = evaluate(model, X, y)
    return min(scores, key=scores.get)


main()
