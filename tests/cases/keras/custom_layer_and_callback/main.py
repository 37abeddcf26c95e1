from tensorflow import keras


class Scale(keras.layers.Layer):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor


class Stop(keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience = patience

    def on_epoch_end(self, epoch, logs=None):
        if self.is_flat(logs):
            self.model.stop_training = True

    def is_flat(self, logs):
        return logs is None


def build():
    inputs = keras.Input((4,))
    hidden = Scale(2.0)(inputs)
    return keras.Model(inputs, keras.layers.Dense(1)(hidden))


def fit(model, x, y):
    model.compile("adam", "mse")
    model.fit(x, y, callbacks=[Stop(3)])


fit(build(), [], [])
