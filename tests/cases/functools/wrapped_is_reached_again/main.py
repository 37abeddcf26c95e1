import functools


def logged(function):
    @functools.wraps(function)
    def inner(*args):
        note(function.__name__)
        return function(*args)

    return inner


def note(name):
    print(name)


@logged
def train(x):
    return x


def main():
    train(1)
    return train.__wrapped__(2)


main()
