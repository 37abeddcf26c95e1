class Trainer:
    def __init__(self, step, metric=None):
        self.step = step
        self.metric = metric

    def run(self, rows):
        for row in rows:
            self.step(row)
        if self.metric is not None:
            return self.metric(rows)


def sgd(row):
    return row


def adam(row):
    return row


def accuracy(rows):
    return 1.0


def main():
    Trainer(sgd).run([1])
    Trainer(adam, accuracy).run([2])


main()
