import catboost
import xgboost as xgb


class Base:
    def fit(self, X, y):
        self.model = self.make()
        self.model.fit(X, y)
        return self

    def predict(self, X):
        return self.post(self.model.predict(X))

    def post(self, values):
        return values

    def make(self):
        raise NotImplementedError


class Xgb(Base):
    def make(self):
        return xgb.XGBRegressor()


class Cat(Base):
    def make(self):
        return catboost.CatBoostRegressor()

    def post(self, values):
        return values.ravel()


MODELS = {"xgb": Xgb, "cat": Cat}
