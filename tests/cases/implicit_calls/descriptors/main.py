class Positive:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner):
        return getattr(instance, self.name)

    def __set__(self, instance, value):
        self.check(value)
        setattr(instance, self.name, value)

    def check(self, value):
        if value <= 0:
            raise ValueError(value)


class Config:
    lr = Positive()
    name = "a"

    def __init__(self, lr):
        self.lr = lr


def step(config):
    return config.lr * 2


def main():
    config = Config(0.1)
    config.lr = 0.2
    config.name = "b"
    return step(config)


main()
