import typing as t
from functools import update_wrapper

F = t.TypeVar("F", bound=t.Callable[..., t.Any])


def guarded(f: F) -> F:
    def wrapper(self, *args, **kwargs):
        self.check()
        return f(self, *args, **kwargs)

    return t.cast(F, update_wrapper(wrapper, f))


class App:
    def __init__(self):
        self.rules = []

    def check(self):
        assert self.rules is not None

    @guarded
    def route(self, rule):
        self.rules.append(rule)


App().route("/")
