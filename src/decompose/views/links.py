"""The graph as readers see it: dependencies between module-level units, each with its places in the source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from decompose.ir import symbols
from decompose.ir.graph import CodeGraph, Edge, Module, Unit

KIND_BY_EDGE = {"call": "call", "inherit": "type", "import": "type", "type": "type", "value": "value"}
MOST_PAIRS = 400
"""Writer-reader pairs drawn for one asset or state; a thing that more share is cut off there and counted."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One line of the source that is the reason for a link."""

    source: str
    """Symbol in whose body the line stands."""
    target: str
    """Symbol, asset or state that the line speaks of."""
    path: str
    line: int
    kind: str
    """Edge kind of the graph."""
    reason: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """All that one unit needs of another in one way."""

    source: str
    """Module-level unit that depends on `target` (of data: that reads what `target` writes)."""
    target: str
    kind: str
    """`call`, `data`, `state`, `type` or `value`."""
    is_certain: bool
    count: int
    """Places that give rise to it."""
    via: str = ""
    """The asset or state through which the two meet."""
    places: tuple[Place, ...] = ()
    calls: float = 0.0
    """Places weighted by 10 for each loop around them: a rough number of calls per run."""


@dataclass(frozen=True, slots=True)
class Access:
    """One unit touching an asset or a state."""

    unit: str
    thing: str
    mode: str
    """`read`, `write`, `state_read` or `state_write`."""
    is_certain: bool
    places: tuple[Place, ...]


def top_units(graph: CodeGraph) -> dict[str, Unit]:
    """Return the module-level units by symbol: module bodies, functions, classes, notebook cells."""
    return {unit.symbol: unit for unit in graph.units if symbols.top_level_of(unit.symbol) == unit.symbol}


def modules_by_name(graph: CodeGraph) -> dict[str, Module]:
    """Return the modules by canonical name."""
    return {module.name: module for module in graph.modules}


def owner(symbol: str, units: Mapping[str, Unit]) -> str:
    """Return the module-level unit that holds a code symbol; empty when the graph has none."""
    top = symbols.top_level_of(symbol)
    if top in units:
        return top
    body = symbols.join(symbols.module_of(symbol), symbols.MODULE_BODY)
    return body if body in units else ""


def accesses(graph: CodeGraph) -> tuple[Access, ...]:
    """Return who touches which asset and which state, sorted."""
    units = top_units(graph)
    found: dict[tuple[str, str, str], list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        if edge.kind in ("read", "write", "state_read", "state_write"):
            thing, unit = (edge.target, edge.source) if not symbols.is_code(edge.target) else (edge.source, edge.target)
            if holder := owner(unit, units):
                found[holder, thing, edge.kind].append(edge)
    return tuple(
        Access(unit, thing, mode, any(e.confidence == "certain" for e in edges), _places(edges))
        for (unit, thing, mode), edges in sorted(found.items())
    )


def links(graph: CodeGraph, *, with_values: bool = True) -> tuple[Link, ...]:
    """Return every link between two different module-level units, sorted; certain and possible ones stay apart."""
    units = top_units(graph)
    found: dict[tuple[str, str, str, bool, str], list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        kind = KIND_BY_EDGE.get(edge.kind)
        if kind is None or (kind == "value" and not with_values):
            continue
        source, target = owner(edge.source, units), owner(edge.target, units)
        if source and target and source != target:
            found[source, target, kind, edge.confidence == "certain", ""].append(edge)
    direct = [
        Link(source, target, kind, certain, _count(edges), via, _places(edges), _calls(edges))
        for (source, target, kind, certain, via), edges in found.items()
    ]
    return tuple(sorted([*direct, *_shared(true_users(accesses(graph), direct))], key=_order))


def true_users(touches: Iterable[Access], joined: Iterable[Link]) -> list[Access]:
    """Return the accesses without those of wrappers: `save_object` writes only what its callers tell it to.

    A unit that touches a thing is a wrapper when another unit that touches it in the same way calls it.
    """
    every = list(touches)
    callers: dict[str, set[str]] = defaultdict(set)
    for link in joined:
        if link.kind == "call":
            callers[link.target].add(link.source)
    users: dict[tuple[str, str], set[str]] = defaultdict(set)
    for touch in every:
        users[touch.thing, touch.mode].add(touch.unit)
    return [touch for touch in every if not callers[touch.unit] & users[touch.thing, touch.mode] - {touch.unit}]


def _shared(touches: Iterable[Access]) -> list[Link]:
    """Return the links of units that meet through an asset or a state: the reader depends on the writer."""
    by_thing: dict[str, list[Access]] = defaultdict(list)
    for touch in touches:
        by_thing[touch.thing].append(touch)
    result: list[Link] = []
    for thing, users in by_thing.items():
        kind = "state" if symbols.is_state(thing) else "data"
        pairs = [
            Link(r.unit, w.unit, kind, r.is_certain and w.is_certain, 1, thing, (*r.places[:2], *w.places[:2]), 1.0)
            for w in users if w.mode.endswith("write")
            for r in users if r.unit != w.unit and r.mode.endswith("read")
        ]  # fmt: skip
        result += sorted(pairs, key=_order)[:MOST_PAIRS]
    return result


def _places(edges: Iterable[Edge]) -> tuple[Place, ...]:
    return tuple(
        sorted(
            {
                Place(edge.source, edge.target, site.path, site.line, edge.kind, edge.reason, site.text)
                for edge in edges
                for site in edge.sites
            },
            key=lambda place: (place.path, place.line, place.source, place.target, place.reason, place.text),
        )
    )


def _count(edges: Iterable[Edge]) -> int:
    return sum(max(1, len(edge.sites)) for edge in edges)


def _calls(edges: Iterable[Edge]) -> float:
    return float(sum(sum(10 ** min(site.loops, 3) for site in edge.sites) or 1 for edge in edges))


def _order(link: Link) -> tuple[str, str, str, bool, str]:
    return (link.source, link.target, link.kind, not link.is_certain, link.via)
