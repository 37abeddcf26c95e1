"""Partitions at several granularities: the recommended one, and the alternatives that nothing else beats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log10

from decompose.cluster.absorb import absorb
from decompose.cluster.conduct import conducted
from decompose.cluster.contract import atoms, libraries
from decompose.cluster.metrics import measure
from decompose.cluster.network import FINE, Network, Terms, build, objective
from decompose.cluster.profile import System, profile_system
from decompose.cluster.relations import Relations, relate
from decompose.cluster.scope import Scope, scope_of
from decompose.cluster.search import search
from decompose.cluster.settle import settle
from decompose.cluster.stages import conflicts
from decompose.cluster.weights import Pull, Weights, pulls
from decompose.ir.evidence import History, HopCost, Trace
from decompose.ir.graph import CodeGraph
from decompose.ir.membership import claims, locks, match
from decompose.ir.partition import DEAD, OFFLINE, SHARED, Cluster, Partition
from decompose.ir.plan import Plan

GRANULARITIES = (("recommended", 1.0), ("coarser", 0.4), ("finer", 2.2))
"""Names of the partitions and the factor on everything that drives units apart."""

LARGE = 20_000
"""Nodes of the search from which alternatives start from the recommended partition."""
TYPICAL_SIZE = 100
"""Units of size at which charges are divided by the size itself."""


@dataclass(frozen=True)
class Problem:
    """A system made ready for the search."""

    system: System
    relations: Relations
    scope: Scope
    libraries: frozenset[str]
    atoms: tuple[tuple[str, ...], ...]
    pulls: tuple[Pull, ...]
    weights: Weights
    locked: Mapping[str, str]


def prepare(
    graph: CodeGraph,
    *,
    trace: Trace | None = None,
    history: History | None = None,
    previous: Plan | None = None,
    weights: Weights | None = None,
) -> Problem:
    """Return the search problem of a graph: who takes part, what may not part, what pulls.

    Args:
        graph: The graph with roles.
        trace: Calls that a run showed.
        history: What changed together.
        previous: An earlier plan, with the locks that a person set.
        weights: How much each signal counts.
    """
    chosen = weights or Weights()
    system = profile_system(graph)
    fixed = locks(previous, system.profiles) if previous is not None else {}
    before = match(claims(previous), system.profiles) if previous is not None else {}
    relations = relate(system, trace)
    system = conducted(system, relations)
    scope = scope_of(system, relations)
    found = frozenset(libraries(system, relations, scope.core) - fixed.keys())
    members = [symbol for symbol in scope.core if symbol not in found]
    return Problem(
        system=system,
        relations=relations,
        scope=scope,
        libraries=found,
        atoms=tuple(atoms(system, relations, members, locked=fixed)),
        pulls=(
            *pulls(system, relations, scope, members, weights=chosen, history=history),
            *_inertia(members, before, chosen),
        ),
        weights=chosen,
        locked=fixed,
    )


def network_of(problem: Problem, factor: float = 1.0) -> Network:
    """Return a problem as numbers: the atoms first, then the hubs in order of name."""
    number = {symbol: i for i, atom in enumerate(problem.atoms) for symbol in atom}
    hubs = sorted({end for pull in problem.pulls for end in (pull.unit, pull.other)} - number.keys())
    number.update({hub: len(problem.atoms) + i for i, hub in enumerate(hubs)})
    profiles, weights = problem.system.profiles, problem.weights
    sizes = [sum(profiles[symbol].size for symbol in atom) for atom in problem.atoms] + [0] * len(hubs)
    masses = [_mass(problem.system, atom) for atom in problem.atoms] + [()] * len(hubs)
    labels = [next((problem.locked[s] for s in atom if s in problem.locked), "") for atom in problem.atoms]
    return build(
        len(sizes),
        ((number[pull.unit], number[pull.other], pull.weight) for pull in problem.pulls),
        sizes=sizes,
        masses=masses,
        labels=labels + [""] * len(hubs),
        total=_scale(sum(sizes), weights),
        terms=Terms(
            density=round(weights.density * factor),
            stage=round(weights.stage * factor),
            premium=round(weights.premium / factor),
            conflict=conflicts(),
        ),
    )


def partitions(
    graph: CodeGraph,
    *,
    trace: Trace | None = None,
    history: History | None = None,
    previous: Plan | None = None,
    hop: HopCost | None = None,
    seed: int = 0,
    weights: Weights | None = None,
) -> tuple[Partition, ...]:
    """Return ways to divide a system, the recommended one first; each unit stands in exactly one cluster of each.

    Args:
        graph: The graph with roles.
        trace: Calls that a run showed; they replace estimates.
        history: What changed together.
        previous: An earlier plan: what it locks stays, the rest moves only for a good reason.
        hop: What a call costs on this machine; dearer calls bind more.
        seed: Of the restarts of the search.
        weights: How much each signal counts.
    """
    problem = prepare(graph, trace=trace, history=history, previous=previous, weights=_priced(weights, hop))
    found: list[Partition] = []
    clusters: tuple[int, ...] | None = None
    for name, factor in GRANULARITIES:
        # an alternative to a large system starts from the recommended partition: it is near, and time is short
        start = clusters if clusters is not None and len(clusters) > LARGE else None
        partition, reached = divide(problem, name, factor, seed=seed, start=start)
        clusters = clusters or reached
        if all(assignment(partition) != assignment(other) for other in found):
            found.append(partition)
    return tuple(found)


def divide(
    problem: Problem, name: str, factor: float, *, seed: int = 0, start: Sequence[int] | None = None
) -> tuple[Partition, tuple[int, ...]]:
    """Return one partition at one granularity, and the cluster of each node of the search."""
    network = network_of(problem, factor)
    clusters = search(network, seed=seed, start=start)
    value = objective(network, clusters)
    placed = {symbol: f"part_{clusters[i] + 1:02d}" for i, atom in enumerate(problem.atoms) for symbol in atom}
    system, relations, fixed = problem.system, problem.relations, frozenset(problem.locked)
    placed = absorb(system, relations, problem.scope, placed, fixed)
    settled = settle(system, relations, placed, problem.libraries, bare=problem.scope.bare, fixed=fixed)
    return _partition(problem, name, settled, value / (FINE * network.total)), clusters


def assignment(partition: Partition) -> dict[str, str]:
    """Return the name of the cluster of every module-level unit."""
    return {symbol: cluster.name for cluster in partition.clusters for symbol in cluster.members}


def _partition(problem: Problem, name: str, cluster_by_unit: Mapping[str, str], value: float) -> Partition:
    """Return the record of an assignment, with its figures."""
    members: dict[str, list[str]] = {}
    dead = frozenset(problem.scope.dead)
    for symbol, cluster in sorted(cluster_by_unit.items()):
        members.setdefault(DEAD if symbol in dead else cluster, []).append(symbol)
    parts = sorted(
        (names for cluster, names in members.items() if cluster not in (SHARED, DEAD)), key=lambda names: names[0]
    )
    clusters = [Cluster(name=f"part_{i:02d}", kind="service", members=tuple(p)) for i, p in enumerate(parts, 1)]
    rest = (
        (SHARED, "library", members.get(SHARED, [])),
        (OFFLINE, "offline", list(problem.scope.offline)),
        (DEAD, "dead", members.get(DEAD, [])),
    )
    clusters += [Cluster(name=n, kind=k, members=tuple(sorted(m))) for n, k, m in rest if m]
    figures = measure(problem.system, problem.relations, {c.name: c.members for c in clusters if c.kind == "service"})
    return Partition(name=name, clusters=tuple(clusters), metrics=figures, objective=round(value, 3))


def _scale(size: int, weights: Weights) -> int:
    """Return what charges between pairs are divided by: the size, less for a small system and more for a large one.

    A system of 40 units does as many kinds of work as one of 400, with fewer edges between the kinds; divided by the
    size alone, small systems would hardly be parted and large ones fall to pieces. Bounded to half and double.
    """
    factor: float = (max(size, 1) / TYPICAL_SIZE) ** (weights.scaling - 1.0)
    return max(1, round(size * min(2.0, max(0.5, factor))))


def _inertia(members: Iterable[str], before: Mapping[str, str], weights: Weights) -> Iterable[Pull]:
    """Yield the pull of an earlier plan: what stood together stays together unless something speaks against it."""
    for symbol in members:
        service = before.get(symbol, "")
        if service and service not in (SHARED, OFFLINE, DEAD):
            yield Pull(symbol, f"before:{service}", weights.inertia, "inertia")


def _priced(weights: Weights | None, hop: HopCost | None) -> Weights:
    """Return the weights with the price of a call for the order of magnitude of this machine's hop.

    Only the order: a measured time varies from run to run, and a proposal must not.
    """
    chosen = weights or Weights()
    if hop is None or not hop.samples or hop.base_ms <= 0:
        return chosen
    factor = min(2.0, max(0.5, 1.0 + round(log10(hop.base_ms / HopCost().base_ms))))
    return replace(chosen, call=round(chosen.call * factor))


def _mass(system: System, atom: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Return the stage mass of a group of units."""
    total: dict[int, int] = {}
    for symbol in atom:
        for stage, mass in system.profiles[symbol].mass:
            total[stage] = total.get(stage, 0) + mass
    return tuple(sorted(total.items()))
