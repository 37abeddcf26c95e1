from dataclasses import dataclass, field


@dataclass
class Paths:
    root: str = "data"

    def resolve(self, name):
        return f"{self.root}/{name}"


@dataclass
class Config:
    paths: Paths = field(default_factory=Paths)
    seed: int = 0

    @classmethod
    def load(cls):
        return cls()


class Ingest:
    def __init__(self, config: Config):
        self.config = config

    def run(self):
        return self.config.paths.resolve("a.csv")


Ingest(Config.load()).run()
