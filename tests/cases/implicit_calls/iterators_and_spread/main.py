class Batches:
    def __init__(self, rows):
        self.rows = rows

    def __iter__(self):
        self.i = -1
        return self

    def __next__(self):
        self.i += 1
        if self.i == len(self.rows):
            raise StopIteration
        return self.rows[self.i]


class Options:
    def keys(self):
        return ["a", "b"]

    def __getitem__(self, key):
        return self.lookup(key)

    def lookup(self, key):
        return 1


class Window:
    def __getitem__(self, i):
        if i > 2:
            raise IndexError
        return i


def call(a, b):
    return a + b


def main():
    for row in Batches([1, 2]):
        print(row)
    first, *rest = Batches([1, 2])
    call(**Options())
    return [x for x in Window()]


main()
