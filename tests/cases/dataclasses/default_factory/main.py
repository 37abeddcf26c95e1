from dataclasses import dataclass, field


class Optimizer:
    def __init__(self):
        pass

    def step(self):
        pass


def default_layers():
    return [1]


@dataclass
class Config:
    optimizer: Optimizer = field(default_factory=Optimizer)
    layers: list = field(default_factory=default_layers)


config = Config()
config.optimizer.step()
