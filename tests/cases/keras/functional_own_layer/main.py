import keras


class Normalise(keras.layers.Layer):
    def call(self, x):
        return centre(x)


def centre(x):
    return x - keras.ops.mean(x)


def build():
    inputs = keras.Input(shape=(4,))
    x = Normalise()(inputs)
    return keras.Model(inputs, keras.layers.Dense(1)(x))


def serve(model, x):
    return model.predict(x)


serve(build(), keras.ops.ones((1, 4)))
