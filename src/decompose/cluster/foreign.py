"""Partitions from elsewhere: checked, completed, and measured like our own."""

from __future__ import annotations

from collections import Counter

import msgspec

from decompose.cluster.metrics import measure
from decompose.cluster.problem import prepare
from decompose.errors import PlanError
from decompose.ir.graph import CodeGraph
from decompose.ir.partition import DEAD, OFFLINE, SHARED, Cluster, Partition
from decompose.ir.plan import Plan

KINDS = {SHARED: "library", OFFLINE: "offline", DEAD: "dead"}


def accept(graph: CodeGraph, given: Partition, own: Partition, *, name: str, previous: Plan | None = None) -> Partition:
    """Return a partition of a plug-in as the plan needs it: every module-level unit once, figures in place.

    Units that it leaves out go where our own partition has them outside of all services; what a person has locked
    stays where it is locked.

    Args:
        graph: The graph.
        given: What the plug-in returned.
        own: Our own recommended partition.
        name: Name of the plug-in, for messages.
        previous: An earlier plan, with locks.

    Raises:
        PlanError: If it names a unit that the graph does not have, names one twice, or leaves one out.
    """
    problem = prepare(graph, previous=previous)
    known = problem.system.profiles
    counted = Counter(symbol for cluster in given.clusters for symbol in cluster.members)
    for symbol, times in sorted(counted.items()):
        if symbol not in known:
            raise PlanError(f"partitioner `{name}`: no module-level unit `{symbol}`", hint="methods follow their class")
        if times > 1:
            raise PlanError(f"partitioner `{name}`: `{symbol}` stands in {times} clusters", hint="once is right")
    placed = {symbol: cluster.name for cluster in given.clusters for symbol in cluster.members}
    outside = {s: cluster.name for cluster in own.clusters if cluster.name in KINDS for s in cluster.members}
    for symbol in known:
        if symbol not in placed and symbol not in outside:
            raise PlanError(f"partitioner `{name}`: `{symbol}` stands nowhere", hint=f"or put it into `{SHARED}`")
    placed = outside | placed | dict(problem.constraints.locked)
    members: dict[str, list[str]] = {}
    for symbol in sorted(known):
        members.setdefault(placed[symbol], []).append(symbol)
    clusters = tuple(
        Cluster(name=part, kind=KINDS.get(part, "service"), members=tuple(held))
        for part, held in sorted(members.items())
    )
    figures = measure(problem.system, problem.relations, {c.name: c.members for c in clusters if c.kind == "service"})
    return msgspec.structs.replace(given, clusters=clusters, metrics=figures)
