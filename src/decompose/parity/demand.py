"""What one request asks of each part: processor time, calls between parts and bytes, out of a trace and a blueprint."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from decompose.ir.blueprint import Blueprint
from decompose.ir.evidence import Trace, TracedCall
from decompose.ir.graph import Record
from decompose.ir.symbols import top_level_of
from decompose.parity.prices import Prices

MONOLITH = "monolith"
_MAX_DEPTH = 60
_LEAST_COUNT = 1e-4
_LEAST_WAIT_MS = 2.0
"""Shortest time off the processor, per call, that counts as waiting."""
_TOLD_S = 0.002
"""Least processor time, over all calls, at which a function says something about the machine, in seconds."""


class Remote(Record):
    """Calls that one step makes to another part."""

    step: Step
    count: float
    """Calls per visit of the calling step."""
    payload_bytes: float


class Step(Record):
    """What one visit asks of one part."""

    service: str
    cpu_ms: float
    """Processor time in the part itself, per visit, in milliseconds."""
    calls: tuple[Remote, ...] = ()
    wait_ms: float = 0.0
    """Time in which the part waits for something outside, per visit, in milliseconds."""
    variance_ms2: float = 0.0
    """Variance of the processor time, in milliseconds squared."""


class EntryDemand(Record):
    """One entry point and what a request to it asks for."""

    entry: str
    requests: int
    """Calls of it in the trace."""
    step: Step


def entry_demands(
    trace: Trace, blueprint: Blueprint, entries: Iterable[str], *, split: bool
) -> tuple[EntryDemand, ...]:
    """Return the demand of each entry point that the trace has seen.

    Args:
        trace: A traced run of the monolith.
        blueprint: Which unit stands in which service.
        entries: Symbols of entry points.
        split: Whether the parts are the services, or all is one part called `monolith`.
    """
    model = _Model(trace, blueprint if split else None)
    found = []
    for entry in sorted(set(entries)):
        if model.calls.get(entry):
            home = model.home(entry, MONOLITH)
            found.append(EntryDemand(entry=entry, requests=int(model.calls[entry]), step=model.step(entry, home, ())))
    return tuple(found)


def service_by_unit(blueprint: Blueprint) -> dict[str, str]:
    """Return the service of every module-level unit that stands in exactly one; shared code has none."""
    return {member: service.name for service in blueprint.services for member in service.members}


class _Model:
    """Visits and times of every traced unit."""

    def __init__(self, trace: Trace, blueprint: Blueprint | None) -> None:
        self.services = service_by_unit(blueprint) if blueprint is not None else {}
        cuts = blueprint.cut_edges if blueprint is not None else ()
        self.links = {(cut.from_service, cut.to_service, top_level_of(cut.target)) for cut in cuts}
        self.calls: dict[str, float] = defaultdict(float)
        self.times: dict[str, _Times] = defaultdict(_Times)
        self.edges: dict[str, list[tuple[str, float, float]]] = defaultdict(list)
        usual = usual_stretch(trace.calls)
        for call in trace.calls:
            self.calls[call.callee] += call.calls
            self.times[call.callee] += _times_of(call, usual)
            payload = call.argument_bytes + call.result_bytes
            self.edges[call.caller].append((call.callee, float(call.calls), payload))

    def home(self, symbol: str, caller: str) -> str:
        """Return the part that runs a unit: shared code runs where it is called.

        So does a method of an object that the caller did not get from the other part: one that it read from a file (a
        model) or made of a class that it has a copy of. Then no call to that class crosses in the plan.
        """
        unit = top_level_of(symbol)
        home = self.services.get(symbol) or self.services.get(unit, caller)
        is_method = symbol != unit
        is_known = any(source == caller for source, *_ in self.links)
        return caller if is_method and is_known and (caller, home, unit) not in self.links else home

    def step(self, symbol: str, service: str, path: tuple[str, ...]) -> Step:
        """Return one visit of a unit, with everything below it that stays in the same part folded in."""
        visits = self.calls.get(symbol) or 1.0
        own = self.times[symbol] * (1 / visits)
        remotes: list[Remote] = []
        for callee, count, payload in self.edges.get(symbol, ()):
            ratio = count / visits
            if callee in path or callee == symbol or len(path) > _MAX_DEPTH or ratio < _LEAST_COUNT:
                continue
            home = self.home(callee, service)
            below = self.step(callee, home, (*path, symbol))
            if home != service:
                remotes.append(Remote(step=below, count=ratio, payload_bytes=payload))
            else:
                own += _Times(below.cpu_ms, below.wait_ms, below.variance_ms2) * ratio
                remotes += [_repeated(remote, ratio) for remote in below.calls]
        return Step(
            service=service, cpu_ms=own.cpu_ms, wait_ms=own.wait_ms, variance_ms2=own.variance_ms2, calls=tuple(remotes)
        )


class _Times(NamedTuple):
    """Processor time, waiting and variance, which add up over calls."""

    cpu_ms: float = 0.0
    wait_ms: float = 0.0
    variance_ms2: float = 0.0

    def __add__(self, other: _Times) -> _Times:  # type: ignore[override]
        return _Times(*(one + more for one, more in zip(self, other, strict=True)))

    def __mul__(self, factor: float) -> _Times:  # type: ignore[override]
        return _Times(*(one * factor for one in self))


def usual_stretch(calls: Iterable[TracedCall]) -> float:
    """Return elapsed over processor time of a typical function: 1 on an idle machine, more on a busy one."""
    ratios = [call.self_seconds / call.cpu_seconds for call in calls if call.cpu_seconds >= _TOLD_S]
    return max(1.0, statistics.median(ratios)) if ratios else 1.0


def _times_of(call: TracedCall, usual: float) -> _Times:
    """Return what all calls of a pair took together.

    A function that is off its processor for much longer than is usual in the traced run waits for something outside.
    Traces without processor times are taken at their elapsed time.
    """
    elapsed_ms = 1000 * call.self_seconds
    cpu_ms = 1000 * call.cpu_seconds or elapsed_ms
    away_ms = elapsed_ms - usual * cpu_ms
    is_waiting = away_ms > max(2 * usual * cpu_ms, _LEAST_WAIT_MS * call.calls)
    each = cpu_ms / max(1, call.calls) * call.cpu_variation
    return _Times(cpu_ms, away_ms if is_waiting else 0.0, each * each * call.calls)


def _repeated(remote: Remote, factor: float) -> Remote:
    return Remote(step=remote.step, count=remote.count * factor, payload_bytes=remote.payload_bytes)


def remote_calls(step: Step) -> Iterator[tuple[str, str, float, float]]:
    """Yield (from, to, calls per request, bytes per call) of every crossing below a step."""
    for remote in step.calls:
        yield step.service, remote.step.service, remote.count, remote.payload_bytes
        for source, target, count, payload in remote_calls(remote.step):
            yield source, target, count * remote.count, payload


def demand_by_service(step: Step, prices: Prices) -> dict[str, float]:
    """Return the processor time that one request costs each part, in milliseconds, without the front.

    Sending, receiving and coding a message is work too, for the one who asks and for the one who answers.
    """
    found: dict[str, float] = defaultdict(float)
    _add(found, step, 1.0, prices)
    return dict(sorted(found.items()))


def _add(found: dict[str, float], step: Step, visits: float, prices: Prices) -> None:
    found[step.service] += visits * step.cpu_ms
    for remote in step.calls:
        count = visits * remote.count
        found[step.service] += count * prices.asking_ms(remote.payload_bytes)
        found[remote.step.service] += count * prices.answering_ms(remote.payload_bytes)
        _add(found, remote.step, count, prices)


def needs(step: Step) -> frozenset[str]:
    """Return every part on the synchronous path of a step."""
    return frozenset({step.service}).union(*(needs(remote.step) for remote in step.calls))
