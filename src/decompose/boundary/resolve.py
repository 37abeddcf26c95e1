"""Resolves a plan against a graph: services with their operations, needs and hand-offs, and every edge that is cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from decompose.boundary import artifacts, closure, owners, pipeline
from decompose.boundary.contracts import Terms, doubts, operations_of
from decompose.boundary.crossing import Land
from decompose.boundary.remoting import Judge, copied_back, cut_edges_of
from decompose.boundary.sharing import Sharing, is_value_class, places_of, share_definitions
from decompose.boundary.system import NOT_A_SERVICE, System, view
from decompose.ir.blueprint import Blueprint, CutEdge, Operation, ServiceBlueprint
from decompose.ir.evidence import HopCost, Trace
from decompose.ir.findings import Finding, Span
from decompose.ir.graph import CodeGraph
from decompose.ir.membership import membership
from decompose.ir.partition import DEAD, OFFLINE, SHARED
from decompose.ir.plan import Plan, ServicePlan
from decompose.ir.symbols import qualname_of


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands once definitions that both sides need are shared."""

    system: System
    sharing: Sharing
    places: Mapping[str, frozenset[str]]
    """Services that hold each module-level unit."""


def resolve(plan: Plan, graph: CodeGraph, *, trace: Trace | None = None, hop: HopCost | None = None) -> Blueprint:
    """Return the blueprint of a plan: everything that the generator needs besides the source text.

    Args:
        plan: What becomes a service.
        graph: The graph that the plan speaks of.
        trace: What a traced run showed; raises the confidence of types, calls and sizes.
        hop: What a call over the wire costs; the documented defaults when absent.

    Raises:
        PlanError: If the plan names a symbol that the graph does not have.
    """
    return resolve_members(membership(plan, graph), plan, graph, trace=trace, hop=hop)


def resolve_members(
    home: Mapping[str, str], plan: Plan, graph: CodeGraph, *, trace: Trace | None = None, hop: HopCost | None = None
) -> Blueprint:
    """Return the blueprint for units whose service, `shared`, `offline` or `dead` is already known by symbol."""
    system = view(graph)
    sharing = share_definitions(system, home)
    layout = Layout(system=system, sharing=sharing, places=places_of(system, sharing.home))
    judge = Judge(land=Land(system, sharing.home), places=layout.places, trace=trace, hop=hop or HopCost())
    cut_edges = cut_edges_of(judge)
    operations, exposure_findings = _operations(layout, plan, judge, trace)
    touched = owners.touches(system, layout.places)
    owner_by_symbol, owner_findings = owners.owners_of(plan, touched, sharing.home, system)
    handoffs = owners.handoffs_of(touched, owner_by_symbol)
    services, need_findings = _services(layout, plan, operations, owner_by_symbol, cut_edges)
    sets, unplaced = artifacts.artifact_sets(touched, handoffs, system)
    findings = {
        *unplaced,
        *sharing.findings, *exposure_findings, *owner_findings, *need_findings, *_refusals(cut_edges, system),
        *doubts((operation for found in operations.values() for operation in found), system),
    }  # fmt: skip
    return Blueprint(
        system=plan.system,
        services=services,
        startup=plan.startup,
        shared=_homed(sharing.home, SHARED),
        offline=_homed(sharing.home, OFFLINE),
        dead=_homed(sharing.home, DEAD),
        cut_edges=cut_edges,
        handoffs=handoffs,
        artifacts=sets,
        pipeline=pipeline.steps_of(system, services),
        findings=tuple(sorted(findings)),
    )


@dataclass(slots=True)
class _Namer:
    """Gives each operation of one service its own identifier."""

    taken: set[str] = field(default_factory=set)

    def __call__(self, wanted: str) -> str:
        base = (
            "".join(letter if letter.isalnum() or letter == "_" else "_" for letter in wanted).strip("_") or "operation"
        )
        name, number = base, 2
        while name in self.taken:
            name, number = f"{base}_{number}", number + 1
        self.taken.add(name)
        return name


def _operations(
    layout: Layout, plan: Plan, judge: Judge, trace: Trace | None
) -> tuple[Mapping[str, tuple[Operation, ...]], tuple[Finding, ...]]:
    """Return the operations of each service by its name, and a finding for what the plan exposes in vain."""
    system, home = layout.system, layout.sharing.home
    callers, findings = _callers(layout), []
    for service in plan.services:
        for symbol in service.exposes:
            owner = system.owner(symbol)
            if home.get(owner) == service.name:
                callers.setdefault(owner, set())
            else:
                findings.append(_exposed_elsewhere(service, symbol))
    by_value = frozenset(
        top for top, unit in system.index.units.items()
        if unit.kind == "class" and (home.get(top) == SHARED or is_value_class(system, unit))
    )  # fmt: skip
    terms = Terms(system=system, by_value=by_value, sampled=_sampled(trace), copied_back=copied_back(judge))
    found: dict[str, list[Operation]] = {service.name: [] for service in plan.services}
    namers: dict[str, Callable[[str], str]] = {service.name: _Namer() for service in plan.services}
    for symbol in sorted(callers):
        name = home[symbol]
        found[name] += operations_of(terms, symbol, name, callers[symbol], namers[name])
    return {name: tuple(operations) for name, operations in found.items()}, tuple(findings)


