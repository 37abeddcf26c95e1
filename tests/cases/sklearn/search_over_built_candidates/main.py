import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline


class Clip(BaseEstimator, TransformerMixin):
    def __init__(self, limit=1.0):
        self.limit = limit

    def fit(self, X, y=None):
        self.n_ = len(X)
        return self

    def transform(self, X):
        return np.clip(X, 0, self.limit)


class Candidate:
    def build(self):
        prepare = ColumnTransformer([("clip", Pipeline([("clip", Clip())]), ["a"])])
        return Pipeline([("prepare", prepare), ("model", self.estimator())])

    def estimator(self):
        raise NotImplementedError


class Linear(Candidate):
    def estimator(self):
        return LogisticRegression()


CANDIDATES = {"linear": Linear}


def tune(name, X, y):
    candidate = CANDIDATES[name]()
    search = GridSearchCV(candidate.build(), {"model__C": [0.1, 1.0]}, cv=2)
    search.fit(X, y)
    return search.best_estimator_


def predict(X, y):
    model = tune("linear", X, y)
    return model.predict(X)


predict(pd.DataFrame({"a": [0.0, 1.0, 0.1, 0.9]}), [0, 1, 0, 1])
