import tensorflow as tf


class Encoder(tf.keras.layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units))

    def call(self, inputs):
        return tf.matmul(inputs, self.w)


class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder(4)

    def call(self, inputs, training=False):
        hidden = self.encoder(inputs)
        return self.head(hidden)

    def head(self, hidden):
        return tf.reduce_sum(hidden)


model = Net()
optimizer = tf.keras.optimizers.Adam()


def loss_fn(y, p):
    return tf.reduce_mean((y - p) ** 2)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


def fit(batches):
    for x, y in batches:
        train_step(x, y)


fit([])
