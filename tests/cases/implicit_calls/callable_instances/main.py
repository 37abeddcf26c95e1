class Accuracy:
    def __call__(self, truth, guess):
        return compare(truth, guess)


class Scale:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        return x * self.factor


class Compose:
    def __init__(self, steps):
        self.steps = steps

    def __call__(self, x):
        for step in self.steps:
            x = step(x)
        return x


class Evaluator:
    def __init__(self, metric):
        self.metric = metric

    def run(self, x):
        return self.metric(x, x)


def compare(truth, guess):
    return truth == guess


transform = Compose([Scale(2), Scale(3)])
Evaluator(Accuracy()).run(transform(1))
