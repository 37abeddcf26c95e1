"""Rows of the study's table that graph, plan, history and requirements decide without running anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import msgspec

from decompose.ir.blueprint import Blueprint
from decompose.ir.evidence import History, Trace
from decompose.ir.graph import CodeGraph
from decompose.ir.reports import Figure, StudyRow
from decompose.parity import queueing, radius
from decompose.parity.demand import service_by_unit
from decompose.parity.footprint import Footprint
from decompose.parity.study import row

BASE_IMAGE_MB = 125.0
"""Interpreter and operating system of a slim Python image, in MB; a rough figure."""
BANDWIDTH_MB_S = 50.0
"""To the registry and back, in MB/s; assumed."""


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
        *_integration(graph, blueprint),
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
    return [
        _by_construction(
            row("modularity", measure, _counted(1.0, "share"), _counted(share, "share"), evidence=evidence)
        )
    ]


def _integration(graph: CodeGraph, blueprint: Blueprint) -> list[StudyRow]:
    routes = sum(unit.entry is not None and unit.entry.kind in ("route", "page") for unit in graph.units)
    operations = [operation for service in blueprint.services for operation in service.operations]
    offered = routes + sum(operation.kind != "route" for operation in operations)
    typed = sum(
        all(field.type != "object" for field in (*operation.parameters, operation.result)) for operation in operations
    )
    evidence = f"{routes} routes on both sides; {typed} of {len(operations)} operations have a type for every value"
    measure = "calls that another program can make over the network"
    figures = _counted(routes), _counted(offered)
    return [_by_construction(row("integration", measure, *figures, higher_is_better=True, evidence=evidence))]


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
    images = [BASE_IMAGE_MB + size for size in sizes.values()]
    figures = _counted(BASE_IMAGE_MB + whole.size_mb, "MB"), _counted(sum(images) / len(images), "MB")
    evidence = f"dependencies plus {BASE_IMAGE_MB:g} MB of a slim base, assumed; {sum(images):.0f} MB for all services"
    rows.append(row("deployment", "image of one deployable, mean MB", *figures, evidence=evidence))
    starts = max(found.import_s for found in parts.values())
    cold = Figure(value=whole.import_s, unit="s"), Figure(value=starts, unit="s")
    evidence = "imports of third-party code, measured alone; services start side by side"
    rows.append(row("deployment", "cold start, s", *cold, evidence=evidence))
    memory = sum(found.memory_mb for found in parts.values())
    sums = Figure(value=whole.memory_mb, unit="MB"), Figure(value=memory, unit="MB")
    measure = "memory of one replica of everything, MB"
    rows.append(row("operational complexity", measure, *sums, evidence="after importing the dependencies"))
    return rows + _commits(graph, blueprint, history, parts, whole)


def _commits(
    graph: CodeGraph, blueprint: Blueprint, history: History | None, parts: Mapping[str, Footprint], whole: Footprint
) -> list[StudyRow]:
    """Return what the last commits would have rebuilt, pushed and started again."""
    if history is None or not history.change_sets:
        return []
    touched = radius.touched_services(history, radius.services_by_file(blueprint, graph))
    changes = [names & parts.keys() for names in touched if names & parts.keys()]
    if not changes:
        return []
    pushed = sum(sum(parts[name].size_mb for name in names) for names in changes) / len(changes)
    rolled = sum(max(deploy_s(parts[name]) for name in names) for names in changes) / len(changes)
    counts = sum(map(len, changes)) / len(changes)
    evidence = f"{len(changes)} commits replayed, {counts:.2g} of {len(parts)} services redeployed by each"
    sizes = _counted(whole.size_mb, "MB"), _counted(pushed, "MB")
    times = Figure(value=deploy_s(whole), unit="s"), Figure(value=rolled, unit="s")
    return [
        row("deployment", "rebuilt and pushed for one commit, mean MB of dependencies", *sizes, evidence=evidence),
        row(
            "deployment",
            "time to deploy one commit, s",
            *times,
            evidence=f"image at {BANDWIDTH_MB_S:g} MB/s, then the start; services side by side; nothing cached",
        ),
    ]


def deploy_s(part: Footprint) -> float:
    """Return the time to push, pull and start one part, in seconds.

    Source:
        `size / bandwidth + import time`; building and loading a model come on top, on both sides alike.
    """
    return (BASE_IMAGE_MB + part.size_mb) / BANDWIDTH_MB_S + part.import_s


def _models(blueprint: Blueprint) -> list[StudyRow]:
    models = [h for h in blueprint.handoffs if h.asset.startswith("model:") or _is_model(h.asset)]
    crossing = [h for h in models if set(h.readers) - {h.owner} or set(h.writers) - {h.owner}]
    measure = "models that cross from training to use through a versioned hand-over"
    evidence = ", ".join(f"`{h.asset}`" for h in crossing) or "no model crosses a boundary"
    figures = _counted(0), _counted(len(crossing))
    return [_by_construction(row("model versioning", measure, *figures, higher_is_better=True, evidence=evidence))]


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
    figures = _counted(1), _counted(len(blueprint.services))
    return [_by_construction(row("operational complexity", measure, *figures, evidence=evidence))]


def _by_construction(found: StudyRow) -> StudyRow:
    """Return the row marked as one that says nothing about this system in particular."""
    return msgspec.structs.replace(found, is_by_construction=True)
