"""What a cut breaks: each dependency that crosses services gets a verdict, with every hazard that can bite there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from decompose.boundary.crossing import Crossing, Land
from decompose.boundary.detect import hazards_of
from decompose.boundary.hazards import Found, worst
from decompose.boundary.system import NOT_A_SERVICE, System
from decompose.boundary.types import ARRAYS, FRAMES
from decompose.ir.blueprint import CutEdge, Verdict
from decompose.ir.evidence import HopCost, Trace, TracedCall
from decompose.ir.graph import Edge, Signature, TypeGuess
from decompose.ir.symbols import is_asset, is_code, is_state

CALLS_PER_LOOP = 10.0
"""Rounds that a loop of unknown length is taken to make."""
MAX_LOOPS = 4
"""Loops around a call that are counted."""
BULK_BYTES = 1e6
"""Size of a frame, array or tensor of unknown extent, in bytes: about 100,000 cells."""
PLAIN_BYTES = 200.0
"""Size of any other value, in bytes."""
_CROSSING_KINDS = ("call", "inherit", "type", "state_read", "state_write")


_DEFAULT_HOP = HopCost()


@dataclass(frozen=True, slots=True)
class Judge:
    """All that a verdict needs to know."""

    land: Land
    places: Mapping[str, frozenset[str]]
    """Services that hold each module-level unit."""
    trace: Trace | None = None
    hop: HopCost = _DEFAULT_HOP

    def crossing(self, edge: Edge) -> Crossing:
        """Return the two sides of an edge."""
        return Crossing(land=self.land, source=edge.source, target=edge.target, sites=edge.sites, kind=edge.kind)


def cut_edges_of(judge: Judge) -> tuple[CutEdge, ...]:
    """Return every dependency that crosses services with its verdict, sorted by ends, kind and services."""
    traced = {(call.caller, call.callee): call for call in judge.trace.calls} if judge.trace is not None else {}
    found = [
        _cut(judge, edge, here, there, traced.get((edge.source, edge.target))) for edge, here, there in crossings(judge)
    ]
    return tuple(sorted(found, key=lambda cut: (cut.source, cut.target, cut.kind, cut.from_service, cut.to_service)))


def copied_back(judge: Judge) -> Mapping[str, frozenset[str]]:
    """Return, by callee, the parameters that it changes in place where a caller in another service can see it."""
    found: dict[str, set[str]] = {}
    for edge, _, _ in crossings(judge):
        if edge.kind != "call":
            continue
        crossing = judge.crossing(edge)
        callee = crossing.callee
        for hazard in hazards_of(crossing):
            if hazard.hazard.number == 1 and callee is not None:
                found.setdefault(callee.symbol, set()).update(hazard.subjects)
    return {callee: frozenset(names) for callee, names in found.items()}


def crossings(judge: Judge) -> Iterator[tuple[Edge, str, str]]:
    """Yield each edge that leads from one service into another, with the two services.

    Edges from a shared unit count once for each service that holds a copy.
    """
    for edge in judge.land.system.graph.edges:
        if edge.kind not in _CROSSING_KINDS or is_asset(edge.target):
            continue
        target = edge.target.removeprefix("state:") if is_state(edge.target) else edge.target
        there = judge.land.home.get(judge.land.system.owner(target), "") if is_code(target) else ""
        if there in NOT_A_SERVICE or _is_wrapping(judge.land.system, edge):
            continue
        for here in sorted(judge.places.get(judge.land.system.owner(edge.source), frozenset()) - {there}):
            yield edge, here, there


def _is_wrapping(system: System, edge: Edge) -> bool:
    """Return whether a decorator's wrapper calls what it decorates: that happens where the decorated function lives."""
    callee = system.units.get(edge.target)
    decorator = system.owner(edge.source)
    return (
        callee is not None
        and decorator != edge.source
        and any(d.removesuffix("()") == decorator for d in callee.decorators)
    )


def summarise(hazards: Iterable[Found]) -> tuple[Verdict, str]:
    """Return the verdict of some hazards, and the reason of those that decide it."""
    found = tuple(hazards)
    verdict = worst(hazard.verdict for hazard in found)
    reasons = [f"{hazard.hazard.name}: {hazard.hazard.why}" for hazard in found if hazard.verdict == verdict]
    return verdict, "; ".join(dict.fromkeys(reasons))


def _cut(judge: Judge, edge: Edge, here: str, there: str, traced: TracedCall | None) -> CutEdge:
    """Return one cut edge, judged and priced."""
    hazards = hazards_of(judge.crossing(edge))
    verdict, why = summarise(hazards)
    is_call = edge.kind == "call"
    calls = float(traced.calls) if traced is not None else _calls(edge) if is_call else 0.0
    size = (
        traced.argument_bytes + traced.result_bytes if traced is not None else _bytes(judge, edge) if is_call else 0.0
    )
    return CutEdge(
        source=edge.source,
        target=edge.target,
        from_service=here,
        to_service=there,
        kind=edge.kind,
        verdict=verdict,
        hazards=tuple(hazard.hazard for hazard in hazards),
        sites=edge.sites,
        calls_per_run=calls,
        bytes_per_call=size,
        cost_ms=round(calls * (judge.hop.base_ms + size * judge.hop.ms_per_byte), 3),
        why=why,
    )


def _calls(edge: Edge) -> float:
    """Return how often an edge is taken in a run, guessed from the loops around its sites."""
    return sum(CALLS_PER_LOOP ** min(site.loops, MAX_LOOPS) for site in edge.sites) or 1.0


def _bytes(judge: Judge, edge: Edge) -> float:
    """Return how much one call carries both ways, guessed from types, in bytes."""
    unit = judge.land.system.units.get(edge.target)
    if unit is not None and unit.kind == "class":
        unit = judge.land.system.method(edge.target, "__init__") or unit
    signature = unit.signature if unit is not None and unit.signature is not None else Signature()
    values = [(parameter.annotation, parameter.types) for parameter in signature.parameters]
    values.append((signature.returns, signature.return_types))
    return sum(_size(annotation, types) for annotation, types in values)


def _size(annotation: str, types: tuple[TypeGuess, ...]) -> float:
    """Return the size of one value by its type, in bytes."""
    text = f"{annotation} {' '.join(guess.type for guess in types)}"
    return BULK_BYTES if any(name in text for name in (*sorted(FRAMES), *sorted(ARRAYS))) else PLAIN_BYTES
