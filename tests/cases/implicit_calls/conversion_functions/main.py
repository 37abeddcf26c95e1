class Metric:
    def __init__(self, value):
        self.value = value

    def __float__(self):
        return float(self.value)

    def __int__(self):
        return int(self.value)

    def __bool__(self):
        return self.value > 0

    def __abs__(self):
        return Metric(abs(self.value))

    def __round__(self, digits=0):
        return round(self.value, digits)

    def __lt__(self, other):
        return self.value < other.value

    def __radd__(self, other):
        return other + self.value


def convert(m):
    return float(m), int(m), bool(m), abs(m), round(m, 2)


def rank(metrics):
    return sorted(metrics), sum(metrics)


convert(Metric(1))
rank([Metric(1), Metric(2)])
