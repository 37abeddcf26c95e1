import tensorflow as tf


class Gate(tf.keras.layers.Layer):
    def call(self, inputs):
        return tf.sigmoid(inputs)


class Classifier(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.gate = Gate()
        self.out = tf.keras.layers.Dense(1)

    def call(self, inputs):
        return self.out(self.gate(inputs))


def train(x, y):
    model = Classifier()
    model.compile(optimizer="adam", loss="mse")
    model.fit(x, y, epochs=1)
    return model.predict(x)


train(tf.ones((2, 2)), tf.ones((2, 1)))
