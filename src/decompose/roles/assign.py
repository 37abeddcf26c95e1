"""Gives every unit its ML roles and resources, each with the lines that speak for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import msgspec

from decompose.ir.graph import CodeGraph, Edge, Module, Role, RoleTag, Unit
from decompose.ir.symbols import MODULE_BODY, join, module_of
from decompose.knowledge import Knowledge, load
from decompose.roles.demand import demands, places_work
from decompose.roles.evidence import Evidence, Reason, gather, judges_models, name_scores, place
from decompose.roles.inference import carry, in_bulk, model_servers, serving, settle, warm
from decompose.roles.surroundings import Scores, share, with_surroundings

MAX_TAGS = 3
MIN_SHARE = 0.12
"""A role with less than this share of the evidence is not named."""
MAX_EVIDENCE = 5
_FALLBACK: Role = "config_util"
"""Role of a unit about which nothing at all is known: plain code, used by others."""


def assign(graph: CodeGraph, knowledge: Knowledge | None = None) -> CodeGraph:
    """Return the graph with `roles` and `resources` of every unit filled in.

    Args:
        graph: The linked code graph.
        knowledge: What libraries' APIs do; the built-in files by default.
    """
    known = knowledge or load()
    leaving = _by_source(graph.edges, {u.symbol for u in graph.units if u.kind == "cell"})
    modules = {module.name: module for module in graph.modules}
    assets = {asset.symbol: asset for asset in graph.assets}
    evidence = {
        unit.symbol: gather(unit, leaving.get(unit.symbol, ()), modules[unit.module], assets, known)
        for unit in graph.units
    }
    carry(graph, evidence)
    own = {symbol: found.scores for symbol, found in evidence.items()}
    labour = {symbol: found.labour for symbol, found in evidence.items()}
    warm(graph, evidence)
    scores = with_surroundings(graph.units, modules, own, labour, graph.edges, _judging(graph, evidence))
    bulk = in_bulk(graph)
    online = serving(graph)
    servers = model_servers(graph, evidence)
    on_device = places_work(graph.edges)
    units = []
    for unit in graph.units:
        settled = settle(
            scores[unit.symbol], unit, modules[unit.module],
            is_served=unit.symbol in online, only_serves=unit.module in servers, is_bulk=unit.symbol in bulk,
        )  # fmt: skip
        roles = _tags(unit, settled, evidence[unit.symbol], modules[unit.module])
        resources = demands(unit, leaving.get(unit.symbol, ()), roles, known, on_device=on_device)
        units.append(msgspec.structs.replace(unit, roles=roles, resources=resources))
    return msgspec.structs.replace(graph, units=tuple(units))


def _judging(graph: CodeGraph, evidence: Mapping[str, Evidence]) -> set[str]:
    """Return the modules whose code measures models and checks no data."""
    by_module: dict[str, list[Reason]] = {}
    for unit in graph.units:
        by_module.setdefault(unit.module, []).extend(evidence[unit.symbol].reasons)
    return {module for module, reasons in by_module.items() if judges_models(reasons)}


def _by_source(edges: tuple[Edge, ...], cells: set[str]) -> dict[str, list[Edge]]:
    """Return the edges that leave each unit; what a notebook's cells do, the notebook does."""
    leaving: dict[str, list[Edge]] = {}
    for edge in edges:
        leaving.setdefault(edge.source, []).append(edge)
        if edge.source in cells:
            leaving.setdefault(join(module_of(edge.source), MODULE_BODY), []).append(edge)
    return leaving


def _tags(unit: Unit, scores: Mapping[str, float], evidence: Evidence, module: Module) -> tuple[RoleTag, ...]:
    shares: Scores = share(scores) or {_FALLBACK: 0.2}
    ranked = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    kept = [ranked[0], *(item for item in ranked[1:MAX_TAGS] if item[1] >= MIN_SHARE)]
    return tuple(
        RoleTag(role=cast("Role", role), confidence=round(value, 3), evidence=_lines(role, unit, evidence, module))
        for role, value in kept
    )


def _lines(role: str, unit: Unit, evidence: Evidence, module: Module) -> tuple[str, ...]:
    fits = [r for r in evidence.reasons if r.role == role or (r.role == "inference" and role.endswith("inference"))]
    strongest: list[Reason] = sorted(fits, key=lambda r: (-r.weight, r.text))
    lines = list(dict.fromkeys(reason.text for reason in strongest))[:MAX_EVIDENCE]
    if role in name_scores(module.path.rpartition(".")[0]):
        lines.append(f"{place(unit.span)} stands in `{module.path}`")
    return tuple(lines) or (f"{place(unit.span)} what surrounds and calls it does",)
