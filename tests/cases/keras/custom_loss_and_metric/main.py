import keras
from keras import ops


def weighted_mse(y_true, y_pred):
    return ops.mean(weights(y_true) * ops.square(y_true - y_pred))


def weights(y_true):
    return ops.ones_like(y_true)


def bias(y_true, y_pred):
    return ops.mean(y_pred - y_true)


def train(x, y):
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss=weighted_mse, metrics=[bias])
    model.fit(x, y)


train(ops.ones((4, 2)), ops.ones((4, 1)))
