"""Annotations that say that a parameter is given a plain value, or a container: own objects are not among its values then."""

from __future__ import annotations

from decompose.ir import facts as f
from decompose.ir.facts import Node, ScopeFact

OPEN, CONTAINED, PLAIN = 0, 1, 2
"""What a parameter may be given: anything; no own objects but in built-in containers; plain values and arrays alone."""
PLAIN_TYPES = frozenset({"int", "float", "complex", "bool", "str", "bytes"})
CONTAINERS = frozenset({"dict", "list", "tuple", "set", "frozenset", "Dict", "List", "Tuple", "Set", "FrozenSet"})
ARRAYS = frozenset({"ndarray", "Tensor", "DataFrame", "Series", "LongTensor", "FloatTensor"})
"""Classes of arrays and frames, by the names under which libraries have them."""


def stated_parameters(scope: ScopeFact, own: frozenset[str]) -> tuple[int, ...]:
    """Return what each parameter may be given by its annotation: `OPEN`, `CONTAINED` or `PLAIN`.

    Args:
        scope: A function.
        own: Names of own classes, which a name of `ARRAYS` or `CONTAINERS` may mean as well.
    """
    return tuple(
        OPEN if parameter.kind in ("var_positional", "var_keyword") else _stated(parameter.annotation, own)
        for parameter in scope.parameters
    )


def _stated(annotation: Node | None, own: frozenset[str]) -> int:
    if annotation is None:
        return OPEN
    kind = annotation[0]
    if kind in (f.NAME, f.STR):
        return _named(annotation[1], own)
    if kind == f.ATTR:
        return _named(annotation[2], own)
    if kind == f.BIN and annotation[1] == "|":
        return _either(annotation[2:4], own)
    if kind == f.SUB:
        head, inner = annotation[1][-2 if annotation[1][0] == f.ATTR else -1], annotation[2]
        if head == "Literal":
            return PLAIN
        if head in ("Optional", "Union"):
            return _either(inner[3] if inner[0] == f.SEQ else [inner], own)
        return CONTAINED if head in CONTAINERS and head not in own else OPEN
    return OPEN


def _either(parts: list[Node], own: frozenset[str]) -> int:
    return min((_stated(part, own) for part in parts if part[0] != f.NONE), default=OPEN)


def _named(name: str, own: frozenset[str]) -> int:
    if name in own:
        return OPEN
    return PLAIN if name in PLAIN_TYPES or name in ARRAYS else CONTAINED if name in CONTAINERS else OPEN
