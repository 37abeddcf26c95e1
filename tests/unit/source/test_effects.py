"""Side effects of functions, read from their source alone."""

from __future__ import annotations

import ast
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decompose.ir.effects import EffectFact, FunctionEffects
from decompose.source.effects import effects_of


def of(source: str, name: str = "f") -> FunctionEffects:
    return effects_of(ast.parse(textwrap.dedent(source))).get(name, FunctionEffects())


def found(source: str, kind: str, name: str = "f") -> list[EffectFact]:
    return [effect for effect in of(source, name).effects if effect.kind == kind]


@pytest.mark.parametrize(
    "body",
    [
        "x.append(1)", "x[0] = 1", "x.a = 1", "del x[0]", "y = x\n    y.sort()", "x.drop(inplace=True)", "x.loc[0] = 1",
        "for row in x:\n        row['a'] = 1", "x['a']['b'] = 1", "random.shuffle(x)", "setattr(x, 'a', 1)", "x |= {1}",
    ],
)  # fmt: skip
def test_changes_in_place_name_the_parameter(body: str) -> None:
    effects = found(f"import random\ndef f(x):\n    {body}\n", "mutates_parameter")

    assert [effect.subject for effect in effects] == ["x"]


@pytest.mark.parametrize(
    "body",
    [
        "y = list(x)\n    y.append(1)",
        "x = []\n    x.append(1)",
        "y = x.copy()\n    y['a'] = 1",
        "n = len(x)\n    n += 1",
        "x = sorted(x)",
    ],
)
def test_copies_and_rebinding_do_not(body: str) -> None:
    assert found(f"def f(x):\n    {body}\n", "mutates_parameter") == []


def test_a_shallow_copy_shares_what_lies_inside() -> None:
    effects = found("def f(x):\n    y = list(x)\n    y[0].append(1)\n", "mutates_parameter")

    assert [effect.subject for effect in effects] == ["x"]


def test_what_outlives_the_call_is_kept() -> None:
    source = """
    SEEN = []
    class Box:
        def __init__(self, x):
            self.x = x
    def f(x):
        SEEN.append(x)
    def g(x):
        def inner():
            return x
        return inner
    """

    assert [e.detail for e in found(source, "keeps_parameter", "Box.__init__")] == ["self.x"]
    assert [e.subject for e in found(source, "keeps_parameter")] == ["x"]
    assert [e.detail for e in found(source, "keeps_parameter", "g")] == ["closure"]


def test_an_exception_that_is_caught_does_not_leave() -> None:
    source = """
    def f(x):
        try:
            return int(x)
        except ValueError:
            raise KeyError(x) from None
    """

    assert [e.subject for e in found(source, "raises")] == ["KeyError"]
    assert "ValueError" not in {e.subject for e in found(source, "may_raise")}


def test_arguments_know_what_becomes_of_them() -> None:
    source = """
    def f():
        xs = []
        ys = []
        g(xs, ys, lambda z: z)
        print(xs)
        xs.append(1)
    """
    (call,) = [call for call in of(source).calls if call.name == "g"]
    tags = {argument.key: set(argument.tags) for argument in call.arguments}

    assert {"read_after", "mutated_after"} <= tags["0"]
    assert not {"read_after", "mutated_after"} & tags["1"]
    assert "callback:lambda" in tags["2"]


def test_a_loop_reads_in_its_next_round() -> None:
    (call,) = of("def f(n):\n    xs = []\n    for i in n:\n        print(xs)\n        g(xs)\n").calls

    assert "read_after" in call.arguments[0].tags


def test_aliases_of_imports_are_resolved() -> None:
    source = "import numpy as np\ndef f():\n    np.random.seed(1)\n    return np.random.rand(3)\n"

    assert [e.subject for e in found(source, "seeds_rng")] == ["numpy"]
    assert [e.subject for e in found(source, "uses_rng")] == ["numpy"]


def test_only_unguarded_statements_act_on_import() -> None:
    source = "import os\nos.makedirs('a')\nif __name__ == '__main__':\n    os.makedirs('b')\n"

    assert [e.line for e in found(source, "import_effect", "<module>")] == [2]


NAMES = st.sampled_from(["x", "y", "z"])
LINES = st.one_of(
    st.builds("{} = {}".format, NAMES, NAMES),
    st.builds("{}.append({})".format, NAMES, NAMES),
    st.builds("{} = list({})".format, NAMES, NAMES),
    st.builds("g({}, {})".format, NAMES, NAMES),
    st.builds("{}[0] = {}".format, NAMES, NAMES),
    st.builds("if {}:\n        {} = []".format, NAMES, NAMES),
    st.builds("for i in {}:\n        {}.pop()".format, NAMES, NAMES),
)


@given(st.lists(LINES, min_size=1, max_size=8))
def test_effects_speak_of_parameters_only_and_in_order(lines: list[str]) -> None:
    source = "def f(x, y, z):\n" + "".join(f"    {line}\n" for line in lines)

    first, second = (effects_of(ast.parse(source)) for _ in range(2))

    assert first == second
    for effect in first.get("f", FunctionEffects()).effects:
        assert effect.subject in ("x", "y", "z") or effect.kind in ("may_raise",)
        assert 1 < effect.line <= len(source.splitlines())
