class Model:
    def __init__(self, size):
        self.size = size

    @classmethod
    def from_config(cls, config):
        return cls(config["size"])

    @classmethod
    def load(cls, path):
        model = cls.from_config({"size": 1})
        model.restore(path)
        return model

    def restore(self, path):
        self.path = path

    def copy(self):
        return type(self)(self.size)

    def run(self):
        return "base"


class Big(Model):
    def restore(self, path):
        super().restore(path)
        self.ready = True

    def run(self):
        return "big"


def main():
    big = Big.load("a")
    big.run()
    return big.copy().run()


main()
