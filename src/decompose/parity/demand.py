"""What one request asks of each part: processor time, calls between parts and bytes, out of a trace and a blueprint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from decompose.ir.blueprint import Blueprint
from decompose.ir.evidence import Trace
from decompose.ir.graph import Record
from decompose.ir.symbols import top_level_of

MONOLITH = "monolith"
_MAX_DEPTH = 60
_LEAST_COUNT = 1e-4


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
    model = _Model(trace, service_by_unit(blueprint) if split else {})
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

    def __init__(self, trace: Trace, services: Mapping[str, str]) -> None:
        self.services = services
        self.calls: dict[str, float] = defaultdict(float)
        seconds: dict[str, float] = defaultdict(float)
        self.edges: dict[str, list[tuple[str, float, float]]] = defaultdict(list)
        for call in trace.calls:
            self.calls[call.callee] += call.calls
            seconds[call.callee] += call.self_seconds
            payload = call.argument_bytes + call.result_bytes
            self.edges[call.caller].append((call.callee, float(call.calls), payload))
        self.self_ms = {symbol: 1000 * seconds[symbol] / count for symbol, count in self.calls.items() if count}

    def home(self, symbol: str, otherwise: str) -> str:
        """Return the part that runs a unit; shared code runs where it is called."""
        return self.services.get(symbol) or self.services.get(top_level_of(symbol), otherwise)

    def step(self, symbol: str, service: str, path: tuple[str, ...]) -> Step:
        """Return one visit of a unit, with everything below it that stays in the same part folded in."""
        cpu_ms = self.self_ms.get(symbol, 0.0)
        remotes: list[Remote] = []
        visits = self.calls.get(symbol) or 1.0
        for callee, count, payload in self.edges.get(symbol, ()):
            ratio = count / visits
            if callee in path or callee == symbol or len(path) > _MAX_DEPTH or ratio < _LEAST_COUNT:
                continue
            home = self.home(callee, service)
            below = self.step(callee, home, (*path, symbol))
            if home != service:
                remotes.append(Remote(step=below, count=ratio, payload_bytes=payload))
            else:
                cpu_ms += ratio * below.cpu_ms
                remotes += [_times(remote, ratio) for remote in below.calls]
        return Step(service=service, cpu_ms=cpu_ms, calls=tuple(remotes))


def _times(remote: Remote, factor: float) -> Remote:
    return Remote(step=remote.step, count=remote.count * factor, payload_bytes=remote.payload_bytes)


def remote_calls(step: Step) -> Iterator[tuple[str, str, float, float]]:
    """Yield (from, to, calls per request, bytes per call) of every crossing below a step."""
    for remote in step.calls:
        yield step.service, remote.step.service, remote.count, remote.payload_bytes
        for source, target, count, payload in remote_calls(remote.step):
            yield source, target, count * remote.count, payload


def demand_by_service(step: Step, *, base_ms: float, ms_per_byte: float) -> dict[str, float]:
    """Return the processor time that one request costs each part, in milliseconds.

    Sending, receiving and coding a message is work too: half of a hop counts for the caller, half for the callee.
    """
    found: dict[str, float] = defaultdict(float)
    _add(found, step, 1.0, base_ms, ms_per_byte)
    return dict(sorted(found.items()))


def _add(found: dict[str, float], step: Step, visits: float, base_ms: float, ms_per_byte: float) -> None:
    found[step.service] += visits * step.cpu_ms
    for remote in step.calls:
        count = visits * remote.count
        half = count * (base_ms + ms_per_byte * remote.payload_bytes) / 2
        found[step.service] += half
        found[remote.step.service] += half
        _add(found, remote.step, count, base_ms, ms_per_byte)


def needs(step: Step) -> frozenset[str]:
    """Return every part on the synchronous path of a step."""
    return frozenset({step.service}).union(*(needs(remote.step) for remote in step.calls))
