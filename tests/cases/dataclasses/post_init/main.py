from dataclasses import dataclass


def check(rate):
    pass


@dataclass
class Config:
    rate: float = 0.1

    def __post_init__(self):
        check(self.rate)


def make():
    return Config(rate=0.2)


make()
