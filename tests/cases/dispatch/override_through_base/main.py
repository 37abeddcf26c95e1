from abc import ABC, abstractmethod


class Source(ABC):
    def load(self):
        return self.parse(self.read())

    @abstractmethod
    def read(self):
        ...

    def parse(self, raw):
        return raw


class Csv(Source):
    def read(self):
        return "a,b"

    def parse(self, raw):
        return raw.split(",")


class Sql(Source):
    def read(self):
        return query()


def query():
    return []


for source in (Csv(), Sql()):
    source.load()
