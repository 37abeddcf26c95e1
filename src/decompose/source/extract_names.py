"""Scopes under construction, and the names that each binds and reads."""

from __future__ import annotations

import ast
from typing import Any

from decompose.ir import facts as f
from decompose.ir.facts import ScopeFact

SMALL_STATEMENTS = 6
"""Functions of up to this many statements may be followed per call site."""


class Scope:
    """A scope under construction."""

    __slots__ = ("bound", "fact", "free", "index", "lambdas", "loops", "parent", "reads", "returned")

    def __init__(self, index: int, parent: Scope | None, fact: ScopeFact) -> None:
        self.index = index
        self.parent = parent
        self.fact = fact
        self.bound: dict[str, None] = {}
        self.reads: dict[str, None] = {}
        self.free: set[str] = set()
        self.lambdas = 0
        self.loops = 0
        self.returned = False


class Names:
    """Keeps the scopes of a file and what happens to names in them."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.scope: Scope = None  # type: ignore[assignment]
        self.depth = 0
        self.binds: list[str] = []
        self.seen: set[str] = set()
        self.carried: list[str] = []
        self.truncated = 0
        self.statements = 0
        """Statements seen so far."""

    # -- scopes -----------------------------------------------------------------------------------------------------

    def open(self, kind: str, name: str, node: ast.AST, *, lines: int = 0) -> Scope:
        parent = self.scope
        if parent is None:
            qualname = name
        else:
            outer = parent.fact.qualname
            qualname = name if parent.fact.kind == "module" else f"{outer}.{name}"
        pos = place(node) if kind != "module" else 1 << f.COLUMN_BITS
        fact = ScopeFact(
            kind, name, qualname, parent.index if parent else -1, pos, getattr(node, "end_lineno", None) or lines, []
        )
        scope = Scope(len(self.scopes), parent, fact)
        self.scopes.append(scope)
        self.scope = scope
        return scope

    def close(self, scope: Scope) -> None:
        fact = scope.fact
        outside = set(fact.global_names) | set(fact.nonlocal_names)
        own = {name for name in scope.bound if name not in outside}
        fact.local_names = sorted(own)
        if fact.kind == "class":
            free = scope.free | (scope.reads.keys() - own) | outside
        else:
            free = ((scope.free | scope.reads.keys()) - own) | outside
        if scope.returned:
            fact.flags |= f.RETURNS
        if fact.kind in {"function", "lambda"} and fact.statements <= SMALL_STATEMENTS:
            fact.flags |= f.SMALL
        self.scope = scope.parent  # type: ignore[assignment]
        if scope.parent is not None:
            scope.parent.free |= free
        if fact.kind != "class":
            fact.captured = sorted(own & scope.free)

    # -- bookkeeping of names -----------------------------------------------------------------------------------------

    def enter(self) -> tuple[list[str], set[str], list[str]]:
        saved = (self.binds, self.seen, self.carried)
        self.binds, self.seen, self.carried = [], set(), []
        return saved

    def leave(self, saved: tuple[list[str], set[str], list[str]]) -> None:
        self.binds, self.seen, self.carried = saved

    def bind(self, name: str) -> None:
        self.scope.bound[name] = None
        self.binds.append(name)
        self.seen.add(name)

    def read(self, name: str) -> None:
        self.scope.reads[name] = None
        self.carried.append(name)


def place(node: Any) -> int:
    """Return where a node begins, packed."""
    column = node.col_offset
    return (node.lineno << 12) | (column if column < 4096 else 4095)


def place_of_name(node: ast.Attribute) -> int:
    """Return the place of the attribute's name, so that links of a chain differ."""
    column = (node.end_col_offset or 0) - len(node.attr)
    return ((node.end_lineno or node.lineno) << 12) | (column if 0 <= column < 4096 else 4095)
