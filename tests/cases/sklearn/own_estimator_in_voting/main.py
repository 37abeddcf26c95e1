import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import VotingRegressor
from sklearn.linear_model import LinearRegression


class Mean(BaseEstimator, RegressorMixin):
    def __init__(self, shift=0.0):
        self.shift = shift

    def fit(self, x, y):
        self._check(y)
        self.mean_ = np.mean(y)
        return self

    def predict(self, x):
        return np.full(len(x), self.mean_ + self.shift)

    def _check(self, y):
        assert len(y)


x, y = np.ones((4, 1)), np.ones(4)
ensemble = VotingRegressor([("mean", Mean()), ("linear", LinearRegression())])
ensemble.fit(x, y)
ensemble.predict(x)
