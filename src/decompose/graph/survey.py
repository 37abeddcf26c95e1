"""One walk over all trees: which names each scope loads, rebinds and changes in place, and where."""

from __future__ import annotations

from dataclasses import dataclass, field

from decompose.graph.walk import statements_of
from decompose.ir import facts as f
from decompose.ir.facts import Node, ScopeFact

MUTATING = frozenset(
    ("append", "extend", "update", "add", "pop", "clear", "insert", "remove", "setdefault", "discard", "popitem",
     "sort", "reverse", "appendleft", "popleft", "extendleft", "__setitem__", "__delitem__", "move_to_end", "put")
)  # fmt: skip
"""Methods of built-in containers that change their receiver."""
_POS = {f.ATTR: 3, f.CALL: 1, f.SUB: 3, f.BIN: 4, f.CMP: 3, f.DICT: 1, f.SEQ: 1, f.COMP: 5, f.UNARY: 3}
_STATEMENT_POS = {
    f.ASSIGN: 3,
    f.AUG: 4,
    f.ANN: 4,
    f.RETURN: 2,
    f.FOR: 7,
    f.RAISE: 3,
    f.IMPORT: 2,
    f.FROM: 4,
    f.MATCH: 4,
}


@dataclass(slots=True)
class Uses:
    """What one scope does with names that it may share; places are packed, first of each."""

    loads: dict[str, int] = field(default_factory=dict)
    """Name to place."""
    attributes: dict[tuple[str, str], int] = field(default_factory=dict)
    """`base.attribute` where the base is a name."""
    changes: dict[str, int] = field(default_factory=dict)
    """Names whose object is changed in place: an element or attribute is set, a mutating method is called."""
    attribute_changes: dict[tuple[str, str], int] = field(default_factory=dict)
    """`base.attribute` rebound or changed in place."""
    rebinds: dict[str, int] = field(default_factory=dict)
    """Names that are bound."""
    inner: set[str] = field(default_factory=set)
    """Names that comprehensions bind for themselves."""
    imports: list[Node] = field(default_factory=list)
    """Its `import` and `from` statements, in source order."""
    texts: list[tuple[str, str, int]] = field(default_factory=list)
    """Literal strings: the text, the name to which it is bound directly or none, the place."""


def survey(scope: ScopeFact) -> Uses:
    """Return what the statements of one scope do with names; nested scopes are their own."""
    uses = Uses()
    last = scope.pos
    for statement in statements_of(scope.body):
        index = _STATEMENT_POS.get(statement[0])
        if index is not None:
            last = statement[index]
        kind = statement[0]
        if kind == f.ASSIGN:
            for target in statement[1]:
                _target(uses, target, statement[3])
            if statement[2][0] == f.STR:
                uses.texts.append((statement[2][1], _bound_name(statement[1][0]), statement[3]))
                continue
            last = _expression(uses, statement[2], last)
        elif kind == f.AUG:
            _target(uses, statement[1], statement[4])
            last = _expression(uses, statement[1], last)
            last = _expression(uses, statement[3], last)
        elif kind == f.ANN:
            if statement[3] is not None:
                _target(uses, statement[1], statement[4])
                last = _expression(uses, statement[3], last)
        elif kind == f.DEL:
            for target in statement[1]:
                _target(uses, target, last)
        elif kind in (f.IMPORT, f.FROM):
            uses.imports.append(statement)
        else:
            last = _others(uses, statement, last)
    return uses


def _others(uses: Uses, statement: Node, last: int) -> int:
    """Read the expressions of a statement that binds nothing shared; its blocks come by themselves."""
    kind = statement[0]
    if kind in (f.EXPR, f.RETURN, f.IF, f.WHILE, f.ASSERT, f.MATCH):
        parts = [statement[1]] if kind != f.ASSERT else statement[1:]
    elif kind == f.FOR:
        _target(uses, statement[1], statement[7])
        parts = [statement[2]]
    elif kind == f.WITH:
        for context, target, pos in statement[1]:
            if target is not None:
                _target(uses, target, pos)
            last = _expression(uses, context, last)
        return last
    elif kind == f.RAISE:
        parts = statement[1:3]
    else:
        return last
    for part in parts:
        if part is not None:
            last = _expression(uses, part, last)
    return last


def _target(uses: Uses, target: Node, pos: int) -> None:
    kind = target[0]
    if kind == f.NAME:
        uses.rebinds.setdefault(target[1], pos)
    elif kind in (f.SUB, f.ATTR):
        base = target[1]
        if base[0] == f.NAME:
            uses.changes.setdefault(base[1], pos)
            if kind == f.ATTR:
                uses.attribute_changes.setdefault((base[1], target[2]), pos)
        elif base[0] == f.ATTR and base[1][0] == f.NAME:
            uses.attribute_changes.setdefault((base[1][1], base[2]), pos)
        _expression(uses, base, pos)
    elif kind == f.SEQ:
        for element in target[3]:
            _target(uses, element, pos)
    elif kind == f.STAR:
        _target(uses, target[1], pos)


def _expression(uses: Uses, node: Node, last: int) -> int:
    """Collect loads below an expression; returns the last place seen."""
    stack: list[object] = [node]
    loads, positions = uses.loads, _POS
    while stack:
        item = stack.pop()
        if type(item) is not list or not item:
            continue
        kind = item[0]
        if type(kind) is not int:
            stack += item[::-1]
            continue
        if kind == f.NAME:
            if item[1] not in loads:
                loads[item[1]] = last
            continue
        if kind == f.STR:
            uses.texts.append((item[1], "", last))
            continue
        index = positions.get(kind)
        if index is not None:
            last = item[index]
            if kind == f.ATTR:
                if item[1][0] == f.NAME:
                    uses.attributes.setdefault((item[1][1], item[2]), last)
            elif kind == f.CALL:
                _method(uses, item[2], last)
            elif kind == f.COMP:
                uses.inner.update(n for generator in item[4] for n in _names(generator[0]))
        stack += [part for part in item[:0:-1] if type(part) is list]
    return last


def _bound_name(target: Node) -> str:
    return str(target[1] if target[0] == f.NAME else target[2]) if target[0] in (f.NAME, f.ATTR) else ""


def _names(target: Node) -> list[str]:
    if target[0] == f.NAME:
        return [target[1]]
    if target[0] == f.SEQ:
        return [name for element in target[3] for name in _names(element)]
    return _names(target[1]) if target[0] == f.STAR else []


def _method(uses: Uses, function: Node, pos: int) -> None:
    if function[0] != f.ATTR or function[2] not in MUTATING:
        return
    base = function[1]
    if base[0] == f.NAME:
        uses.changes.setdefault(base[1], pos)
    elif base[0] == f.ATTR and base[1][0] == f.NAME:
        uses.attribute_changes.setdefault((base[1][1], base[2]), pos)
