import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import cross_val_score


class Majority(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.value_ = y[0]
        return self

    def predict(self, X):
        return np.full(len(X), self.value_)


class TimeSplit:
    def get_n_splits(self, X=None, y=None, groups=None):
        return 2

    def split(self, X, y=None, groups=None):
        yield np.arange(2), np.arange(2, 4)
        yield np.arange(3), np.arange(3, 4)


def gain(estimator, X, y):
    return float((estimator.predict(X) == y).mean())


def evaluate():
    X, y = np.zeros((4, 1)), np.array([0, 1, 0, 1])
    plain = cross_val_score(Majority(), X, y, cv=TimeSplit(), scoring=gain)
    return plain.mean()


evaluate()
