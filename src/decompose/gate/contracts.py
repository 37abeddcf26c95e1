"""What a plan promises, checked against the graph: each contract says which edges between services break it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from decompose.ir.circles import shortest_circles
from decompose.ir.findings import Level
from decompose.ir.graph import CodeGraph, Edge, Site, Unit
from decompose.ir.membership import Claim, claims, keeps_apart, match, membership
from decompose.ir.plan import Plan
from decompose.ir.symbols import MODULE_BODY, is_code, is_state, qualname_of
from decompose.ir.units import UnitIndex, index_units, is_bare, size_of
from decompose.ir.violations import Contract, Violation

CONTRACTS: tuple[Contract, ...] = get_args(Contract)
CODES = {name: f"DC{600 + number}" for number, name in enumerate(CONTRACTS, 1)}
MOST_SITES = 20
"""Places kept for one violation."""
CODE_EDGES = ("call", "inherit", "type", "value")


@dataclass(frozen=True, slots=True)
class Crossing:
    """All edges of one kind from a unit of one service to a unit of another."""

    source: str
    target: str
    kind: str
    from_service: str
    to_service: str
    sites: tuple[Site, ...]
    is_certain: bool

    @property
    def fingerprint(self) -> str:
        """Stays the same when lines move; changes with the units, the kind of edge or the services."""
        return fingerprint("crossing", self.source, self.target, self.kind, self.from_service, self.to_service)


@dataclass(frozen=True, slots=True)
class System:
    """A graph seen through its plan."""

    plan: Plan
    graph: CodeGraph
    index: UnitIndex
    service_by_unit: Mapping[str, str]
    crossings: tuple[Crossing, ...]


def look(plan: Plan, graph: CodeGraph) -> System:
    """Return the graph as the plan divides it, with every edge that crosses two services."""
    index = index_units(graph)
    where = membership(plan, graph)
    return System(plan, graph, index, where, tuple(_crossings(plan, graph, index, where)))


def independent(system: System) -> Iterator[Violation]:
    """No class builds on a class of another service, and no module runs another service's code when it is imported."""
    for crossing in system.crossings:
        if crossing.kind == "inherit":
            message = f"`{crossing.source}` inherits from `{crossing.target}` of `{crossing.to_service}`"
            hint = "put the base class into `shared`, or both classes into one service"
        elif crossing.kind == "call" and crossing.is_certain and _runs_on_import(system.index.units[crossing.source]):
            message = (
                f"importing `{crossing.source.partition(':')[0]}` runs `{crossing.target}` of `{crossing.to_service}`"
            )
            hint = "call it from a function, so that the service can start alone"
        else:
            continue
        yield _crossing_violation("independent", "error", crossing, message, hint)


def only_exposed(system: System) -> Iterator[Violation]:
    """A service that lists what it exposes is used in no other way."""
    exposed = {service.name: service.exposes for service in system.plan.services if service.exposes}
    for crossing in system.crossings:
        names = exposed.get(crossing.to_service)
        if names is None or crossing.kind == "type" or any(_covers(name, crossing.target) for name in names):
            continue
        message = f"`{crossing.source}` uses `{crossing.target}`, which `{crossing.to_service}` does not expose"
        hint = f"use {', '.join(f'`{name}`' for name in names[:3])}, or add it to `exposes`"
        yield _crossing_violation("only_exposed", "error", crossing, message, hint)


def no_shared_state(system: System) -> Iterator[Violation]:
    """No state is changed in one service and seen in another: each would have a copy of its own."""
    for state, users in _users(system, ("state_read", "state_write")).items():
        for writer, reader, sites in _across(system, users, "state_write", ("state_read", "state_write")):
            if not is_state(state):
                continue
            there = system.service_by_unit[reader]
            message = f"`{state}` is changed by `{writer}` and used by `{reader}` of `{there}`"
            hint = "move both into one service, or hand the value over as a parameter"
            yield _pair_violation(system, "no_shared_state", state, writer, reader, message, hint, sites)


def one_writer(system: System) -> Iterator[Violation]:
    """What a service owns is written by no other."""
    owners = {asset: service.name for service in system.plan.services for asset in service.owns}
    for asset, users in _users(system, ("write", "state_write")).items():
        for unit, edges in sorted(users.items()):
            home = system.service_by_unit[unit]
            if asset in owners and home not in (owners[asset], "offline", "dead", "shared"):
                message = f"`{unit}` of `{home}` writes `{asset}`, which `{owners[asset]}` owns"
                hint = f"let `{owners[asset]}` write it, or change `owns`"
                sites = _sites(edges)
                yield _violation("one_writer", "error", unit, asset, message, hint, sites, (home, owners[asset]))


