import lightgbm as lgb
import numpy as np


def top_decile(predictions, data):
    return "top", rank(predictions), True


def rank(predictions):
    return 1.0


def log_every(period):
    def callback(env):
        if env.iteration % period == 0:
            report(env)

    return callback


def report(env):
    pass


def train(dataset):
    return lgb.train(
        {"objective": "binary"},
        dataset,
        valid_sets=[dataset],
        feval=top_decile,
        callbacks=[lgb.early_stopping(5), log_every(10)],
    )


train(lgb.Dataset(np.arange(8.0).reshape(8, 1), label=np.arange(8) % 2))
