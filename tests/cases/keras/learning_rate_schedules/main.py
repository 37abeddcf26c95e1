import numpy as np
import tensorflow as tf
from tensorflow import keras


def decay(epoch, lr):
    return lr * factor(epoch)


def factor(epoch):
    return 0.5 if epoch > 3 else 1.0


class Warmup(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, peak):
        self.peak = peak

    def __call__(self, step):
        return self.peak * tf.minimum(1.0, step / 10)


def make():
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=Warmup(0.1)), loss="mse")
    return model


def train():
    model = make()
    model.fit(np.ones((4, 2)), np.ones(4), callbacks=[keras.callbacks.LearningRateScheduler(decay)])


train()
