from enum import Enum
from functools import partial


def mean(values):
    return sum(values) / len(values)


def last(values):
    return values[-1]


class Pooling(Enum):
    MEAN = partial(mean)
    LAST = partial(last)

    def __call__(self, values):
        return self.value(values)


def pool(values, how):
    return how(values)


pool([1, 2], Pooling.MEAN)
pool([1, 2], Pooling["LAST"])
