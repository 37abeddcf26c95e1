from functools import cmp_to_key, total_ordering


@total_ordering
class Run:
    def __init__(self, score):
        self.score = score

    def __eq__(self, other):
        return self.score == other.score

    def __lt__(self, other):
        return key(self) < key(other)


def key(run):
    return run.score


def by_length(a, b):
    return len(a) - len(b)


def best(runs):
    return sorted(runs)[-1]


best([Run(1), Run(2)])
sorted(["a", "bb"], key=cmp_to_key(by_length))
