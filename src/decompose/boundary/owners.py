"""Who owns what: one service for each asset and each piece of shared state, and who else touches it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from decompose.boundary.system import NOT_A_SERVICE, System
from decompose.ir.blueprint import Handoff
from decompose.ir.findings import Finding, Span
from decompose.ir.graph import Edge
from decompose.ir.plan import Plan
from decompose.ir.symbols import is_asset, is_state, module_of

_NOT_HANDED_OVER = ("env:", "url:", "config:")
"""Assets that every service reaches by itself."""


@dataclass(frozen=True, slots=True)
class Touch:
    """Which services write and read one asset or state, with how often."""

    writers: Mapping[str, int]
    readers: Mapping[str, int]


def touches(system: System, places: Mapping[str, Iterable[str]]) -> Mapping[str, Touch]:
    """Return who touches each asset and state.

    Args:
        system: The graph.
        places: Services that hold a module-level unit, by its symbol.
    """
    writers: dict[str, Counter[str]] = {}
    readers: dict[str, Counter[str]] = {}
    for edge in _decisive(system, places):
        table = writers if edge.kind.endswith("write") else readers
        for service in places.get(system.owner(edge.source), ()):
            table.setdefault(edge.target, Counter())[service] += max(1, len(edge.sites))
    return {
        symbol: Touch(writers=writers.get(symbol, Counter()), readers=readers.get(symbol, Counter()))
        for symbol in sorted({*writers, *readers})
    }


def _decisive(system: System, places: Mapping[str, Iterable[str]]) -> list[Edge]:
    """Return the accesses that tell who touches a thing.

    A copied helper (`save_json(path, value)`) touches on behalf of its callers: where one of them is known to access
    the same asset in the same way, the helper itself says nothing more.
    """
    found = [e for e in system.graph.edges if e.kind in ("read", "write", "state_read", "state_write")]
    single = {(e.target, e.kind) for e in found if len(tuple(places.get(system.owner(e.source), ()))) == 1}
    return [
        edge
        for edge in found
        if not is_asset(edge.target)
        or (edge.target, edge.kind) not in single
        or len(tuple(places.get(system.owner(edge.source), ()))) == 1
    ]


def owners_of(
    plan: Plan, touched: Mapping[str, Touch], home: Mapping[str, str], system: System
) -> tuple[Mapping[str, str], tuple[Finding, ...]]:
    """Return the owner of each asset and state, and a finding (DC405) for each that several services write.

    The plan's word is law; then state belongs to where its module lives, then the service that writes most owns it
    (the first by name among equals), then the one that reads most.
    """
    planned = {symbol: service.name for service in plan.services for symbol in service.owns}
    names = {service.name for service in plan.services}
    owner_by_symbol: dict[str, str] = {}
    findings = []
    for symbol, touch in touched.items():
        owner = (
            planned.get(symbol)
            or _state_home(symbol, home, system, names)
            or _most(touch.writers)
            or _most(touch.readers)
        )
        if not owner:
            continue
        owner_by_symbol[symbol] = owner
        if len(touch.writers) > 1 and not symbol.startswith("env:"):
            findings.append(_shared_write(symbol, owner, sorted(touch.writers), system))
    for symbol, name in planned.items():
        owner_by_symbol.setdefault(symbol, name)
    return owner_by_symbol, tuple(findings)


def handoffs_of(touched: Mapping[str, Touch], owners: Mapping[str, str]) -> tuple[Handoff, ...]:
    """Return the assets that one service writes and another reads, sorted."""
    found = []
    for symbol, touch in touched.items():
        writers, readers = sorted(touch.writers), sorted(touch.readers)
        is_handed_over = any(reader != writer for reader in readers for writer in writers)
        if is_asset(symbol) and not symbol.startswith(_NOT_HANDED_OVER) and is_handed_over:
            found.append(
                Handoff(
                    asset=symbol, owner=owners.get(symbol, writers[0]), writers=tuple(writers), readers=tuple(readers)
                )
            )
    return tuple(found)


def _state_home(symbol: str, home: Mapping[str, str], system: System, names: set[str]) -> str:
    """Return the service in which the module of a state lives; empty when that is no service."""
    if not is_state(symbol):
        return ""
    code = symbol.removeprefix("state:")
    service = home.get(system.owner(code), "") or home.get(f"{module_of(code)}:<module>", "")
    return service if service in names and service not in NOT_A_SERVICE else ""


def _most(counts: Mapping[str, int]) -> str:
    """Return the name with the highest count, the first by name among equals."""
    return min(counts, key=lambda name: (-counts[name], name), default="")


def _shared_write(symbol: str, owner: str, writers: list[str], system: System) -> Finding:
    """Return the finding that several services write one thing."""
    edge = min(
        (edge for edge in system.incoming.get(symbol, ()) if edge.kind.endswith("write")),
        key=lambda edge: edge.source,
    )
    place = edge.sites[0] if edge.sites else None
    span = Span(path=place.path, line=place.line) if place else Span(path=system.units[edge.source].span.path)
    return Finding(
        code="DC405",
        level="warning",
        span=span,
        message=f"`{symbol}` is written by {', '.join(f'`{name}`' for name in writers)}; `{owner}` owns it",
        hint="put the writers into one service, or say in the plan who `owns` it",
        symbol=symbol,
    )