def acyclic(system: System) -> Iterator[Violation]:
    """No services call each other in a circle, but for those that the plan accepts: none could be understood alone."""
    calls: dict[str, dict[str, Crossing]] = defaultdict(dict)
    for crossing in system.crossings:
        if crossing.kind == "call":
            calls[crossing.from_service].setdefault(crossing.to_service, crossing)
    accepted = {frozenset(circle.services) for circle in system.plan.circles}
    for circle in shortest_circles(calls):
        if frozenset(circle) in accepted:
            continue
        steps = [calls[a][b] for a, b in zip(circle, [*circle[1:], circle[0]], strict=True)]
        message = f"services call each other in a circle: {' -> '.join(f'`{name}`' for name in [*circle, circle[0]])}"
        hint = f"let `{steps[-1].source}` get what it needs as a parameter, or accept the circle under `circles`"
        sites = tuple(site for step in steps for site in step.sites[:1])
        yield _violation("acyclic", "error", circle[0], circle[-1], message, hint, sites, (circle[0], circle[-1]))


def placed(system: System) -> Iterator[Violation]:
    """Every unit is named by the plan, so that new code is placed by a decision and not by accident."""
    named = match(claims(system.plan), system.index.units)
    for symbol, unit in system.index.units.items():
        module = system.index.modules.get(unit.module)
        is_deployed = module is None or module.kind in ("module", "package", "script")
        if symbol not in named and is_deployed and unit.kind != "module":
            message = f"`{symbol}` is named by no entry of the plan; it counts to `{system.service_by_unit[symbol]}`"
            site = Site(unit.span.path, unit.span.line)
            hint = "add it to a service of the plan, or propose again"
            yield _violation("placed", "warning", symbol, "", message, hint, (site,), ("", ""))


def apart(system: System) -> Iterator[Violation]:
    """No service holds units of two sides of a rule of `apart`."""
    services = {service.name for service in system.plan.services}
    for patterns, sides in zip(system.plan.apart, keeps_apart(system.plan, system.index.units), strict=True):
        first: dict[str, tuple[int, str]] = {}
        told: set[tuple[str, int]] = set()
        for side, symbols in enumerate(sides):
            for symbol in symbols:
                home = system.service_by_unit[symbol]
                held, other = first.setdefault(home, (side, symbol))
                if home not in services or held == side or (home, side) in told:
                    continue
                told.add((home, side))
                rule = f"`{patterns[held]}` and `{patterns[side]}`"
                message = f"`{other}` and `{symbol}` both stand in `{home}`, though the plan keeps {rule} apart"
                sites = tuple(
                    Site(span.path, span.line) for span in (system.index.units[s].span for s in (other, symbol))
                )
                hint = "move one of them, or change the rule under `apart`"
                yield _violation("apart", "error", other, symbol, message, hint, sites, (home, home))


def limits(system: System) -> Iterator[Violation]:
    """No service is larger than `limits.max_size`; copies of shared code do not count."""
    limit, index = system.plan.limits.max_size, system.index
    held: dict[str, list[str]] = defaultdict(list)
    for symbol, home in system.service_by_unit.items():
        if not is_bare(index, symbol):
            held[home].append(symbol)
    for service in system.plan.services if limit else ():
        size = sum(size_of(index, symbol) for symbol in held[service.name])
        if size > limit:
            message = f"`{service.name}` holds {size} functions and methods, more than the {limit} of `limits.max_size`"
            hint = "propose again, move something out, or raise `limits.max_size`"
            span = max(
                (index.units[s] for s in held[service.name]), key=lambda u: (size_of(index, u.symbol), u.symbol)
            ).span
            sites = (Site(span.path, span.line),)
            yield _violation("limits", "error", service.name, "", message, hint, sites, (service.name, ""))


def no_new_edges(system: System, known: frozenset[str]) -> Iterator[Violation]:
    """No dependency crosses services that did not when the baseline was taken."""
    for crossing in system.crossings:
        if crossing.fingerprint not in known and crossing.is_certain:
            needs = f"`{crossing.source}` needs `{crossing.target}` of `{crossing.to_service}`"
            message = f"new {crossing.kind} across services: {needs}"
            hint = "keep it inside a service, or accept it with `--update-baseline`"
            yield _crossing_violation("no_new_edges", "error", crossing, message, hint)


