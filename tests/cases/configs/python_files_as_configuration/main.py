import importlib
import sys


def load(name):
    return importlib.import_module(f"configs.{name}")


def main(name="large"):
    config = load(name)
    return config.model().fit()


main()
main("base")
