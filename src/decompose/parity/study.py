"""The table that the studies argue about, one row a claim, with a number for both sides."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from decompose.ir.blueprint import Blueprint
from decompose.ir.evidence import History, Trace
from decompose.ir.graph import CodeGraph
from decompose.ir.reports import Basis, Capacity, Figure, Kill, LoadFigures, Rollout, StudyRow
from decompose.parity import queueing, radius
from decompose.parity.demand import service_by_unit
from decompose.parity.footprint import Footprint

ASPECTS = (
    "performance", "scalability", "reliability", "maintainability", "modularity", "integration", "deployment",
    "model versioning", "ETL resilience", "operational complexity",
)  # fmt: skip
"""Rows of the study, in the order in which they are shown."""
_TIE = 0.05


def row(
    aspect: str,
    measure: str,
    monolith: Figure | None,
    services: Figure | None,
    *,
    higher_is_better: bool = False,
    evidence: str = "",
    threshold: float = _TIE,
) -> StudyRow:
    """Return a row with its winner: the better number, unless the two are within the threshold or their intervals meet.

    Args:
        aspect: One of `ASPECTS`.
        measure: What is measured, with its unit in words.
        monolith: Its number; `None` when unknown.
        services: The same for the services.
        higher_is_better: Which direction wins.
        evidence: Where the numbers come from.
        threshold: Relative difference below which nobody wins.
    """
    if monolith is None or services is None or math.isnan(monolith.value) or math.isnan(services.value):
        return StudyRow(aspect=aspect, measure=measure, monolith=monolith, services=services, evidence=evidence)
    one, other = monolith.value, services.value
    if _meet(monolith, services) or abs(one - other) <= threshold * max(abs(one), abs(other)):
        return StudyRow(
            aspect=aspect, measure=measure, monolith=monolith, services=services, winner="tie", evidence=evidence
        )
    services_win = (other > one) == higher_is_better
    smaller, larger = sorted((abs(one), abs(other)))
    by = f"{larger / smaller:.3g} times" if smaller else f"{abs(other - one):.3g}"
    return StudyRow(
        aspect=aspect,
        measure=measure,
        monolith=monolith,
        services=services,
        winner="services" if services_win else "monolith",
        by=by,
        evidence=evidence,
    )


def _meet(one: Figure, other: Figure) -> bool:
    """Return whether two intervals overlap; figures without an interval never do."""
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.low <= other.high and other.low <= one.high


def performance_rows(load: Iterable[LoadFigures], *, basis: Basis) -> list[StudyRow]:
    """Return median and tail latency of every entry point at every load that both sides saw."""
    found: dict[tuple[str, int], dict[str, LoadFigures]] = {}
    ranks = {
        (f.entry, f.side, f.rate_per_s): rank
        for (entry, side) in {(f.entry, f.side) for f in load}
        for rank, f in enumerate(sorted((f for f in load if (f.entry, f.side) == (entry, side)), key=_rate))
    }
    for figure in load:
        found.setdefault((figure.entry, ranks[figure.entry, figure.side, figure.rate_per_s]), {})[figure.side] = figure
    rows = []
    for (entry, _), sides in sorted(found.items()):
        if len(sides) == 2:
            one, other = sides["monolith"], sides["services"]
            at = f"of `{entry}` at {one.rate_per_s:g}/s, ms"
            evidence = f"{basis}, open loop"
            rows.append(row("performance", f"median latency {at}", one.p50_ms, other.p50_ms, evidence=evidence))
            rows.append(row("performance", f"95th percentile {at}", one.p95_ms, other.p95_ms, evidence=evidence))
    return rows


def _rate(figure: LoadFigures) -> float:
    return figure.rate_per_s


def capacity_rows(capacity: Iterable[Capacity]) -> list[StudyRow]:
    """Return the capacity of every entry point on both sides."""
    found: dict[str, dict[str, Capacity]] = {}
    for one in capacity:
        found.setdefault(one.entry, {})[one.side] = one
    rows = []
    for entry, sides in sorted(found.items()):
        if len(sides) == 2:
            one, other = sides["monolith"], sides["services"]
            full = f"; exhausted first: {other.bottleneck}" if other.bottleneck else ""
            evidence = f"{one.per_s.basis}, one replica of each{full}"
            measure = f"capacity of `{entry}`, requests per second"
            rows.append(row("scalability", measure, one.per_s, other.per_s, higher_is_better=True, evidence=evidence))
    return rows


def kill_rows(kills: Iterable[Kill]) -> list[StudyRow]:
    """Return the failure blast radius: the mean share of entry points that one death takes along."""
    found = list(kills)
    parts = [kill for kill in found if kill.killed != "monolith"]
    if not parts or not any(kill.failed or kill.alive for kill in parts):
        return []
    shares = [len(kill.failed) / max(1, len(kill.failed) + len(kill.alive)) for kill in parts]
    basis = parts[0].basis
    worst = max(zip(shares, (kill.killed for kill in parts), strict=True))
    return [
        row(
            "reliability",
            "entry points that one dead process takes along, mean share",
            Figure(value=1.0, unit="share", basis=basis),
            Figure(value=sum(shares) / len(shares), unit="share", basis=basis),
            evidence=f"{len(parts)} services killed in turn; worst is `{worst[1]}` with {worst[0]:.0%}",
        )
    ]


def rollout_rows(rollouts: Iterable[Rollout], cold_start_s: Mapping[str, Figure]) -> list[StudyRow]:
    """Return what rolling the model forward and back cost; where it needs a restart, the restart is the time."""
    sides = {one.side: one for one in rollouts}
    if len(sides) < 2:
        return []
    failed = {side: _measured(one.failed / max(1, one.asked), "share") for side, one in sides.items()}
    times = {side: _measured(_rolled_s(one, cold_start_s), "s") for side, one in sides.items()}
    needing = [f"the {side} must be restarted for it" for side, one in sides.items() if one.forward_s is None]
    asked = " and ".join(f"{one.failed} of {one.asked} on the {side}" for side, one in sides.items())
    aspect = "model versioning"
    return [
        row(aspect, "requests that fail while a model is rolled forward and back, share", failed["monolith"],
            failed["services"], evidence=f"measured: {asked}"),
        row(aspect, "time until the new model answers, s", times["monolith"], times["services"],
            evidence="; ".join(["measured", *needing]), threshold=0.2),
    ]  # fmt: skip


def _measured(value: float, unit: str) -> Figure:
    return Figure(value=value, unit=unit, basis="measured")


def _rolled_s(one: Rollout, cold_start_s: Mapping[str, Figure]) -> float:
    return cold_start_s[one.side].value if one.forward_s is None else one.forward_s


def structure_rows(
    graph: CodeGraph,
    blueprint: Blueprint,
    history: History | None,
    footprints: Mapping[str, Footprint],
    trace: Trace | None,
) -> list[StudyRow]:
    """Return the rows that graph, plan and history decide without running anything."""
    return [
        *_maintainability(graph, blueprint, history),
        *_modularity(blueprint),
        *_integration(blueprint),
        *_deployment(graph, blueprint, history, footprints),
        *_models(blueprint),
        *_etl(blueprint, trace),
        *_operations(blueprint),
    ]


def _counted(value: float, unit: str = "") -> Figure:
    return Figure(value=value, unit=unit, basis="counted")


def _maintainability(graph: CodeGraph, blueprint: Blueprint, history: History | None) -> list[StudyRow]:
    measure = "parts that one commit makes rebuild, mean share"
    if history is None or not history.change_sets:
        return [row("maintainability", measure, _counted(1.0), None, evidence="no git history")]
    touched = radius.touched_services(history, radius.services_by_file(blueprint, graph))
    share = queueing.change_blast_radius(touched, len(blueprint.services))
    relevant = sum(bool(names) for names in touched)
    evidence = f"{relevant} of the last {len(touched)} commits touch a service"
    return [row("maintainability", measure, _counted(1.0, "share"), _counted(share, "share"), evidence=evidence)]


def _modularity(blueprint: Blueprint) -> list[StudyRow]:
    sizes = [len(service.members) for service in blueprint.services]
    total = sum(sizes) + len(blueprint.shared)
    if not total or not sizes:
        return []
    share = (max(sizes) + len(blueprint.shared)) / total
    evidence = f"{total} units, of them {len(blueprint.shared)} shared; largest service {max(sizes)}"
    measure = "code that a change inside one part may break without crossing a contract, share of units"
    return [row("modularity", measure, _counted(1.0, "share"), _counted(share, "share"), evidence=evidence)]


def _integration(blueprint: Blueprint) -> list[StudyRow]:
    operations = [operation for service in blueprint.services for operation in service.operations]
    routes = sum(operation.kind == "route" for operation in operations)
    typed = sum(
        all(field.type != "object" for field in (*operation.parameters, operation.result)) for operation in operations
    )
    evidence = f"{typed} of {len(operations)} operations have a type for every value"
    measure = "operations that another program can call over the network"
    figures = _counted(routes), _counted(len(operations))
    return [row("integration", measure, *figures, higher_is_better=True, evidence=evidence)]


def _deployment(
    graph: CodeGraph, blueprint: Blueprint, history: History | None, footprints: Mapping[str, Footprint]
) -> list[StudyRow]:
    parts = {service.name: footprints[service.name] for service in blueprint.services if service.name in footprints}
    whole = footprints.get("monolith")
    if whole is None or not parts:
        return []
    rows = []
    sizes = {name: found.size_mb for name, found in parts.items()}
    thin, thick = min(sizes, key=lambda n: (sizes[n], n)), max(sizes, key=lambda n: (sizes[n], n))
    evidence = f"smallest `{thin}` {sizes[thin]:g} MB, largest `{thick}` {sizes[thick]:g} MB"
    mean = sum(sizes.values()) / len(sizes)
    measure = "dependencies of one deployable, mean MB"
    rows.append(row("deployment", measure, _counted(whole.size_mb, "MB"), _counted(mean, "MB"), evidence=evidence))
    starts = max(found.import_s for found in parts.values())
    cold = Figure(value=whole.import_s, unit="s"), Figure(value=starts, unit="s")
    evidence = "imports of third-party code, measured alone; services start side by side"
    rows.append(row("deployment", "cold start, s", *cold, evidence=evidence))
    memory = sum(found.memory_mb for found in parts.values())
    sums = Figure(value=whole.memory_mb, unit="MB"), Figure(value=memory, unit="MB")
    measure = "memory of one replica of everything, MB"
    rows.append(row("operational complexity", measure, *sums, evidence="after importing the dependencies"))
    if history is not None and history.change_sets:
        touched = radius.touched_services(history, radius.services_by_file(blueprint, graph))
        pushes = [sum(sizes.get(name, 0.0) for name in names) for names in touched if names]
        if pushes:
            figures = _counted(whole.size_mb, "MB"), _counted(sum(pushes) / len(pushes), "MB")
            measure = "rebuilt and pushed for one commit, mean MB of dependencies"
            rows.append(row("deployment", measure, *figures, evidence=f"{len(pushes)} commits replayed"))
    return rows


def _models(blueprint: Blueprint) -> list[StudyRow]:
    models = [h for h in blueprint.handoffs if h.asset.startswith("model:") or _is_model(h.asset)]
    crossing = [h for h in models if set(h.readers) - {h.owner} or set(h.writers) - {h.owner}]
    measure = "models that cross from training to use through a versioned hand-over"
    evidence = ", ".join(f"`{h.asset}`" for h in crossing) or "no model crosses a boundary"
    return [
        row("model versioning", measure, _counted(0), _counted(len(crossing)), higher_is_better=True, evidence=evidence)
    ]


def _is_model(asset: str) -> bool:
    return asset.rpartition(".")[2] in (
        "pkl",
        "pickle",
        "joblib",
        "pt",
        "pth",
        "h5",
        "keras",
        "onnx",
        "safetensors",
        "sav",
    )


def _etl(blueprint: Blueprint, trace: Trace | None) -> list[StudyRow]:
    if not blueprint.pipeline:
        return []
    seconds: Counter[str] = Counter()
    homes = service_by_unit(blueprint)
    for call in trace.calls if trace is not None else ():
        home = homes.get(call.callee) or homes.get(call.callee.rpartition(".")[0])
        if home:
            seconds[home] += call.self_seconds  # type: ignore[assignment]
    share = radius.redone_share(blueprint.pipeline, seconds, is_resumable=True)
    basis = "step times from the trace" if seconds else "equal step times assumed, no trace"
    evidence = f"{len(blueprint.pipeline)} steps; {basis}; the monolith starts again from the beginning"
    measure = "work done twice when the pipeline fails at a random moment, share"
    return [
        row(
            "ETL resilience",
            measure,
            Figure(value=0.5, unit="share"),
            Figure(value=share, unit="share"),
            evidence=evidence,
        )
    ]


def _operations(blueprint: Blueprint) -> list[StudyRow]:
    online = sum(service.kind != "job" for service in blueprint.services)
    links = len({(e.from_service, e.to_service) for e in blueprint.cut_edges if e.kind == "call"})
    evidence = f"{online} online, {len(blueprint.services) - online} jobs; {links} network links between them"
    measure = "parts to build, run, watch and upgrade"
    return [row("operational complexity", measure, _counted(1), _counted(len(blueprint.services)), evidence=evidence)]


def verdict_of(rows: Iterable[StudyRow]) -> tuple[str, tuple[str, ...]]:
    """Return `split`, `split partly` or `stay`, with the three numbers that decide it.

    An aspect goes to the side that wins more of its rows. `split` when the services win at least twice as many aspects
    as the monolith, `stay` when they win no more than it, `split partly` between.
    """
    found = list(rows)
    balance = {aspect: _balance(found, aspect) for aspect in ASPECTS}
    won = sum(value > 0 for value in balance.values())
    lost = sum(value < 0 for value in balance.values())
    verdict = "stay" if won <= lost else "split" if won >= 2 * lost else "split partly"
    decided = [one for one in found if one.winner in ("monolith", "services") and one.monolith and one.services]
    decided.sort(key=lambda one: (-_ratio(one), one.measure))
    texts = [f"{one.measure}: {one.monolith} in the monolith, {one.services} across services" for one in decided[:3]]
    return verdict, (f"services win {won} aspects, the monolith {lost}", *texts)


def _balance(rows: Iterable[StudyRow], aspect: str) -> int:
    return sum((one.winner == "services") - (one.winner == "monolith") for one in rows if one.aspect == aspect)


def _ratio(one: StudyRow) -> float:
    if one.monolith is None or one.services is None:
        return 0.0
    values = sorted((abs(one.monolith.value), abs(one.services.value)))
    return values[1] / values[0] if values[0] else values[1] + 1
