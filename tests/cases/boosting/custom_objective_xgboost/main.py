import numpy as np
import xgboost as xgb


def gradient(guess, matrix):
    return np.log1p(guess) - np.log1p(matrix.get_label())


def hessian(guess, matrix):
    return np.ones_like(guess)


def squared_log(guess, matrix):
    return gradient(guess, matrix), hessian(guess, matrix)


def rmsle(guess, matrix):
    return "rmsle", 0.0


def train(matrix):
    return xgb.train({"eta": 0.1}, matrix, num_boost_round=5, obj=squared_log, custom_metric=rmsle)


train(xgb.DMatrix(np.ones((4, 1)), label=np.ones(4)))
