from typing import Callable, NamedTuple


class Step(NamedTuple):
    name: str
    function: Callable


def load():
    pass


def save():
    pass


steps = [Step("load", load), Step(name="save", function=save)]
for step in steps:
    step.function()
name, function = steps[0]
function()
