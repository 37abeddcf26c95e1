"""Side effects carried across calls."""

from __future__ import annotations

from pathlib import Path

from decompose import graph, source
from decompose.ir.graph import CodeGraph, Effect, Unit


def analyse(root: Path, **files: str) -> CodeGraph:
    for name, text in files.items():
        (root / f"{name}.py").write_text(text)
    return graph.link(source.scan(root))


def unit(system: CodeGraph, symbol: str) -> Unit:
    return next(u for u in system.units if u.symbol == symbol)


def effects(system: CodeGraph, symbol: str, kind: str) -> list[Effect]:
    return [effect for effect in unit(system, symbol).effects if effect.kind == kind]


def test_a_change_two_calls_down_is_a_change_here(tmp_path: Path) -> None:
    system = analyse(
        tmp_path,
        low="def push(values):\n    values.append(1)\n",
        mid="from low import push\n\ndef step(items):\n    push(values=items)\n",
        top="from mid import step\n\ndef run(rows):\n    step(rows)\n",
    )

    (effect,) = effects(system, "top:run", "mutates_parameter")

    assert (effect.subject, effect.detail) == ("rows", "through mid:step")
    assert effect.span is not None
    assert effect.span.line == 4


def test_recursion_comes_to_an_end(tmp_path: Path) -> None:
    system = analyse(
        tmp_path, a="def f(xs, n):\n    if n:\n        g(xs, n - 1)\n\ndef g(ys, n):\n    ys.pop()\n    f(ys, n)\n"
    )

    assert [e.subject for e in effects(system, "a:f", "mutates_parameter")] == ["xs"]


def test_an_own_method_overrules_what_its_name_suggests(tmp_path: Path) -> None:
    text = "class Bag:\n    def add(self, x):\n        return x\n\ndef g(bag: Bag):\n    bag.add(1)\n"
    system = analyse(tmp_path, a=text)

    assert effects(system, "a:g", "mutates_parameter") == []


def test_results_carry_their_traits_upwards(tmp_path: Path) -> None:
    system = analyse(
        tmp_path,
        a="def rows():\n    yield 1\n\ndef lazily():\n    return rows()\n\ndef make():\n    return Point()\n\n"
        "class Point:\n    def __init__(self):\n        self.x = 1\n",
    )

    assert [e.subject for e in effects(system, "a:lazily", "returns")] == ["iterator"]
    assert [e.detail for e in effects(system, "a:make", "returns")] == ["a:Point"]


def test_state_of_another_module_has_one_name(tmp_path: Path) -> None:
    system = analyse(
        tmp_path,
        settings="LEVELS = {}\n",
        a="import settings as s\n\ndef f():\n    s.LEVELS['a'] = 1\n",
        b="from settings import LEVELS\n\ndef g():\n    return LEVELS['a']\n",
    )

    assert [e.subject for e in effects(system, "a:f", "global_store")] == ["state:settings:LEVELS"]
    assert [e.subject for e in effects(system, "b:g", "global_read")] == ["state:settings:LEVELS"]


def test_calls_tell_which_computed_defaults_they_leave_out(tmp_path: Path) -> None:
    system = analyse(tmp_path, a="def f(x, seen=[], k=1):\n    return x\n\ndef g():\n    f(1)\n    f(2, [])\n")

    traits = [use.traits for use in unit(system, "a:g").call_uses if use.callee == "a:f"]

    assert ("omits:seen",) in traits
