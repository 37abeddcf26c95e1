"""Figures of a division, as the page computes them while a person drags; a test holds the two together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from decompose.ir.graph import CodeGraph
from decompose.ir.plan import Plan
from decompose.ir.symbols import MODULE_BODY
from decompose.views.grouping import Grouping, by_service
from decompose.views.links import Link, links
from decompose.views.palette import LINK_STYLES


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """Figures of one part."""

    units: int
    """Its units, without module bodies that nothing is joined to."""
    inside: float
    """Weight between its own units."""
    incoming: float
    """Weight that other deployed parts need of it."""
    outgoing: float
    cohesion: float | None
    """inside / (inside + incoming + outgoing), 0 to 1; none when nothing touches it."""
    is_in_circle: bool
    """Whether its calls lead back to it through other parts."""


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """Figures of a whole division."""

    groups: Mapping[str, GroupFigures]
    cut: float
    """Weight that crosses deployed parts."""
    share: float | None
    """cut / all weight between and inside deployed parts; none when there is no weight."""
    remote: int
    """Pairs of units whose call crosses."""
    cyclic: int


def measure(graph: CodeGraph, plan: Plan | None, membership: Mapping[str, str]) -> PlanFigures:
    """Return the figures of a division of a graph; what is copied or not deployed does not count.

    A place in the source weighs what `palette.LINK_STYLES` says for its kind.
    """
    return measure_links(links(graph), by_service(graph, plan, membership))


def measure_links(joined: Iterable[Link], grouping: Grouping) -> PlanFigures:
    """Return the figures of a grouping from links that are already at hand."""
    deployed = [group.name for group in grouping.groups if group.is_deployed]
    weight: dict[tuple[str, str], float] = defaultdict(float)
    calls: dict[tuple[str, str], int] = defaultdict(int)
    busy: set[str] = set()
    for link in joined:
        busy |= {link.source, link.target}
        pair = (grouping.group_by_unit[link.source], grouping.group_by_unit[link.target])
        weight[pair] += LINK_STYLES[link.kind].weight * link.count
        calls[pair] += link.kind == "call"
    known = set(deployed)
    reached = _reached({pair for pair, count in calls.items() if count and set(pair) <= known and pair[0] != pair[1]})
    sizes: dict[str, int] = defaultdict(int)
    for symbol, name in grouping.group_by_unit.items():
        sizes[name] += symbol in busy or not symbol.endswith(f":{MODULE_BODY}")
    groups = {
        name: _figures(name, deployed, weight, sizes[name], is_in_circle=name in reached.get(name, ()))
        for name in deployed
    }
    cut = sum(group.outgoing for group in groups.values())
    total = cut + sum(group.inside for group in groups.values())
    remote = sum(count for (a, b), count in calls.items() if a != b and a in known and b in known)
    cyclic = sum(group.is_in_circle for group in groups.values())
    return PlanFigures(groups, cut, cut / total if total else None, remote, cyclic)


def _figures(
    name: str, deployed: list[str], weight: Mapping[tuple[str, str], float], units: int, *, is_in_circle: bool
) -> GroupFigures:
    others = [other for other in deployed if other != name]
    inside = weight.get((name, name), 0.0)
    incoming = sum(weight.get((other, name), 0.0) for other in others)
    outgoing = sum(weight.get((name, other), 0.0) for other in others)
    around = inside + incoming + outgoing
    return GroupFigures(units, inside, incoming, outgoing, inside / around if around else None, is_in_circle)


def _reached(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return for each source all that its pairs lead to."""
    following: dict[str, set[str]] = defaultdict(set)
    for a, b in pairs:
        following[a].add(b)
    result: dict[str, set[str]] = {}
    for start in sorted(following):
        seen: set[str] = set()
        todo = list(following[start])
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += following.get(name, ())
        result[start] = seen
    return result
