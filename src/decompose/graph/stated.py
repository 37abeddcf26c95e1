"""Annotations that say that a parameter is given a plain value: what own code makes is not among its values then."""

from __future__ import annotations

from decompose.ir import facts as f
from decompose.ir.facts import Node, ScopeFact

PLAIN = frozenset({"int", "float", "complex", "bool", "str", "bytes"})
ARRAYS = frozenset({"ndarray", "Tensor", "DataFrame", "Series", "LongTensor", "FloatTensor"})
"""Classes of arrays and frames, by the names under which libraries have them."""
_EITHER = frozenset({"Optional", "Union", "Literal"})


def plain_parameters(scope: ScopeFact, own: frozenset[str]) -> tuple[bool, ...]:
    """Return by parameter whether its annotation admits plain values alone.

    Args:
        scope: A function.
        own: Names of own classes, which a name of `ARRAYS` may mean as well.
    """
    return tuple(
        parameter.kind not in ("var_positional", "var_keyword") and _is_plain(parameter.annotation, own)
        for parameter in scope.parameters
    )


def _is_plain(annotation: Node | None, own: frozenset[str]) -> bool:
    if annotation is None:
        return False
    kind = annotation[0]
    if kind in (f.NAME, f.STR):
        name = annotation[1]
        return name in PLAIN or (name in ARRAYS and name not in own)
    if kind == f.ATTR:
        return annotation[2] in ARRAYS and annotation[2] not in own
    if kind == f.BIN and annotation[1] == "|":
        return all(part[0] == f.NONE or _is_plain(part, own) for part in annotation[2:4])
    if kind == f.SUB:
        head, inner = annotation[1][-2 if annotation[1][0] == f.ATTR else -1], annotation[2]
        if head not in _EITHER:
            return False
        parts = inner[3] if inner[0] == f.SEQ else [inner]
        return head == "Literal" or all(part[0] == f.NONE or _is_plain(part, own) for part in parts)
    return False
