"""Partition to plan: parts get names, kinds, owners, reasons in words, and a verdict over all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from decompose.boundary.circles import circles_of
from decompose.boundary.crossings import NOWHERE, Crossing, crossings
from decompose.boundary.kinds import Portrait, kind_of, portray, resources_of
from decompose.boundary.members import compact
from decompose.boundary.names import name_parts
from decompose.boundary.reasons import is_by_hand, reason
from decompose.boundary.verdict import ONLINE, decide
from decompose.ir.evidence import History, HopCost, Trace
from decompose.ir.graph import CodeGraph
from decompose.ir.membership import membership
from decompose.ir.partition import DEAD, OFFLINE, SHARED, Partition
from decompose.ir.plan import Limits, Plan, ServicePlan
from decompose.ir.symbols import is_asset, is_state
from decompose.ir.units import index_units

ORDER = ("gateway", "service", "job")
"""Services are listed as people meet them: what they see first, what answers, what runs."""
TOO_LARGE = "`limits.max_size` cannot be kept"
"""How the note begins that says so."""


def draft(
    graph: CodeGraph,
    partitions: Sequence[Partition],
    *,
    previous: Plan | None = None,
    trace: Trace | None = None,
    history: History | None = None,
    hop: HopCost | None = None,
) -> Plan:
    """Return the plan for the first partition.

    Args:
        graph: The graph with roles.
        partitions: The recommended partition, then the alternatives.
        previous: An earlier plan: its names, locks, notes, resources and exposed symbols are kept.
        trace: Calls and sizes that a run showed.
        history: What changed together.
        hop: What a call over the wire costs.
    """
    recommended = partitions[0]
    before = membership(previous, graph) if previous is not None else {}
    members = {c.name: c.members for c in recommended.clusters if c.name not in NOWHERE}
    provisional = {symbol: cluster.name for cluster in recommended.clusters for symbol in cluster.members}
    portraits = portray(graph, provisional)
    names = name_parts(members, portraits, {s: service for s, service in before.items() if service not in NOWHERE})
    placed = {symbol: names.get(cluster, cluster) for symbol, cluster in sorted(provisional.items())}
    portraits = {name: portrait for name, portrait in portray(graph, placed).items() if name not in NOWHERE}
    crossed = crossings(graph, placed, trace=trace, hop=hop)
    kinds = _kinds(graph, placed, portraits)
    entries = compact(placed)
    owned = _owned(graph, placed)
    services = [
        _service(
            name,
            kinds=kinds,
            portraits=portraits,
            crossed=crossed,
            members=entries.get(name, ()),
            owned=owned.get(name, ()),
            previous=previous,
        )
        for name in portraits
    ]
    services.sort(key=lambda service: (ORDER.index(service.kind), service.name))
    library = portray(graph, {s: n for s, n in placed.items() if n == SHARED}).get(SHARED)
    statements = sum(p.statements for p in portraits.values()) + (library.statements if library else 0)
    return Plan(
        system=graph.name,
        root=previous.root if previous is not None else ".",
        graph=graph.digest,
        verdict=decide(portraits, kinds, crossed, statements=statements),
        services=_kept_order(services, previous),
        shared=entries.get(SHARED, ()),
        offline=entries.get(OFFLINE, ()),
        dead=entries.get(DEAD, ()),
        startup=previous.startup if previous is not None else (),
        apart=previous.apart if previous is not None else (),
        limits=previous.limits if previous is not None else Limits(),
        circles=circles_of(graph, placed, portraits.keys(), previous),
        notes=_with_limit(previous, recommended) if previous is not None else _notes(partitions, history),
    )


def _service(
    name: str,
    *,
    kinds: Mapping[str, str],
    portraits: Mapping[str, Portrait],
    crossed: Mapping[tuple[str, str], Crossing],
    members: tuple[str, ...],
    owned: tuple[str, ...],
    previous: Plan | None,
) -> ServicePlan:
    """Return one service; what a person may have set in an earlier plan stays as set."""
    why = reason(name, kinds, portraits, crossed)
    old = next((service for service in previous.services if service.name == name), None) if previous else None
    return ServicePlan.model_validate(
        {
            "name": name,
            "kind": old.kind if old is not None else kinds[name],
            "because": old.because if old is not None and is_by_hand(old.because) else why,
            "members": members,
            "exposes": old.exposes if old is not None else (),
            "owns": owned,
            "resources": old.resources if old is not None else resources_of(portraits[name]),
            "locked": old.locked if old is not None else (),
            "note": old.note if old is not None else "",
        }
    )


def _kinds(graph: CodeGraph, placed: Mapping[str, str], portraits: Mapping[str, Portrait]) -> dict[str, str]:
    """Return the kind of every part; a part without a way to run of its own serves whoever calls it online."""
    index = index_units(graph)
    callers: dict[str, set[str]] = {name: set() for name in portraits}
    for edge in graph.edges:
        if edge.kind == "call":
            source, target = (placed.get(index.owner(end), "") for end in (edge.source, edge.target))
            if source != target and source in portraits and target in portraits:
                callers[target].add(source)
    first: dict[str, str] = {name: kind_of(portrait, is_called=False) for name, portrait in portraits.items()}
    return {
        name: kind_of(portrait, is_called=any(first[caller] in ONLINE for caller in callers[name]))
        for name, portrait in portraits.items()
    }


def _owned(graph: CodeGraph, placed: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the assets and mutable state that one part alone writes, by part."""
    index = index_units(graph)
    mutable = {state.symbol for state in graph.states if state.is_mutated}
    writers: dict[str, set[str]] = {}
    for edge in graph.edges:
        if edge.kind in ("write", "state_write") and (is_asset(edge.target) or edge.target in mutable):
            service = placed.get(index.owner(edge.source), "")
            if service and service not in (OFFLINE, DEAD):
                writers.setdefault(edge.target, set()).add(service)
    found: dict[str, list[str]] = {}
    for name, services in sorted(writers.items()):
        if len(services) == 1 and not (is_state(name) and services == {SHARED}):
            found.setdefault(min(services), []).append(name)
    return {service: _distinct(names) for service, names in found.items()}


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Return assets once for each file name: the one with the fewest unknown parts stands for all, sorted."""
    best: dict[str, str] = {}
    for name in sorted(names, key=lambda text: (text.count("{"), len(text), text)):
        best.setdefault(name.rpartition("/")[2] if name.startswith("asset:") else name, name)
    known = {base: name for base, name in best.items() if base.strip("{}")}
    return tuple(sorted(known.values()))


def _kept_order(services: list[ServicePlan], previous: Plan | None) -> tuple[ServicePlan, ...]:
    """Return the services in the order of an earlier plan, new ones last."""
    if previous is None:
        return tuple(services)
    rank = {service.name: number for number, service in enumerate(previous.services)}
    return tuple(sorted(services, key=lambda service: rank.get(service.name, len(rank))))


def _with_limit(previous: Plan, recommended: Partition) -> tuple[str, ...]:
    """Return the notes of an earlier plan, and that its limit cannot be kept where that is so."""
    kept = tuple(note for note in previous.notes if not note.startswith(TOO_LARGE))
    largest, limit = recommended.metrics.get("largest", 0.0), previous.limits.max_size
    return (*kept, f"{TOO_LARGE}: {largest:.0f} functions and methods may not part") if 0 < limit < largest else kept


def _notes(partitions: Sequence[Partition], history: History | None) -> tuple[str, ...]:
    """Return what a person should know about the alternatives and the evidence."""
    found: list[str] = []
    for other in partitions[1:]:
        parts = sum(cluster.name not in NOWHERE for cluster in other.clusters)
        crossing = 100 * other.metrics.get("icp", 0.0)
        found.append(f"alternative `{other.name}`: {parts} services, {crossing:.0f} % of calls between units cross")
    if history is not None and history.commits > 1:
        found.append(f"{history.commits} commits of the git history were weighed")
    return tuple(found)
