from functools import partial


class dispatch:
    def __new__(cls, function=None, *, name=None):
        if function is None:
            return partial(dispatch, name=name)
        made = object.__new__(cls)
        made.function = function
        return made

    def __call__(self, *args):
        return self.function(*args)


class Base:
    def __new__(cls):
        made = super().__new__(cls)
        made.prepare()
        return made

    def prepare(self):
        pass


def low():
    pass


def high():
    pass


@dispatch
def plain():
    low()


@dispatch(name="other")
def named():
    high()


plain()
named()
Base()
