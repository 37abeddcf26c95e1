import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import make_scorer
from sklearn.model_selection import cross_val_score


def cost(y_true, y_pred):
    return penalty(y_true, y_pred).sum()


def penalty(y_true, y_pred):
    return np.abs(y_true - y_pred)


def size(estimator, X, y):
    return len(X)


def evaluate(X, y):
    scorer = make_scorer(cost, greater_is_better=False)
    cross_val_score(LogisticRegression(), X, y, scoring=scorer, cv=2)
    return cross_val_score(LogisticRegression(), X, y, scoring=size, cv=2)


evaluate(np.array([[0.0], [1.0], [0.1], [0.9]]), np.array([0, 1, 0, 1]))
