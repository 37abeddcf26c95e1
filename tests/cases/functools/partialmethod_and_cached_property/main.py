from functools import cached_property, partialmethod


class Store:
    def __init__(self, path):
        self.path = path

    def _read(self, split):
        return (self.path, split)

    train = partialmethod(_read, "train")
    test = partialmethod(_read, split="test")

    @cached_property
    def stats(self):
        return self._count(self.train())

    def _count(self, rows):
        return len(rows)


def main():
    store = Store("data")
    store.test()
    return store.stats


main()
