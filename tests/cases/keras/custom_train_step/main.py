import tensorflow as tf
from tensorflow import keras


class Gan(keras.Model):
    def call(self, x):
        return x

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.penalty(self(x, training=True), y)
        self.apply(tape, loss)
        return {"loss": loss}

    def penalty(self, output, target):
        return tf.reduce_mean(output - target)

    def apply(self, tape, loss):
        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables))


gan = Gan()
gan.compile(optimizer="adam")
gan.fit(tf.ones((2, 1)), tf.ones((2, 1)))
