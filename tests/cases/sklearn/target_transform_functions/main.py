import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import Ridge


def to_log(y):
    return np.log1p(y)


def from_log(y):
    return np.expm1(y)


def main():
    X, y = np.arange(6.0).reshape(-1, 1), np.arange(6.0)
    model = TransformedTargetRegressor(regressor=Ridge(), func=to_log, inverse_func=from_log, check_inverse=False)
    model.fit(X, y)
    return model.predict(X)


main()
