from functools import reduce


def compose(*functions):
    return reduce(lambda f, g: lambda x: g(f(x)), functions)


def clean(x):
    return x


def scale(x):
    return x * 2


def shift(x):
    return x + 1


pipeline = compose(clean, scale, shift)


def main():
    return pipeline(3)


main()
