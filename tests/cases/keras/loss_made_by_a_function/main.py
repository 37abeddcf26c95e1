import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential


def focal(gamma):
    def loss(y_true, y_pred):
        return K.mean((1 - y_pred) ** gamma * error(y_true, y_pred))

    return loss


def error(y_true, y_pred):
    return tf.abs(y_true - y_pred)


def dice(y_true, y_pred):
    return K.sum(y_true * y_pred)


def unused(y_true, y_pred):
    return 0


def train(x, y):
    model = Sequential()
    model.add(Dense(1))
    model.compile("adam", loss=focal(2.0), metrics=["accuracy", dice])
    model.fit(x, y, epochs=1)
    return model.evaluate(x, y)


train(np.ones((2, 2)), np.ones(2))
