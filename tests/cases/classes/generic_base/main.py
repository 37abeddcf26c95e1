import typing

T = typing.TypeVar("T")


class Parser(typing.Generic[T]):
    def __class_getitem__(cls, item):
        return super().__class_getitem__(item)

    def __call__(self, text):
        return self.convert(text)

    def convert(self, text):
        raise NotImplementedError

    def fail(self, text):
        raise ValueError(text)


class Date(Parser[str]):
    def convert(self, text):
        if not text:
            self.fail(text)
        return text


Date()("x")
