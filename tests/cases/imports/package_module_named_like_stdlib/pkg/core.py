import typing


def work(value):
    return value


def run():
    return work(typing.cast(int, 1))
