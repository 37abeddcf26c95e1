import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import Ridge
from sklearn.pipeline import FeatureUnion, Pipeline


class Squares(BaseEstimator, TransformerMixin):
    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return X**2


class Ranks(BaseEstimator, TransformerMixin):
    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return np.argsort(X, axis=0)


class Trainer:
    def __init__(self):
        union = FeatureUnion([("squares", Squares()), ("ranks", Ranks())])
        self.pipeline = Pipeline([("features", union), ("model", Ridge())])

    def train(self, X, y):
        self.pipeline.fit(X, y)

    def infer(self, X):
        return self.pipeline.predict(X)


trainer = Trainer()
trainer.train(np.ones((3, 1)), np.ones(3))
trainer.infer(np.ones((1, 1)))
