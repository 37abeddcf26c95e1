import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline


class Scale(BaseEstimator, TransformerMixin):
    def fit(self, X, y=None):
        self.factor_ = X.max()
        return self

    def transform(self, X):
        return X / self.factor_

    def report(self):
        return self.factor_


class Shift(BaseEstimator, TransformerMixin):
    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return X + 1

    def report(self):
        return 1


def build():
    return Pipeline([("scale", Scale()), ("shift", Shift()), ("model", LinearRegression())])


def main():
    X = np.arange(1.0, 5.0).reshape(-1, 1)
    pipe = build().fit(X, X.ravel())
    pipe.named_steps["scale"].report()
    return pipe.predict(X)


main()
