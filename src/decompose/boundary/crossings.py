"""What two parts ask of each other, in figures: calls, hand-offs, shared state. The ground of verdict and reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from decompose.ir.evidence import HopCost, Trace
from decompose.ir.graph import CodeGraph, Edge
from decompose.ir.partition import DEAD, OFFLINE, SHARED
from decompose.ir.symbols import is_asset, is_state
from decompose.ir.units import UnitIndex, index_units

LOOP_CALLS = 10.0
"""Calls that one loop around a call site stands for, where no trace says better."""
UNKNOWN_BYTES = 1_000.0
"""Bytes of a call about which nothing is known: a small message."""
BYTES_BY_TYPE = {
    "pandas.DataFrame": 5_000_000.0,
    "polars.DataFrame": 5_000_000.0,
    "numpy.ndarray": 1_000_000.0,
    "torch.Tensor": 1_000_000.0,
    "builtins.int": 8.0,
    "builtins.float": 8.0,
    "builtins.bool": 1.0,
    "builtins.str": 100.0,
}
"""Typical sizes, in bytes; orders of magnitude, replaced by a trace."""
NOWHERE = (SHARED, OFFLINE, DEAD)


@dataclass(slots=True)
class Crossing:
    """All that crosses between two parts, both directions."""

    first: str
    second: str
    calls: float = 0.0
    """Calls per run or request that cross."""
    wire_ms: float = 0.0
    """Time they would spend on the wire, per run or request, in milliseconds."""
    edges: int = 0
    """Distinct unit pairs that call."""
    assets: set[str] = field(default_factory=set)
    """Assets that one writes and the other reads."""
    states: set[str] = field(default_factory=set)
    """Mutable state that both touch."""
    evidence: list[str] = field(default_factory=list)
    """`path:line` of the first sites."""


def crossings(
    graph: CodeGraph,
    service_by_unit: Mapping[str, str],
    *,
    trace: Trace | None = None,
    hop: HopCost | None = None,
) -> dict[tuple[str, str], Crossing]:
    """Return what crosses between every two parts that touch, by sorted pair of names.

    Args:
        graph: The graph.
        service_by_unit: Part of every module-level unit; shared, offline and dead code crosses nothing.
        trace: Counts and sizes of a run, which win over estimates.
        hop: What a call over the wire costs.
    """
    index, cost = index_units(graph), hop or HopCost()
    traced = {(call.caller, call.callee): call for call in trace.calls} if trace is not None else {}
    found: dict[tuple[str, str], Crossing] = {}
    touched: dict[str, dict[str, set[str]]] = {}
    for edge in graph.edges:
        source = _part(index, service_by_unit, edge.source)
        if source and (is_asset(edge.target) or is_state(edge.target)):
            touched.setdefault(edge.target, {}).setdefault(source, set()).add(edge.kind)
        target = _part(index, service_by_unit, edge.target)
        if edge.kind != "call" or not source or not target or source == target:
            continue
        crossing = _between(found, source, target)
        call = traced.get((edge.source, edge.target))
        calls = float(call.calls) if call is not None else _estimated_calls(edge)
        size = call.argument_bytes + call.result_bytes if call is not None else _estimated_bytes(index, edge)
        crossing.calls += calls
        crossing.wire_ms += calls * (cost.base_ms + size * cost.ms_per_byte)
        crossing.edges += 1
        crossing.evidence += [f"{site.path}:{site.line}" for site in edge.sites[:1]]
    _add_touched(graph, touched, found)
    return dict(sorted(found.items()))


def _part(index: UnitIndex, service_by_unit: Mapping[str, str], symbol: str) -> str:
    """Return the part of a symbol; empty for what is not in one."""
    service = service_by_unit.get(index.owner(symbol), "")
    return "" if service in NOWHERE else service


def _between(found: dict[tuple[str, str], Crossing], a: str, b: str) -> Crossing:
    """Return the crossing of two parts, made when it is the first."""
    pair = (min(a, b), max(a, b))
    return found.setdefault(pair, Crossing(*pair))


def _estimated_calls(edge: Edge) -> float:
    """Return calls per run by the loops around the sites."""
    return max(1.0, sum(LOOP_CALLS ** min(site.loops, 3) for site in edge.sites))


def _estimated_bytes(index: UnitIndex, edge: Edge) -> float:
    """Return bytes per call by the types of parameters and result, as far as known."""
    unit = index.units.get(edge.target)
    signature = unit.signature if unit is not None else None
    if signature is None:
        return UNKNOWN_BYTES
    guesses = [p.types for p in signature.parameters] + [signature.return_types]
    return sum(BYTES_BY_TYPE.get(types[0].type, UNKNOWN_BYTES) for types in guesses if types) or UNKNOWN_BYTES


def _add_touched(
    graph: CodeGraph, touched: Mapping[str, Mapping[str, set[str]]], found: dict[tuple[str, str], Crossing]
) -> None:
    """Add assets that are handed over and mutable state that is shared."""
    mutable = {state.symbol for state in graph.states if state.is_mutated}
    for name, ways in sorted(touched.items()):
        for a in sorted(ways):
            for b in sorted(ways):
                if a < b and name in mutable:
                    _between(found, a, b).states.add(name)
                elif a != b and is_asset(name) and "write" in ways[a] and "read" in ways[b]:
                    _between(found, a, b).assets.add(name)
