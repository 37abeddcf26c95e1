import functools


class Timed:
    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.function = function
        self.calls = 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        return self.function(*args, **kwargs)

    def __get__(self, instance, owner):
        return functools.partial(self.__call__, instance)


@Timed
def load(path):
    return path


class Model:
    @Timed
    def fit(self, x):
        return self.step(x)

    def step(self, x):
        return x


def main():
    load("a")
    return Model().fit(1)


main()
