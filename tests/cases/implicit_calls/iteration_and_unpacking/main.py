class Folds:
    def __init__(self, k):
        self.k = k

    def __iter__(self):
        for i in range(self.k):
            yield self.fold(i)

    def fold(self, i):
        return i


def loop(folds):
    for fold in folds:
        pass


def unpack(folds):
    first, second = folds
    return first


def collect(folds):
    return list(folds)


def total(folds):
    return max(*folds)


folds = Folds(2)
loop(folds)
unpack(folds)
collect(folds)
total(folds)
