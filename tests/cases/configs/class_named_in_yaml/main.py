import importlib

import yaml

from settings import PATH


def locate(name):
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def build():
    with open(PATH) as file:
        config = yaml.safe_load(file)
    return locate(config["transformer"])()


build().apply()
