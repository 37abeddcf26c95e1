class Registry:
    def __init__(self, name):
        self.name = name
        self.entries = {}

    def register(self, cls):
        self.entries[cls.__name__] = cls
        return cls

    def build(self, config):
        cls = self.entries[config.pop("type")]
        return cls(**config)


BACKBONES = Registry("backbone")


@BACKBONES.register
class ResNet:
    def __init__(self, depth):
        self.depth = depth

    def extract(self, x):
        return x


model = BACKBONES.build({"type": "ResNet", "depth": 18})
model.extract(1)
