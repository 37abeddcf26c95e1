import importlib

import yaml


def load_config(path):
    with open(path) as handle:
        return yaml.safe_load(handle)


def main():
    context = {}
    for name in load_config("pipeline.yaml")["stages"]:
        module = importlib.import_module(name)
        context = module.run(context)


main()
