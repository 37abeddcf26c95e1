"""The pipeline that the jobs of a plan form: what runs after what, with which hand-offs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from decompose.boundary.system import System
from decompose.ir.blueprint import CutEdge, Handoff, JobStep, ServiceBlueprint
from decompose.ir.symbols import MODULE_BODY, qualname_of

_ENTRY_ORDER = ("job", "flow", "main", "cli", "task")
"""Kinds of entry points that start a job, the most telling first."""


def steps_of(
    system: System, services: Iterable[ServiceBlueprint], handoffs: Iterable[Handoff], cut_edges: Iterable[CutEdge]
) -> tuple[JobStep, ...]:
    """Return one step for each job, in an order that can be run; a job that nothing starts has no entry.

    A job runs after the jobs that write what it reads. A job that another job calls is not run before it: the call
    does that. Jobs in a circle of hand-offs keep the alphabet's order, and the edge that closes the circle is left out.
    """
    jobs = {service.name: service for service in services if service.kind == "job"}
    called = {(edge.from_service, edge.to_service) for edge in cut_edges if edge.kind == "call"}
    after: dict[str, set[str]] = {name: set() for name in jobs}
    inputs: dict[str, set[str]] = {name: set() for name in jobs}
    outputs: dict[str, set[str]] = {name: set() for name in jobs}
    for handoff in handoffs:
        for writer in handoff.writers:
            for reader in handoff.readers:
                if writer == reader:
                    continue
                if writer in jobs:
                    outputs[writer].add(handoff.asset)
                if reader in jobs:
                    inputs[reader].add(handoff.asset)
                if (
                    writer in jobs
                    and reader in jobs
                    and (reader, writer) not in called
                    and (writer, reader) not in called
                ):
                    after[reader].add(writer)
    order = _order(after)
    return tuple(
        JobStep(
            service=name,
            entry=entry_of(system, jobs[name]),
            after=tuple(sorted(before for before in after[name] if order.index(before) < order.index(name))),
            inputs=tuple(sorted(inputs[name])),
            outputs=tuple(sorted(outputs[name])),
        )
        for name in order
    )


def entry_of(system: System, service: ServiceBlueprint) -> str:
    """Return the symbol that starts a job: an entry point of its own, else what others call first, else empty."""
    units = [system.units[symbol] for top in service.members for symbol in system.within(top)]
    entries = [unit for unit in units if unit.entry is not None and unit.entry.kind in _ENTRY_ORDER]
    if entries:
        best = min(entries, key=lambda unit: (_ENTRY_ORDER.index(unit.entry.kind) if unit.entry else 0, unit.symbol))
        return best.symbol
    functions = [operation.symbol for operation in service.operations if operation.kind == "function"]
    if functions:
        return functions[0]
    scripts = [unit for unit in units if qualname_of(unit.symbol) == MODULE_BODY and _runs(system, unit.module)]
    return max(scripts, key=lambda unit: (unit.statements, unit.symbol)).symbol if scripts else ""


def _runs(system: System, module: str) -> bool:
    """Return whether a module does something when it is run."""
    record = system.index.modules.get(module)
    return record is not None and record.kind in ("script", "notebook") and record.statements > 0


def _order(after: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Return the names so that each stands after what it waits for, the alphabet deciding among the free ones."""
    order: list[str] = []
    waiting = sorted(after)
    while waiting:
        free = [name for name in waiting if after[name] <= set(order)] or waiting[:1]
        order.append(free[0])
        waiting.remove(free[0])
    return tuple(order)
