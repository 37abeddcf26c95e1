"""Which branch a use of a decorator takes: what it is given is known exactly, so a test of it may have one answer."""

from __future__ import annotations

from typing import Any

from decompose.graph.objects import CALLABLE, INSTANCE, NULL, Frame, Values
from decompose.ir import facts as f
from decompose.ir.facts import Node

_PRESENT = CALLABLE | {INSTANCE}
_NONE = [f.NONE]


def decided(solver: Any, frame: Frame, test: Node) -> bool | None:
    """Return what a test of a parameter gives in a frame: whether a function was handed over; `None` where both may be.

    `def register(function=None, *, name="")` is two functions in one: used bare it decorates, called it makes a decorator.
    """
    kind = test[0]
    if kind == f.UNARY and test[1] == "not":
        inner = decided(solver, frame, test[2])
        return None if inner is None else not inner
    if kind == f.BOOL:
        answers = {decided(solver, frame, operand) for operand in test[2]}
        ending = test[1] == "or"  # the answer of one operand that is the answer of all
        return ending if ending in answers else (not ending if answers == {not ending} else None)
    if kind == f.NAME:
        return _answer(_kinds(solver, frame, test), CALLABLE, frozenset({NULL}))
    if kind == f.CMP and len(test[1]) == 1 and test[1][0] in ("is", "is not") and test[2][1] == _NONE:
        is_none = _answer(_kinds(solver, frame, test[2][0]), frozenset({NULL}), _PRESENT)
        return is_none if is_none is None or test[1][0] == "is" else not is_none
    if kind == f.CALL and test[2] == [f.NAME, "callable"] and len(test[3]) == 1:
        return _answer(_kinds(solver, frame, test[3][0]), CALLABLE, frozenset({NULL}))
    return None


def _kinds(solver: Any, frame: Frame, node: Node) -> frozenset[int]:
    """Return the kinds of what a local name holds; none for other expressions."""
    values: Values = frame.env.get(node[1], frozenset()) if node[0] == f.NAME else frozenset()
    return frozenset(solver.kinds[item] for item in values)


def _answer(kinds: frozenset[int], yes: frozenset[int], no: frozenset[int]) -> bool | None:
    if not kinds:
        return None
    return True if kinds <= yes else (False if kinds <= no else None)
