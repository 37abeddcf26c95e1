import lightgbm as lgb
import numpy as np


def grad(preds, train_data):
    residual = preds - train_data.get_label()
    return residual, np.ones_like(residual)


def mape(preds, data):
    return "mape", relative(preds, data.get_label()), False


def relative(p, y):
    return float(np.abs((p - y) / y).mean())


def bias(preds, data):
    return "bias", float((preds - data.get_label()).mean()), False


def params():
    return {"objective": grad, "num_leaves": 7}


def fit(X, y):
    data = lgb.Dataset(X, y)
    return lgb.train(params(), data, valid_sets=[data], feval=[mape, bias])


fit(np.ones((9, 2)), np.ones(9))
