from functools import reduce, total_ordering


@total_ordering
class Version:
    def __init__(self, text):
        self.text = text

    def key(self):
        return self.text.split(".")

    def __eq__(self, other):
        return self.key() == other.key()

    def __lt__(self, other):
        return self.key() < other.key()


def merged(left, right):
    return {**left, **right}


print(Version("1.2") < Version("1.10"), Version("1") == Version("2"))
reduce(merged, [{}, {"a": 1}])
