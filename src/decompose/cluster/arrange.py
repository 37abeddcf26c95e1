"""One way to divide a system: searched, settled, and so that doing it again changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from decompose.cluster.absorb import absorb, dissolve
from decompose.cluster.network import FINE, Network, are_apart, objective
from decompose.cluster.problem import Problem, drawn_to, network_of
from decompose.cluster.search import search
from decompose.cluster.settle import settle
from decompose.cluster.untie import untie
from decompose.ir.partition import DEAD, OFFLINE, SHARED

NOWHERE = frozenset((SHARED, OFFLINE, DEAD))
"""Names that are no parts."""
LARGE = 20_000
"""Units from which an arrangement is taken as it is: what another would gain is little, and time is short."""
MAX_STEPS = 20
"""Better arrangements taken one after another; each must gain, so that few systems see more than two."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where every unit that takes part stands, and what that is worth."""

    cluster_by_unit: Mapping[str, str]
    """Name of a part, or `shared`; from an earlier plan also `offline`."""
    objective: float
    """Per unit of size, in hundredths of a plain call."""


def arrange(
    problem: Problem, factor: float = 1.0, *, seed: int = 0, start: Mapping[str, str] | None = None
) -> Arrangement:
    """Return a division at one granularity: the search, then what follows from it for helpers and lone pieces.

    Args:
        problem: The system.
        factor: On everything that drives units apart.
        seed: Of the restarts of the search.
        start: Part of each unit to begin with; each alone by default.
    """
    network = network_of(problem, factor)
    first = _clusters(problem, network, start) if start is not None else None
    if first is not None and not _keeps_rules(network, first):
        first = None
    clusters = search(network, seed=seed, start=first)
    placed = {symbol: f"part_{clusters[i] + 1:02d}" for i, atom in enumerate(problem.atoms) for symbol in atom}
    system, relations, fixed = problem.system, problem.relations, problem.constraints.fixed
    limit = problem.constraints.max_size
    placed = absorb(system, relations, problem.scope, placed, fixed, max_size=limit)
    placed = settle(system, relations, placed, problem.libraries, bare=problem.scope.bare, fixed=fixed, max_size=limit)
    placed = untie(system, relations, placed, fixed, dead=frozenset(problem.scope.dead), max_size=limit)
    placed = dissolve(system, relations, problem.scope, placed, fixed)
    return Arrangement(placed, objective(network, clusters) / (FINE * network.total))


def adopt(problem: Problem, before: Mapping[str, str], *, seed: int = 0) -> Arrangement:
    """Return the arrangement of an earlier plan; searched, with its pull, when it is incomplete or breaks a rule.

    Args:
        problem: The system.
        before: Service of the units that the plan names, `shared`, `offline` and `dead` among them.
        seed: Of the restarts of the search.
    """
    users, dead = problem.relations.users, frozenset(problem.scope.dead)
    parts = _in_parts(before)
    placed = {
        symbol: before[symbol]
        for symbol in (*problem.scope.core, *problem.scope.bare)
        if before.get(symbol, DEAD) != DEAD and symbol not in dead
        # what was put aside and is used by now is aside no longer
        if before[symbol] != OFFLINE or not users.get(symbol, frozenset()) & parts.keys()
    }
    wanted = frozenset((*problem.scope.core, *problem.scope.bare)) - dead
    network = network_of(problem)
    if wanted <= placed.keys() and _keeps_rules(network, _clusters(problem, network, placed)):
        return Arrangement(placed, _worth(problem, network, placed) / (FINE * network.total))
    return arrange(drawn_to(problem, _in_parts(placed)), seed=seed, start=placed)


