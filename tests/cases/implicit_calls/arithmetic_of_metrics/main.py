from functools import total_ordering


@total_ordering
class Metric:
    def __init__(self, total, n=1):
        self.total = total
        self.n = n

    def __add__(self, other):
        return Metric(self.total + other.total, self.n + other.n)

    def __radd__(self, other):
        return self

    def __lt__(self, other):
        return self.mean < other.mean

    def __eq__(self, other):
        return self.total == other.total

    @property
    def mean(self):
        return self.total / self.n

    def __format__(self, spec):
        return format(self.mean, spec)


def average(values):
    metrics = [Metric(v) for v in values]
    return sum(metrics)


def best(metrics):
    return sorted(metrics)[0]


def main():
    a = average([1, 2])
    a += Metric(3)
    print(f"{a:.2f}")
    return best([a, Metric(1)])


main()
