import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import GridSearchCV


class Threshold(ClassifierMixin, BaseEstimator):
    def __init__(self, cut=0.5):
        self.cut = cut

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return (X[:, 0] > self.cut).astype(int)


def search(X, y):
    grid = GridSearchCV(Threshold(), {"cut": [0.2, 0.8]}, cv=2)
    grid.fit(X, y)
    return grid.best_params_


search(np.array([[0.0], [1.0], [0.1], [0.9]]), np.array([0, 1, 0, 1]))
