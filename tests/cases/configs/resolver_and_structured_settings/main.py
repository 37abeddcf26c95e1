from dataclasses import dataclass

from omegaconf import OmegaConf


def double(x):
    return 2 * x


OmegaConf.register_new_resolver("double", double)


@dataclass
class Train:
    lr: float = 0.1
    epochs: int = 2

    def steps(self):
        return self.epochs * 10


def load():
    schema = OmegaConf.structured(Train)
    return OmegaConf.to_object(OmegaConf.merge(schema, {"epochs": 3}))


def main():
    config = OmegaConf.create({"a": 2, "b": "${double:${a}}"})
    print(config.b)
    train = load()
    return train.steps()


main()
