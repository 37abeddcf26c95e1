class Loss:
    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        return Loss(self.value + other.value)

    def __mul__(self, factor):
        return Loss(self.value * factor)

    def __rmul__(self, factor):
        return self * factor

    def __iadd__(self, other):
        self.value += other.value
        return self

    def __neg__(self):
        return Loss(-self.value)

    def __lt__(self, other):
        return self.value < other.value

    def __eq__(self, other):
        return self.value == other.value


def total(a, b):
    combined = a + 0.5 * b
    combined += a
    return -combined


a, b = Loss(1), Loss(2)
total(a, b)
a < b
a == b
