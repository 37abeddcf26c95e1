import lightgbm as lgb
import numpy as np
import xgboost as xgb


def rmsle(y, p):
    return float(np.sqrt(np.mean((np.log1p(p) - np.log1p(y)) ** 2)))


def hit_rate(y, p):
    return "hit_rate", top(y, p), True


def top(y, p):
    return float((p > 0.5).mean())


class Search:
    def __init__(self, metric):
        self.model = xgb.XGBRegressor(eval_metric=metric)

    def fit(self, X, y):
        self.model.fit(X, y, eval_set=[(X, y)])
        return self


def main():
    X, y = np.ones((4, 2)), np.ones(4)
    Search(rmsle).fit(X, y)
    lgb.LGBMClassifier().fit(X, y, eval_set=[(X, y)], eval_metric=hit_rate)


main()
