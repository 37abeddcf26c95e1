import keras
import keras_tuner as kt


def build(hp):
    return compiled(keras.Sequential([keras.layers.Dense(hp.Int("units", 8, 64))]))


def compiled(model):
    model.compile("adam", "mse")
    return model


class Hyper(kt.HyperModel):
    def build(self, hp):
        return compiled(keras.Sequential())

    def fit(self, hp, model, *args, **kwargs):
        return model.fit(*args, **kwargs)


def search(x, y):
    tuner = kt.RandomSearch(build, objective="val_loss", max_trials=2)
    tuner.search(x, y)
    return tuner.get_best_models()[0]


def search_class(x, y):
    tuner = kt.Hyperband(Hyper(), objective="val_loss")
    tuner.search(x, y)


search(None, None)
search_class(None, None)
