"""Every call site is resolved, external, or unresolved with a cause."""

from __future__ import annotations

import ast
from collections.abc import Callable
from textwrap import dedent

import pytest

from decompose.ir.graph import CodeGraph

ODD = """
    import json
    from functools import partial

    @partial(print, end="")
    def shown(f, *rest, key=len([1]), **more):
        def inner():
            return [g(x) for g in rest for x in more.items() if str(x)]
        return inner() or f(key)(rest[0]())

    class Base(dict(a=1).get("a") or object, metaclass=type("M", (type,), {})):
        size = len("abc")
        def run(self, other, *, flag=bool(0)):
            with open(self.path()) as stream, other.lock():
                return f"{json.load(stream)!r:>{len('x')}}"

    match shown(1):
        case str() if hash(shown):
            assert any(map(lambda v: v(), [shown])), repr(shown)
    try:
        pass
    except (ValueError, type(1)) as error:
        raise RuntimeError(str(error)) from KeyError()
    del globals()["Base"]
"""


def coverage_adds_up(graph: CodeGraph) -> bool:
    found = graph.coverage
    return (
        found.total == found.resolved + found.external + found.unresolved
        and found.unresolved == sum(found.causes.values())
        and all(found.causes)
    )


def test_the_three_kinds_of_call_sites_add_up(linked: Callable[..., CodeGraph]) -> None:
    graph = linked({"main.py": ODD})

    assert coverage_adds_up(graph)


def test_no_call_of_the_source_is_left_out(linked: Callable[..., CodeGraph]) -> None:
    graph = linked({"main.py": ODD})

    calls = [n for n in ast.walk(ast.parse(dedent(ODD))) if isinstance(n, ast.Call)]
    assert graph.coverage.total == len(calls)


@pytest.mark.parametrize(
    ("call", "cause"),
    [
        ("def f(g):\n    g()\n", "callable parameter without known callers"),
        ("def f(x):\n    x.go()\n", "method of a parameter without a known type"),
        ("nowhere()\n", "name without a known value"),
        ("{}['a']()\n", "element of a container without known content"),
    ],
)
def test_an_unresolved_call_has_a_cause(linked: Callable[..., CodeGraph], call: str, cause: str) -> None:
    graph = linked({"main.py": call})

    assert graph.coverage.causes == {cause: 1}
