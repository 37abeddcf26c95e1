import lightgbm as lgb
import numpy as np


class History:
    def __init__(self):
        self.rows = []

    def __call__(self, env):
        self.rows.append(self.flatten(env.evaluation_result_list))

    def flatten(self, results):
        return dict(results)


def gini(y, p):
    return "gini", order(y, p), True


def order(y, p):
    return float(np.argsort(p).mean())


def cross_validate(X, y, params):
    history = History()
    folds = [(np.arange(4), np.arange(4))]
    scores = []
    for train, test in folds:
        model = lgb.LGBMClassifier(**params)
        model.fit(X[train], y[train], eval_set=[(X[test], y[test])], eval_metric=gini, callbacks=[history])
        scores.append(score(model, X[test], y[test]))
    return np.mean(scores), history


def score(model, X, y):
    return float((model.predict(X) == y).mean())


cross_validate(np.ones((4, 2)), np.ones(4), {})