CHECKS: Mapping[Contract, Callable[[System], Iterator[Violation]]] = {
    "independent": independent,
    "only_exposed": only_exposed,
    "no_shared_state": no_shared_state,
    "one_writer": one_writer,
    "acyclic": acyclic,
    "placed": placed,
    "apart": apart,
    "limits": limits,
}
"""Contracts that need no baseline."""


def fingerprint(*parts: str) -> str:
    """Return a stable name for what the parts say, 24 hexadecimal digits."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()


def _crossings(plan: Plan, graph: CodeGraph, index: UnitIndex, where: Mapping[str, str]) -> Iterator[Crossing]:
    services = {service.name for service in plan.services}
    found: dict[tuple[str, str, str], list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        if edge.kind in CODE_EDGES and is_code(edge.source) and is_code(edge.target):
            source, target = index.owner(edge.source), index.owner(edge.target)
            ends = (where.get(source, ""), where.get(target, ""))
            if ends[0] != ends[1] and services.issuperset(ends):
                found[source, target, edge.kind].append(edge)
    for (source, target, kind), edges in sorted(found.items()):
        certain = any(edge.confidence == "certain" for edge in edges)
        yield Crossing(source, target, kind, where[source], where[target], _sites(edges), certain)


def _runs_on_import(unit: Unit) -> bool:
    """Return whether a unit's calls are made on import; a body with a `__main__` block makes them when it is run."""
    return qualname_of(unit.symbol) == MODULE_BODY and "main_block" not in unit.flags


def _covers(name: str, symbol: str) -> bool:
    """Return whether an exposed name is a unit, one of its methods, or a glob over it."""
    return name == symbol or name.startswith(f"{symbol}.") or bool(match([_claim(name)], [symbol]))


def _claim(pattern: str) -> Claim:
    return Claim(pattern, "exposed")


def _users(system: System, kinds: tuple[str, ...]) -> dict[str, dict[str, list[Edge]]]:
    """Return who touches each asset or state, with the edges."""
    result: dict[str, dict[str, list[Edge]]] = defaultdict(lambda: defaultdict(list))
    for edge in system.graph.edges:
        if edge.kind in kinds and (unit := system.index.owner(edge.source)):
            result[edge.target][unit].append(edge)
    return dict(sorted(result.items()))


def _across(
    system: System, users: Mapping[str, list[Edge]], first: str, second: tuple[str, ...]
) -> Iterator[tuple[str, str, tuple[Site, ...]]]:
    """Yield a changing unit and a using unit of two different services, with the places; each pair once."""
    services = {service.name for service in system.plan.services}
    seen: set[frozenset[str]] = set()
    for a, changes in sorted(users.items()):
        if not any(edge.kind == first for edge in changes):
            continue
        for b, uses in sorted(users.items()):
            ends = {system.service_by_unit[a], system.service_by_unit[b]}
            is_across = len(ends) == 2 and services >= ends and frozenset((a, b)) not in seen
            if is_across and any(edge.kind in second for edge in uses):
                seen.add(frozenset((a, b)))
                yield a, b, _sites([*changes, *uses])


def _sites(edges: Iterable[Edge]) -> tuple[Site, ...]:
    return tuple(sorted({site for edge in edges for site in edge.sites})[:MOST_SITES])


def _crossing_violation(contract: Contract, level: Level, crossing: Crossing, message: str, hint: str) -> Violation:
    ends = (crossing.from_service, crossing.to_service)
    return _violation(
        contract, level, crossing.source, crossing.target, message, hint, crossing.sites, ends, kind=crossing.kind
    )  # fmt: skip


def _pair_violation(
    system: System,
    contract: Contract,
    thing: str,
    writer: str,
    reader: str,
    message: str,
    hint: str,
    sites: tuple[Site, ...],
) -> Violation:
    ends = (system.service_by_unit[writer], system.service_by_unit[reader])
    return _violation(contract, "error", writer, reader, message, hint, sites, ends, kind=thing)


def _violation(
    contract: Contract, level: Level, source: str, target: str, message: str, hint: str,
    sites: tuple[Site, ...], ends: tuple[str, str], *, kind: str = "",
) -> Violation:  # fmt: skip
    return Violation(
        contract=contract, code=CODES[contract], level=level, source=source, target=target, message=message, hint=hint,
        fingerprint=fingerprint(contract, source, target, kind), from_service=ends[0], to_service=ends[1], sites=sites,
    )  # fmt: skip