def steady(problem: Problem, found: Arrangement, *, seed: int = 0) -> Arrangement:
    """Return the arrangement from which no other is worth moving to; the one given when there is none.

    Another is worth it when what it gains exceeds the inertia of all units that would move. So a plan that was proposed
    stays as it is when it is proposed again; that of a large system stays while it is complete.
    """
    network = network_of(problem)
    for _ in range(MAX_STEPS if len(problem.system.profiles) <= LARGE else 0):
        placed = _alive(problem, found.cluster_by_unit)
        other = arrange(drawn_to(problem, _in_parts(placed)), seed=seed, start=placed)
        after = _alive(problem, other.cluster_by_unit)
        loss = problem.weights.inertia * moved(placed, after)
        gain = _worth(problem, network, after) - _worth(problem, network, placed)
        if after == placed or gain <= FINE * network.total * loss:
            break
        found = other
    return found


def moved(before: Mapping[str, str], after: Mapping[str, str]) -> int:
    """Return how many units are not where most of their old companions are; units of one side alone do not count."""
    cells: dict[str, Counter[str]] = {}
    for unit, part in before.items():
        if unit in after:
            cells.setdefault(part, Counter())[after[unit]] += 1
    return sum(row.total() - max(row.values()) for row in cells.values())


def _alive(problem: Problem, cluster_by_unit: Mapping[str, str]) -> dict[str, str]:
    """Return the same without dead code, whose place says nothing; parts are numbered by their first units.

    The search breaks ties by number, so that what parts are called must not matter.
    """
    dead = frozenset(problem.scope.dead)
    number: dict[str, str] = {}
    return {
        symbol: name if name in NOWHERE else number.setdefault(name, f"part_{len(number):05d}")
        for symbol, name in sorted(cluster_by_unit.items())
        if symbol not in dead
    }


def _in_parts(cluster_by_unit: Mapping[str, str]) -> dict[str, str]:
    """Return what stands in a part, and is neither shared nor put aside."""
    return {symbol: name for symbol, name in cluster_by_unit.items() if name not in NOWHERE}


def _clusters(problem: Problem, network: Network, placed: Mapping[str, str]) -> list[int]:
    """Return the cluster of each node: atoms with most of their units, hubs where they are drawn most, the rest alone."""
    held = _in_parts(placed)
    number = {name: i for i, name in enumerate(sorted(set(held.values())))}
    count = len(problem.atoms)
    clusters = [len(number) + i for i in range(len(network))]
    for i, atom in enumerate(problem.atoms):
        names = Counter(held[symbol] for symbol in atom if symbol in held)
        if names:
            clusters[i] = number[max(sorted(names), key=lambda name: names[name])]
    for hub in range(count, len(network)):
        drawn: dict[int, int] = {}
        for other, weight in network.adjacency[hub].items():
            drawn[clusters[other]] = drawn.get(clusters[other], 0) + weight
        if drawn:
            clusters[hub] = min(drawn, key=lambda cluster: (-drawn[cluster], cluster))
    return clusters


def _worth(problem: Problem, network: Network, placed: Mapping[str, str]) -> int:
    """Return the objective of an arrangement; what stands in no part counts alone, and is charged no premium."""
    clusters = _clusters(problem, network, placed)
    held = _in_parts(placed)
    alone = sum(not any(symbol in held for symbol in atom) for atom in problem.atoms)
    return objective(network, clusters) + FINE * network.total * network.terms.premium * alone


def _keeps_rules(network: Network, clusters: Sequence[int]) -> bool:
    """Return whether no cluster is too large or holds what must stand apart or in two services."""
    size: Counter[int] = Counter()
    labels: dict[int, set[str]] = {}
    sides: dict[int, frozenset[tuple[int, int]]] = {}
    for node, cluster in enumerate(clusters):
        size[cluster] += network.sizes[node]
        if network.labels[node]:
            labels.setdefault(cluster, set()).add(network.labels[node])
        if network.apart[node]:
            if are_apart(sides.get(cluster, frozenset()), network.apart[node]):
                return False
            sides[cluster] = sides.get(cluster, frozenset()) | network.apart[node]
    limit = network.terms.max_size
    return all(len(found) < 2 for found in labels.values()) and (not limit or max(size.values(), default=0) <= limit)
