from functools import reduce


def clean(x):
    return x


def scale(x):
    return x


def apply(value, step):
    return step(value)


def run(value, steps):
    return reduce(apply, steps, value)


run(1, [clean, scale])
