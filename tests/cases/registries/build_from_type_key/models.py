from registry import LOSSES, MODELS


@MODELS.register_module()
class ResNet:
    def __init__(self, depth):
        self.depth = depth

    def predict(self, x):
        return x


@LOSSES.register_module(name="mse")
class Mse:
    def __call__(self, a, b):
        return (a - b) ** 2
