import xgboost as xgb
from xgboost.callback import TrainingCallback


class Progress(TrainingCallback):
    def before_training(self, model):
        return model

    def after_iteration(self, model, epoch, evals_log):
        self.show(epoch)
        return False

    def show(self, epoch):
        print(epoch)


def fit(X, y):
    model = xgb.XGBRegressor(n_estimators=2, callbacks=[Progress()])
    model.fit(X, y)


fit([[1.0]], [1.0])
