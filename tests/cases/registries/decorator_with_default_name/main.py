class Registry:
    def __init__(self, kind):
        self.kind = kind
        self.entries = {}

    def register(self, name=None):
        def add(cls):
            self.entries[name or cls.__name__] = cls
            return cls

        return add

    def build(self, config):
        config = dict(config)
        return self.entries[config.pop("type")](**config)


MODELS = Registry("model")


@MODELS.register()
class ResNet:
    def __init__(self, depth):
        self.depth = depth

    def forward(self, x):
        return x


@MODELS.register("vgg")
class Vgg:
    def __init__(self, depth):
        self.depth = depth


model = MODELS.build({"type": "ResNet", "depth": 18})
model.forward(1)
