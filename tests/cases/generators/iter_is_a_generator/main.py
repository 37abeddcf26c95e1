def prepare(x):
    return x


class Loader:
    def __init__(self, items):
        self.items = items

    def __iter__(self):
        for item in self.items:
            yield prepare(item)


for item in Loader([1, 2]):
    pass
