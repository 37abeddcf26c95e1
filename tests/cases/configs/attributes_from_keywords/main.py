class Config:
    def __init__(self, **kwargs):
        self.__dict__.update(kwargs)

    def describe(self):
        return ", ".join(self.__dict__.keys())


def relu(x):
    return max(x, 0)


class Scaler:
    def __call__(self, x):
        return x * 2


def run(config, x):
    return config.activation(config.scaler(x))


def main():
    config = Config(activation=relu, scaler=Scaler(), width=3)
    config.describe()
    return run(config, 1)


main()
