from functools import singledispatchmethod


class Encoder:
    @singledispatchmethod
    def encode(self, value):
        raise TypeError(value)

    @encode.register
    def _(self, value: int):
        return self.pad([value])

    @encode.register
    def _text(self, value: str):
        return value.encode()

    @encode.register(list)
    def _many(self, value):
        return [self.encode(one) for one in value]

    def pad(self, values):
        return values + [0]


def main():
    return Encoder().encode([1, "a"])


main()
