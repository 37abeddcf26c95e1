import numpy as np
from sklearn.linear_model import Ridge
from sklearn.metrics import make_scorer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer


def log_prices(frame):
    return np.log1p(frame)


def margin(truth, guess):
    return truth - guess


def profit(truth, guess):
    return margin(truth, guess).sum()


def search(x, y):
    pipeline = make_pipeline(FunctionTransformer(log_prices), Ridge())
    grid = GridSearchCV(pipeline, {"ridge__alpha": [0.1, 1.0]}, scoring=make_scorer(profit))
    grid.fit(x, y)
    return grid


search(np.ones((4, 1)), np.ones(4))
