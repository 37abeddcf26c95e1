"""Look-ups over a graph's module-level units: the pieces that a partition places and a plan names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from decompose.ir.graph import CodeGraph, Module, Unit
from decompose.ir.symbols import MODULE_BODY, join, module_of, qualname_of, top_level_of

CONTAINERS = ("module", "class", "function", "cell")
"""Kinds of units that stand at module level."""
PAGE_LIBRARIES = frozenset(("streamlit", "gradio", "dash", "panel", "nicegui", "chainlit", "shiny", "taipy"))
"""Libraries whose users see what a script draws."""


@dataclass(frozen=True, slots=True)
class UnitIndex:
    """Module-level units of a graph, and what belongs to each."""

    units: Mapping[str, Unit]
    """Module-level unit by symbol, sorted by symbol."""
    inner: Mapping[str, tuple[Unit, ...]]
    """Methods and nested units by their module-level symbol, sorted by symbol."""
    modules: Mapping[str, Module]
    """Module by name."""

    def owner(self, symbol: str) -> str:
        """Return the module-level unit that holds a symbol; empty when the graph has none.

        A bare module name stands for the module's body.
        """
        top = top_level_of(symbol)
        if top in self.units:
            return top
        body = join(module_of(symbol), MODULE_BODY)
        return body if body in self.units else ""

    def path(self, symbol: str) -> str:
        """Return the file of a module-level unit."""
        return self.units[symbol].span.path


def is_page_script(index: UnitIndex, symbol: str) -> bool:
    """Return whether a unit is the body of a script that draws pages as it runs: with Streamlit, a script is a page."""
    unit = index.units[symbol]
    module = index.modules.get(unit.module)
    if module is None or qualname_of(symbol) != MODULE_BODY or module.kind != "script":
        return False
    return any(library.partition(".")[0] in PAGE_LIBRARIES for library in module.externals)


def index_units(graph: CodeGraph) -> UnitIndex:
    """Return the module-level units of a graph with what they hold."""
    tops: dict[str, Unit] = {}
    inner: dict[str, list[Unit]] = {}
    for unit in sorted(graph.units, key=lambda u: u.symbol):
        top = top_level_of(unit.symbol)
        if top == unit.symbol and unit.kind in CONTAINERS:
            tops[unit.symbol] = unit
        else:
            inner.setdefault(top, []).append(unit)
    return UnitIndex(
        units=tops,
        inner={symbol: tuple(found) for symbol, found in sorted(inner.items())},
        modules={module.name: module for module in graph.modules},
    )


def is_bare(index: UnitIndex, symbol: str) -> bool:
    """Return whether a unit is a module body that runs nothing of its own: imports and definitions alone."""
    unit = index.units[symbol]
    module = index.modules.get(unit.module)
    is_body = qualname_of(symbol) == MODULE_BODY
    return is_body and unit.entry is None and not unit.flags and module is not None and module.statements == 0


def size_of(index: UnitIndex, symbol: str) -> int:
    """Return the size of a module-level unit, 1 or more: what `limits.max_size` counts, but for bare bodies.

    A function counts 1, a class 1 and 1 for each method, a module body 1 to 3 by its statements.
    """
    unit = index.units[symbol]
    if qualname_of(symbol) == MODULE_BODY:
        return 1 + (unit.statements > 5) + (unit.statements > 30)
    methods = sum(piece.kind == "method" for piece in index.inner.get(symbol, ()))
    return 1 + methods if unit.kind == "class" else 1
