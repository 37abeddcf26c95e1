"""Partitions at several granularities: the recommended one, and the alternatives that nothing else beats."""

from __future__ import annotations

from decompose.cluster.arrange import LARGE, Arrangement, adopt, arrange, steady
from decompose.cluster.metrics import measure
from decompose.cluster.problem import Problem, prepare, priced
from decompose.cluster.weights import Weights
from decompose.ir.evidence import History, HopCost, Trace
from decompose.ir.graph import CodeGraph
from decompose.ir.membership import claims, match
from decompose.ir.partition import DEAD, OFFLINE, SHARED, Cluster, Partition
from decompose.ir.plan import Plan

ALTERNATIVES = (("coarser", 0.4), ("finer", 2.2))
"""Names of the partitions beside the recommended one, and the factor on everything that drives units apart."""


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
        previous: An earlier plan: what it locks stays, its limits hold, the rest moves only for a good reason.
        hop: What a call costs on this machine; dearer calls bind more.
        seed: Of the restarts of the search.
        weights: How much each signal counts.
    """
    problem = prepare(graph, trace=trace, history=history, previous=previous, weights=priced(weights, hop))
    before = match(claims(previous), problem.system.profiles) if previous is not None else {}
    first = adopt(problem, before, seed=seed) if before else arrange(problem, seed=seed)
    best = steady(problem, first, seed=seed)
    found = [_partition(problem, "recommended", best)]
    # an alternative to a large system starts from the recommended partition: it is near, and time is short
    start = best.cluster_by_unit if len(problem.system.profiles) > LARGE else None
    for name, factor in ALTERNATIVES:
        partition = _partition(problem, name, arrange(problem, factor, seed=seed, start=start))
        if all(assignment(partition) != assignment(other) for other in found):
            found.append(partition)
    return tuple(found)


def assignment(partition: Partition) -> dict[str, str]:
    """Return the name of the cluster of every module-level unit."""
    return {symbol: cluster.name for cluster in partition.clusters for symbol in cluster.members}


def _partition(problem: Problem, name: str, found: Arrangement) -> Partition:
    """Return the record of an arrangement, with its figures."""
    members: dict[str, list[str]] = {}
    for symbol, cluster in sorted((dict(found.cluster_by_unit) | dict.fromkeys(problem.scope.dead, DEAD)).items()):
        members.setdefault(cluster, []).append(symbol)
    aside = (SHARED, OFFLINE, DEAD)
    parts = sorted((names for cluster, names in members.items() if cluster not in aside), key=lambda names: names[0])
    clusters = [Cluster(name=f"part_{i:02d}", kind="service", members=tuple(p)) for i, p in enumerate(parts, 1)]
    rest = (
        (SHARED, "library", members.get(SHARED, [])),
        (OFFLINE, "offline", [*problem.scope.offline, *members.get(OFFLINE, [])]),
        (DEAD, "dead", members.get(DEAD, [])),
    )
    clusters += [Cluster(name=n, kind=k, members=tuple(sorted(m))) for n, k, m in rest if m]
    figures = measure(problem.system, problem.relations, {c.name: c.members for c in clusters if c.kind == "service"})
    return Partition(name=name, clusters=tuple(clusters), metrics=figures, objective=round(found.objective, 3))
