"""Parts that call each other in a circle: what helps only the other side goes there, so that one side can stand alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from decompose.cluster.contract import asset_writers, is_shareable
from decompose.cluster.profile import System
from decompose.cluster.relations import Relations
from decompose.ir.components import strong_components
from decompose.ir.partition import SHARED

MAX_CALLS = 20_000
"""Calls from which circles are left for the plan to record: every move is tried on all of them."""


def untie(
    system: System,
    relations: Relations,
    cluster_by_unit: Mapping[str, str],
    fixed: frozenset[str],
    *,
    dead: frozenset[str] = frozenset(),
    max_size: int = 0,
) -> dict[str, str]:
    """Return the assignment with fewer circles of calls among the parts, where moving helpers is all it takes.

    A helper that could be copied, and that is called across a circle, goes to the one part that uses it, or is shared
    when several do, conductors and workers alike. Only moves that leave fewer calls inside circles are made, the best
    first; a circle that work itself makes stays, for a person to judge.

    Args:
        system: The profiled system.
        relations: Who uses whom.
        cluster_by_unit: Part of each unit, libraries settled.
        fixed: Units that stay where they are.
        dead: Units whose calls are never made.
        max_size: Largest size of a part; 0 for no limit.
    """
    cluster = dict(cluster_by_unit)
    calls = [(r.source, r.target) for r in relations.pairs if r.kind == "call" and r.source not in dead]
    if len(calls) > MAX_CALLS:
        return cluster
    writers = asset_writers(relations)
    movable = frozenset(s for s in cluster if s not in fixed and is_shareable(system, s, writers))
    callees: dict[str, list[str]] = {}
    for caller, callee in calls:
        callees.setdefault(caller, []).append(callee)
    tied = circular(calls, cluster)
    while tied:
        moves: list[tuple[int, str, dict[str, str]]] = []
        for helper in sorted({target for _, target in tied}):
            change = _follow(system, relations, cluster, helper, movable, callees)
            left = len(circular(calls, cluster | change)) if change else len(tied)
            if left < len(tied) and _fits(system, cluster | change, change, max_size):
                moves.append((left, helper, change))
        if not moves:
            break
        cluster |= min(moves, key=lambda move: move[:2])[2]
        tied = circular(calls, cluster)
    return cluster


def _follow(
    system: System,
    relations: Relations,
    cluster: Mapping[str, str],
    helper: str,
    movable: frozenset[str],
    callees: Mapping[str, list[str]],
) -> dict[str, str]:
    """Return where a helper goes, and the helpers of its own part that it calls, when each follows its users."""
    here, change, todo = cluster[helper], dict[str, str](), [helper]
    while todo:
        symbol = todo.pop()
        if symbol not in movable or cluster.get(symbol) != here or symbol in change:
            continue
        placed = {change.get(user, cluster.get(user, "")) for user in relations.users.get(symbol, ())} - {""}
        home = placed.pop() if len(placed) == 1 else SHARED
        if home != here:
            change[symbol] = home
            todo += callees.get(symbol, [])
    return change


def _fits(system: System, cluster: Mapping[str, str], change: Mapping[str, str], max_size: int) -> bool:
    """Return whether the parts that a change adds to stay within the largest size."""
    grown = set(change.values()) - {SHARED} if max_size else set[str]()
    parts = ((symbol for symbol, name in cluster.items() if name == part) for part in grown)
    return all(system.size_of(part) <= max_size for part in parts)


def circular(calls: Iterable[tuple[str, str]], cluster: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the calls between two parts that lie on a circle of parts; shared code is in no circle.

    Args:
        calls: Caller and callee.
        cluster: Part of each unit; a unit without one does not count.
    """
    ends = ((a, b, cluster.get(a, SHARED), cluster.get(b, SHARED)) for a, b in calls)
    crossing = [(a, b) for a, b, here, there in ends if here != there and SHARED not in (here, there)]
    names = sorted({cluster[unit] for pair in crossing for unit in pair})
    number = {name: i for i, name in enumerate(names)}
    successors: list[set[int]] = [set() for _ in names]
    for a, b in crossing:
        successors[number[cluster[a]]].add(number[cluster[b]])
    ring: dict[int, int] = {}
    for i, component in enumerate(strong_components([sorted(found) for found in successors])):
        ring |= dict.fromkeys(component, i)
    return [(a, b) for a, b in crossing if ring[number[cluster[a]]] == ring[number[cluster[b]]]]
