import numpy as np
import xgboost as xgb


def gradient(predictions, truth):
    return predictions - truth


def squared_log(predictions, dtrain):
    truth = dtrain.get_label()
    return gradient(predictions, truth), np.ones_like(truth)


def rmsle(predictions, dtrain):
    return "rmsle", float(np.mean(predictions))


def train(X, y):
    dtrain = xgb.DMatrix(X, label=y)
    return xgb.train({"eta": 0.1}, dtrain, num_boost_round=2, obj=squared_log, custom_metric=rmsle, evals=[(dtrain, "train")])


train(np.ones((3, 1)), np.ones(3))
