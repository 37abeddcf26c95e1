import importlib

import yaml


def load_object(path):
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def main():
    with open("config.yaml") as handle:
        config = yaml.safe_load(handle)
    model = load_object(config["model"]["class"])(**config["model"]["params"])
    metric = load_object(config["metric"])
    return metric(1, model.predict(1))


main()