def _callers(layout: Layout) -> dict[str, set[str]]:
    """Return who calls each unit from outside its service: services, and `offline` for tests and scripts."""
    system, home = layout.system, layout.sharing.home
    callers: dict[str, set[str]] = {}
    for edge in system.graph.edges:
        target = system.owner(edge.target)
        there = home.get(target, "")
        if edge.kind not in ("call", "value", "import", "type") or there in NOT_A_SERVICE:
            continue
        unit, source = system.units[target], system.owner(edge.source)
        if unit.kind not in ("function", "class") or (
            edge.kind != "call" and unit.kind == "function" and not _is_named(edge.reason)
        ):
            continue
        outside = layout.places.get(source, frozenset()) - {there}
        if home.get(source) == OFFLINE:
            outside = frozenset({OFFLINE})
        if outside:
            callers.setdefault(target, set()).update(outside)
    return callers


def _is_named(reason: str) -> bool:
    """Return whether an edge other than a call hands the callee itself over (a callback, a registry entry)."""
    return reason in ("import", "higher_order", "registry", "partial", "decorator")


def _services(
    layout: Layout,
    plan: Plan,
    operations: Mapping[str, tuple[Operation, ...]],
    owner_by_symbol: Mapping[str, str],
    cut_edges: Iterable[CutEdge],
) -> tuple[tuple[ServiceBlueprint, ...], tuple[Finding, ...]]:
    """Return the services in the plan's order, and findings on what they import without a stated version."""
    found, findings = [], []
    uses = {(edge.from_service, edge.to_service) for edge in cut_edges}
    for service in plan.services:
        members = _homed(layout.sharing.home, service.name)
        held = [top for top, places in layout.places.items() if service.name in places]
        needs = closure.closure_of(layout.system, held)
        if needs.unpinned:
            findings.append(closure.unpinned_finding(service.name, needs.unpinned))
        found.append(
            ServiceBlueprint(
                name=service.name,
                kind=service.kind,
                because=service.because,
                members=members,
                operations=operations[service.name],
                depends_on=tuple(sorted({there for here, there in uses if here == service.name})),
                requirements=needs.requirements,
                environment=needs.environment,
                owns=tuple(sorted(symbol for symbol, owner in owner_by_symbol.items() if owner == service.name)),
                cpu=service.resources.cpu,
                memory_mb=service.resources.memory_mb,
                gpu=service.resources.gpu,
            )
        )
    return tuple(found), tuple(findings)


def _homed(home: Mapping[str, str], place: str) -> tuple[str, ...]:
    """Return the units of one home, sorted."""
    return tuple(sorted(symbol for symbol, where in home.items() if where == place))


def _sampled(trace: Trace | None) -> Mapping[str, Mapping[str, str]]:
    """Return the types that a traced run saw, by callee and parameter (`return` for the result)."""
    found: dict[str, dict[str, str]] = {}
    for call in trace.calls if trace is not None else ():
        types = dict(call.argument_types)
        if call.result_type:
            types["return"] = call.result_type
        found.setdefault(call.callee, {}).update(types)
    return found


def _refusals(cut_edges: Iterable[CutEdge], system: System) -> tuple[Finding, ...]:
    """Return a finding (DC403) for each cut edge that cannot be carried over without a change."""
    found = []
    for edge in cut_edges:
        if edge.verdict not in ("forbidden", "needs-change"):
            continue
        place = edge.sites[0] if edge.sites else None
        span = Span(path=place.path, line=place.line) if place else system.units[edge.source].span
        found.append(
            Finding(
                code="DC403",
                level="error" if edge.verdict == "forbidden" else "warning",
                span=span,
                message=f"`{edge.source}` cannot reach `{edge.target}` in `{edge.to_service}` as it stands: {edge.why}",
                hint="put both into one service, or change the code as the reason says",
                symbol=edge.target,
            )
        )
    return tuple(found)


def _exposed_elsewhere(service: ServicePlan, symbol: str) -> Finding:
    """Return the finding (DC406) that a service exposes what is not its own."""
    return Finding(
        code="DC406",
        level="warning",
        span=Span(path="decompose.yaml"),
        message=f"service `{service.name}` exposes `{symbol}`, which is not "
        f"one of its members (`{qualname_of(symbol)}` lives elsewhere)",
        hint="move it into the service, or drop it from `exposes`",
        symbol=symbol,
    )
