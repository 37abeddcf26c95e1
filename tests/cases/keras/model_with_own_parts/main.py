import tensorflow as tf
from tensorflow import keras


class Attention(keras.layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.dense = keras.layers.Dense(units)

    def call(self, x):
        return self.score(x) * x

    def score(self, x):
        return self.dense(x)


class Weighted(keras.losses.Loss):
    def call(self, y, p):
        return tf.reduce_mean(tf.abs(y - p))


class Hits(keras.metrics.Metric):
    def update_state(self, y, p, sample_weight=None):
        self.n = self.count(y, p)

    def count(self, y, p):
        return 1

    def result(self):
        return self.n

    def reset_state(self):
        self.n = 0


def build():
    inputs = keras.Input((4,))
    x = Attention(4)(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    model.compile("adam", loss=Weighted(), metrics=[Hits()])
    return model


def main(x, y):
    model = build()
    model.fit(x, y)
    return model.predict(x)


main(None, None)
