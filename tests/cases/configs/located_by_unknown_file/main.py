import importlib
import json
import pydoc
import sys
import tomllib


def locate(spec):
    return pydoc.locate(spec.get("class_path"))


def fetch(spec):
    parts = spec["type"].split(".")
    module = importlib.import_module(".".join(parts[:-1]))
    return getattr(module, parts[-1])


def build(path, steps):
    with open(path) as file:
        splitter = locate(json.load(file))(0.2)
    with open(steps, "rb") as file:
        step = fetch(tomllib.load(file)["step"])
    step.create()
    return splitter.split()


build(sys.argv[1], sys.argv[2])
