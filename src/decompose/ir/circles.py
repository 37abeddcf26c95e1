"""Circles of services that call each other; the plan records those that it accepts, the gate reports the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def shortest_circles(calls: Mapping[str, Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """Return a shortest circle through each service that lies on one, each circle once, from its smallest name.

    Args:
        calls: The services that each service calls.
    """
    found: set[tuple[str, ...]] = set()
    for start in sorted(calls):
        before: dict[str, str] = {}
        todo = [start]
        while todo and start not in before:
            name = todo.pop(0)
            for other in sorted(calls.get(name, ())):
                if other not in before:
                    before[other] = name
                    todo.append(other)
        if start in before:
            path = [before[start]]
            while path[-1] != start:
                path.append(before[path[-1]])
            path.reverse()
            turn = path.index(min(path))
            found.add(tuple(path[turn:] + path[:turn]))
    return tuple(sorted(found))
