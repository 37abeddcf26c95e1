"""Strangler fig: one service at a time leaves the monolith, the safest first."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from decompose.errors import PlanError
from decompose.ir.blueprint import Blueprint, CutEdge, JobStep
from decompose.ir.extraction import Extraction, ExtractionStep
from decompose.ir.findings import Finding, Span
from decompose.ir.graph import CodeGraph

_UNREPEATABLE = {
    "writes_path": "it writes files",
    "stores_row": "it writes to a database",
    "transaction": "it writes to a database",
    "non_idempotent": "doing it twice is not doing it once",
    "uses_rng": "it draws random numbers",
    "seeds_rng": "it draws random numbers",
    "reads_clock": "it reads the clock",
    "sets_ambient": "it changes the process",
    "exits": "it ends the process",
}
"""Effects for which a call must not be made on both sides, or would not give the same twice, with the reason."""


def extraction_order(blueprint: Blueprint) -> tuple[ExtractionStep, ...]:
    """Return the services in the order in which to take them out, each with its reasons.

    First comes what calls nothing that is still inside, then what few calls reach cheaply and as they stand. A
    gateway is the monolith's own door: it is what is left when the others are out, and has no turn.
    """
    left = {service.name for service in blueprint.services if service.kind != "gateway"}
    steps = []
    while left:
        ranks = {name: _rank(blueprint.cut_edges, name, left) for name in left}
        name = min(left, key=lambda n: (ranks[n], n))
        left.remove(name)
        steps.append(_step(blueprint.cut_edges, name, left))
    return tuple(steps)


def extract(blueprint: Blueprint, graph: CodeGraph, names: Sequence[str]) -> tuple[Blueprint, Extraction]:
    """Return the blueprint with the named services alone, and what their extraction in place needs.

    Args:
        blueprint: The whole system.
        graph: The graph that it was made for.
        names: Services to take out, all but gateways when empty; everything else stays in the monolith.

    Raises:
        PlanError: If the plan has no such service, or one is the monolith's own door.
    """
    by_name = {service.name: service for service in blueprint.services}
    for name in names:
        if name not in by_name:
            close = difflib.get_close_matches(name, by_name, n=1)
            hint = f"did you mean `{close[0]}`?" if close else f"there are {', '.join(sorted(by_name))}"
            raise PlanError(f"the plan has no service `{name}`", hint=hint)
        if by_name[name].kind == "gateway":
            hint = "extract the others; what is left is the gateway"
            raise PlanError(f"`{name}` is the web application, which nothing of the monolith calls", hint=hint)
    chosen = set(names) or {name for name, service in by_name.items() if service.kind != "gateway"}
    part = {field: getattr(blueprint, field) for field in blueprint.__struct_fields__}
    part["services"] = tuple(service for service in blueprint.services if service.name in chosen)
    part["cut_edges"] = tuple(e for e in blueprint.cut_edges if {e.from_service, e.to_service} & chosen)
    part["handoffs"] = tuple(h for h in blueprint.handoffs if {h.owner, *h.writers, *h.readers} & chosen)
    part["artifacts"] = ()  # the monolith stays in the same working directory, and knows no store
    part["pipeline"] = _steps(blueprint, chosen)
    part["findings"] = (*blueprint.findings, *_copied(blueprint.cut_edges, chosen))
    return Blueprint(**part), Extraction(services=tuple(sorted(chosen)), unrepeatable=unrepeatable(graph))


def unrepeatable(graph: CodeGraph) -> dict[str, str]:
    """Return why each function, with all that it calls, must not be run twice; nothing for those that may."""
    reasons: dict[str, str] = {}
    for unit in graph.units:
        for effect in unit.effects:
            if effect.kind in _UNREPEATABLE:
                reasons.setdefault(unit.symbol, _UNREPEATABLE[effect.kind])
    for edge in graph.edges:
        if edge.kind == "write":
            reasons.setdefault(edge.source, _UNREPEATABLE["writes_path"])
    callers: dict[str, list[str]] = defaultdict(list)
    for edge in graph.edges:
        if edge.kind == "call":
            callers[edge.target].append(edge.source)
    pending = sorted(reasons)
    while pending:
        callee = pending.pop()
        for caller in callers.get(callee, ()):
            if caller not in reasons:
                reasons[caller] = reasons[callee]
                pending.append(caller)
    return dict(sorted(reasons.items()))


def _rank(edges: Iterable[CutEdge], name: str, left: set[str]) -> tuple[bool, int, int, float]:
    inward, outward = _inward(edges, name), _outward(edges, name, left)
    hard = sum(edge.verdict in ("forbidden", "needs-change") for edge in inward)
    return any(e.verdict == "forbidden" for e in inward), len(outward), hard, sum(e.cost_ms for e in inward)


def _step(edges: Iterable[CutEdge], name: str, left: set[str]) -> ExtractionStep:
    inward, outward = _inward(edges, name), _outward(edges, name, left)
    hard = [edge for edge in inward if edge.verdict in ("forbidden", "needs-change")]
    calls = sum(edge.calls_per_run for edge in inward if edge.kind == "call")
    because = [
        f"calls code of {', '.join(f'`{n}`' for n in outward)}, of which it carries a copy until they are out"
        if outward
        else "calls nothing that is still inside",
        f"{len(hard)} of the {len(inward)} dependencies on it need a change first: {hard[0].why}"
        if hard
        else f"all {len(inward)} dependencies on it can be carried over as they stand",
        f"about {calls:.0f} calls a run would cross and spend {sum(e.cost_ms for e in inward):.1f} ms there",
    ]
    return ExtractionStep(service=name, because=tuple(because), needs=outward)


def _steps(blueprint: Blueprint, chosen: set[str]) -> tuple[JobStep, ...]:
    """Return the steps of the chosen jobs, which wait for each other alone."""
    steps = [step for step in blueprint.pipeline if step.service in chosen]
    entries = {step.entry for step in steps}
    return tuple(
        msgspec.structs.replace(step, after=tuple(entry for entry in step.after if entry in entries)) for step in steps
    )


def _inward(edges: Iterable[CutEdge], name: str) -> list[CutEdge]:
    return [edge for edge in edges if edge.to_service == name and edge.from_service != name]


def _outward(edges: Iterable[CutEdge], name: str, left: set[str]) -> tuple[str, ...]:
    return tuple(sorted({e.to_service for e in edges if e.from_service == name and e.to_service in left} - {name}))


def _copied(edges: Iterable[CutEdge], chosen: set[str]) -> Iterable[Finding]:
    """Yield a finding (DC411) for each service whose code an extracted one calls and that stays inside."""
    found: dict[tuple[str, str], CutEdge] = {}
    for edge in edges:
        if edge.from_service in chosen and edge.to_service not in chosen:
            found.setdefault((edge.from_service, edge.to_service), edge)
    for (source, target), edge in sorted(found.items()):
        place = edge.sites[0] if edge.sites else None
        yield Finding(
            code="DC411",
            level="warning",
            span=Span(path=place.path, line=place.line) if place else Span(path="decompose.yaml"),
            message=f"`{source}` calls `{edge.target}`, which stays in the monolith: it carries a copy of that code",
            hint=f"extract `{target}` first, or both together",
            symbol=edge.target,
        )
