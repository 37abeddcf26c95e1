import keras


class Checkpoint(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.best = None

    def on_epoch_end(self, epoch, logs=None):
        self.keep(logs)

    def keep(self, logs):
        self.best = logs


def schedule(epoch, rate):
    return rate


def announce(epoch, logs):
    pass


def train(model, x, y):
    extra = keras.callbacks.LambdaCallback(on_epoch_begin=announce)
    rate = keras.callbacks.LearningRateScheduler(schedule)
    model.fit(x, y, callbacks=[Checkpoint(), extra, rate])


inputs = keras.Input(shape=(2,))
model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
model.compile(loss="mse")
train(model, keras.ops.ones((2, 2)), keras.ops.ones((2, 1)))
