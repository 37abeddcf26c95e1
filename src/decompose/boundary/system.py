"""A graph seen from its boundaries: what belongs together, who calls whom, where each unit lives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from decompose.ir.graph import CodeGraph, Edge, Unit
from decompose.ir.partition import DEAD, OFFLINE, SHARED
from decompose.ir.symbols import is_code, module_of, qualname_of
from decompose.ir.units import UnitIndex, index_units

NOT_A_SERVICE = frozenset({SHARED, OFFLINE, DEAD, ""})
"""Homes in which nothing is deployed by itself."""

_RECORD_DECORATORS = {
    "dataclass": "dataclass",
    "define": "dataclass",
    "frozen": "dataclass",
    "attrs": "dataclass",
    "s": "dataclass",
}


@dataclass(frozen=True, slots=True)
class System:
    """Look-ups over one graph."""

    graph: CodeGraph
    index: UnitIndex
    units: Mapping[str, Unit]
    """Every unit by symbol."""
    outgoing: Mapping[str, tuple[Edge, ...]]
    """Edges by source symbol."""
    incoming: Mapping[str, tuple[Edge, ...]]
    """Edges by target symbol."""
    members: Mapping[str, tuple[Unit, ...]]
    """Methods (and nested units) by the symbol of their class."""
    classes: Mapping[str, tuple[str, ...]]
    """Symbols of module-level classes by bare name."""

    def owner(self, symbol: str) -> str:
        """Return the module-level unit that holds a code symbol; empty for anything else."""
        return self.index.owner(symbol) if is_code(symbol) else ""

    def class_of(self, symbol: str) -> Unit | None:
        """Return the class whose method `symbol` is, when it is one."""
        unit = self.units.get(symbol)
        parent = self.units.get(unit.parent) if unit is not None and unit.parent else None
        return parent if parent is not None and parent.kind == "class" else None

    def lineage(self, symbol: str) -> Iterator[Unit]:
        """Yield a class and its own bases, nearest first, each once."""
        pending, seen = [symbol], set()
        while pending:
            name = pending.pop(0)
            unit = self.units.get(name)
            if unit is None or name in seen or unit.kind != "class":
                continue
            seen.add(name)
            yield unit
            pending.extend(unit.bases)

    def method(self, class_symbol: str, name: str) -> Unit | None:
        """Return the method that an instance of the class answers with, own bases included."""
        for unit in self.lineage(class_symbol):
            for member in self.members.get(unit.symbol, ()):
                if qualname_of(member.symbol).rpartition(".")[2] == name:
                    return member
        return None

    def traits(self, symbol: str) -> frozenset[str]:
        """Return what kind of class it is, own bases included (`dataclass`, `enum`, `exception` and so on)."""
        found: set[str] = set()
        for unit in self.lineage(symbol):
            found |= set(unit.flags)
            found |= {
                _RECORD_DECORATORS.get(name.removesuffix("()").rpartition(".")[2], "") for name in unit.decorators
            }
        return frozenset(found - {""})

    def within(self, top: str) -> tuple[str, ...]:
        """Return a module-level unit's symbol with those of everything inside it."""
        return (top, *(unit.symbol for unit in self.index.inner.get(top, ())))


def view(graph: CodeGraph) -> System:
    """Return the look-ups over a graph."""
    outgoing: dict[str, list[Edge]] = {}
    incoming: dict[str, list[Edge]] = {}
    for edge in graph.edges:
        outgoing.setdefault(edge.source, []).append(edge)
        incoming.setdefault(edge.target, []).append(edge)
    members: dict[str, list[Unit]] = {}
    classes: dict[str, list[str]] = {}
    for unit in sorted(graph.units, key=lambda u: u.symbol):
        if unit.parent and qualname_of(unit.parent):
            members.setdefault(unit.parent, []).append(unit)
        elif unit.kind == "class":
            classes.setdefault(qualname_of(unit.symbol), []).append(unit.symbol)
    return System(
        graph=graph,
        index=index_units(graph),
        units={unit.symbol: unit for unit in graph.units},
        outgoing={symbol: tuple(edges) for symbol, edges in outgoing.items()},
        incoming={symbol: tuple(edges) for symbol, edges in incoming.items()},
        members={symbol: tuple(found) for symbol, found in members.items()},
        classes={name: tuple(found) for name, found in classes.items()},
    )


def match_class(system: System, name: str, module: str) -> str:
    """Return the symbol of the own class that a type name stands for; empty when it is none.

    Args:
        system: The graph.
        name: `pkg.module:Class`, `pkg.module.Class` or a bare `Class`, as annotations and inferred types spell it.
        module: Module in which the name stands; decides between classes of the same bare name.
    """
    if ":" in name:
        unit = system.units.get(name)
        return name if unit is not None and unit.kind == "class" else ""
    outer, _, last = name.rpartition(".")
    found = system.classes.get(last, ())
    if outer:
        found = tuple(symbol for symbol in found if f".{module_of(symbol)}".endswith(f".{outer}"))
    elif f"{module}:{last}" in found:
        return f"{module}:{last}"
    return found[0] if len(found) == 1 else ""
