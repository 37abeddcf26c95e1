from sklearn.model_selection import GridSearchCV
from xgboost import XGBRegressor


def pseudo_huber(y_true, y_pred):
    return residual(y_true, y_pred), y_pred


def residual(y_true, y_pred):
    return y_pred - y_true


def make_model():
    return XGBRegressor(objective=pseudo_huber)


def tune(X, y):
    search = GridSearchCV(make_model(), {"max_depth": [2, 3]}, cv=2)
    search.fit(X, y)
    return search.best_estimator_


tune([[1.0], [2.0], [3.0], [4.0]], [1.0, 2.0, 3.0, 4.0])
