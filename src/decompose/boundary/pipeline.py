"""The pipeline that the jobs of a plan form: what can be run, what it reads and writes, what runs after what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from decompose.boundary.system import System
from decompose.ir.blueprint import JobStep, ServiceBlueprint
from decompose.ir.graph import Unit
from decompose.ir.symbols import MODULE_BODY, is_topic, qualname_of

_ENTRY_ORDER = ("job", "flow", "main", "cli", "task")
"""Kinds of entry points that start a job, the most telling first."""
_OUTSIDE = ("env", "cache")
"""Assets that do not make a run another one."""


def steps_of(system: System, services: Iterable[ServiceBlueprint]) -> tuple[JobStep, ...]:
    """Return what can be run of the jobs, in an order in which each stands after what writes its inputs.

    A step reads and writes what its entry reaches, in whichever service that is. Steps in a circle keep the alphabet's
    order, and the edge that closes the circle is left out. A job that nothing starts is served, not run: no step. Nor
    is what consumes a topic: it does not end.
    """
    found = [
        _step(system, service.name, entry)
        for service in services
        if service.kind == "job"
        for entry in entries_of(system, service)
        if not _is_endless(system, entry)
    ]
    return ordered(found)


def entries_of(system: System, service: ServiceBlueprint) -> tuple[str, ...]:
    """Return the symbols of a job that can be run as they stand, the most telling kind first."""
    units = [system.units[symbol] for top in service.members for symbol in system.within(top)]
    entries = {
        unit.symbol: _ENTRY_ORDER.index(unit.entry.kind)
        for unit in units
        if unit.entry is not None and unit.entry.kind in _ENTRY_ORDER and "nested" not in unit.flags
    }
    scripts = {u.symbol: len(_ENTRY_ORDER) for u in units if _is_program(system, u)}
    chosen = scripts | {symbol: rank for symbol, rank in entries.items() if not _required(system.units[symbol])}
    return tuple(sorted(chosen, key=lambda symbol: (chosen[symbol], symbol)))


def ordered(steps: Iterable[JobStep]) -> tuple[JobStep, ...]:
    """Return the steps with what each waits for, each after that."""
    waiting = sorted(steps, key=lambda step: (step.service, step.entry))
    before = {
        step.entry: {other.entry for other in waiting if other is not step and set(other.outputs) & set(step.inputs)}
        for step in waiting
    }
    done: list[JobStep] = []
    while waiting:
        names = {step.entry for step in done}
        step = next((s for s in waiting if before[s.entry] <= names), waiting[0])
        waiting.remove(step)
        after = tuple(sorted(before[step.entry] & names))
        done.append(
            JobStep(
                service=step.service,
                entry=step.entry,
                after=after,
                inputs=step.inputs,
                outputs=step.outputs,
            )
        )
    return tuple(done)


def _step(system: System, service: str, entry: str) -> JobStep:
    """Return one step with what its entry reaches."""
    reads, writes = _accesses(system, entry)
    return JobStep(service=service, entry=entry, inputs=tuple(sorted(reads - writes)), outputs=tuple(sorted(writes)))


def _accesses(system: System, entry: str) -> tuple[set[str], set[str]]:
    """Return the assets that are read and written from an entry on, through calls."""
    kinds: Mapping[str, str] = {asset.symbol: asset.kind for asset in system.graph.assets}
    reads: set[str] = set()
    writes: set[str] = set()
    pending, seen = list(system.within(entry) if qualname_of(entry) != MODULE_BODY else (entry,)), set()
    while pending:
        symbol = pending.pop()
        if symbol in seen:
            continue
        seen.add(symbol)
        for edge in system.outgoing.get(symbol, ()):
            if edge.kind == "call" and edge.target in system.units:
                pending.append(edge.target)
            elif edge.kind in ("read", "write") and kinds.get(edge.target, "env") not in _OUTSIDE:
                (reads if edge.kind == "read" else writes).add(edge.target)
    return reads, writes


def _is_endless(system: System, entry: str) -> bool:
    """Return whether an entry consumes a stream."""
    return any(is_topic(symbol) for symbol in _accesses(system, entry)[0])


def _required(unit: Unit) -> bool:
    """Return whether a function must be given something."""
    parameters = unit.signature.parameters if unit.signature is not None else ()
    return any(p.default is None and not p.kind.startswith("var_") for p in parameters)


def _is_program(system: System, unit: Unit) -> bool:
    """Return whether a file without a main block does something to data when it is run."""
    record = system.index.modules.get(unit.module)
    if qualname_of(unit.symbol) != MODULE_BODY or record is None or record.kind != "script" or not record.statements:
        return False
    return any(_accesses(system, unit.symbol))
