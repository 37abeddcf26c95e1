from typing import Protocol


class Scorer(Protocol):
    def score(self, rows):
        ...


class Fast:
    def score(self, rows):
        return 1


class Exact:
    def score(self, rows):
        return slow(rows)


def slow(rows):
    return 2


class Report:
    def __init__(self, scorer: Scorer):
        self.scorer = scorer

    def build(self, rows):
        return self.scorer.score(rows)


Report(Fast()).build([])
Report(Exact()).build([])
