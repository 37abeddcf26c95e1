"""The circles of calls among the services of a plan: those that no move of helpers takes apart."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from decompose.ir.circles import shortest_circles
from decompose.ir.graph import CodeGraph
from decompose.ir.plan import Circle, Plan
from decompose.ir.units import index_units

MOST_CALLS = 3
"""Calls of a circle that are named."""


def circles_of(
    graph: CodeGraph, service_by_unit: Mapping[str, str], services: Collection[str], previous: Plan | None = None
) -> tuple[Circle, ...]:
    """Return every circle of services with the calls that close it, for the plan to accept.

    Args:
        graph: The graph.
        service_by_unit: Service of every module-level unit, or `shared`, `offline`, `dead`.
        services: Names of the services.
        previous: An earlier plan: what a person wrote about a circle that is still there is kept.
    """
    index = index_units(graph)
    calls: dict[str, dict[str, tuple[str, str]]] = {}
    for edge in sorted(graph.edges, key=lambda e: (e.source, e.target)):
        if edge.kind != "call":
            continue
        source, target = index.owner(edge.source), index.owner(edge.target)
        here, there = service_by_unit.get(source, ""), service_by_unit.get(target, "")
        if here != there and here in services and there in services:
            calls.setdefault(here, {}).setdefault(there, (source, target))
    old = {frozenset(circle.services): circle for circle in previous.circles} if previous is not None else {}
    found: dict[frozenset[str], Circle] = {}
    for ring in shortest_circles(calls):
        steps = [calls[a][b] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)]
        why = ", ".join(f"`{source}` calls `{target}`" for source, target in steps[:MOST_CALLS])
        found.setdefault(frozenset(ring), old.get(frozenset(ring), Circle(services=tuple(sorted(ring)), because=why)))
    return tuple(sorted(found.values(), key=lambda circle: circle.services))
