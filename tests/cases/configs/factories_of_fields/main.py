from dataclasses import dataclass, field


def default_layers():
    return [8, 8]


@dataclass
class ModelConfig:
    layers: list = field(default_factory=default_layers)

    def __post_init__(self):
        self.check()

    def check(self):
        assert self.layers


@dataclass
class Config:
    model: ModelConfig = field(default_factory=ModelConfig)
    lr: float = 0.1

    @classmethod
    def from_dict(cls, raw):
        return cls(model=ModelConfig(**raw["model"]), lr=raw["lr"])

    def build(self):
        return Net(self.model)


class Net:
    def __init__(self, config):
        self.layers = config.layers


def main():
    Config().build()
    return Config.from_dict({"model": {"layers": [1]}, "lr": 1.0}).build()


main()
