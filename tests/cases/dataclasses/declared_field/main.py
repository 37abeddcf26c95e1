from dataclasses import dataclass, field

import yaml


@dataclass(frozen=True)
class Data:
    root: str = "data"

    @property
    def path(self):
        return self.root + "/raw"


@dataclass(frozen=True)
class Training:
    root: str = "model"

    @property
    def path(self):
        return self.root + "/fitted"


@dataclass(frozen=True)
class Project:
    data: Data = field(default_factory=Data)
    training: Training = field(default_factory=Training)


SECTIONS = {"data": Data, "training": Training}


def make(content):
    sections = {name: SECTIONS[name](**content.pop(name, {})) for name in SECTIONS}
    return Project(**content, **sections)


def ingest(config):
    return config.data.path


def fit(config):
    return config.training.path


config = make(yaml.safe_load(open("project.yaml")))
ingest(config)
fit(config)
