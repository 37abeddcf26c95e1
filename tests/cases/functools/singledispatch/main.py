from functools import singledispatch


@singledispatch
def encode(value):
    raise TypeError(value)


@encode.register
def encode_int(value: int):
    return number(value)


@encode.register(str)
def encode_text(value):
    return text(value)


def number(value):
    return value


def text(value):
    return value


encode(1)
encode("a")
