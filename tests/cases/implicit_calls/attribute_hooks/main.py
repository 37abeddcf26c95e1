class Config:
    def __init__(self, values):
        self.values = values

    def __setattr__(self, name, value):
        check(name)
        super().__setattr__(name, value)

    def __getattr__(self, name):
        return self.values[name]


def check(name):
    pass


def tune(config):
    config.rate = 0.1
    return config.depth


tune(Config({"depth": 3}))
