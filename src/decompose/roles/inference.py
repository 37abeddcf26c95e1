"""Tells batch from online inference, which no API call does by itself."""

from __future__ import annotations

from collections.abc import Mapping

from decompose.ir.graph import CodeGraph, Module, Unit
from decompose.roles.vocabulary import INFERENCE, words_of

_BATCH_WORDS = frozenset(("batch", "batchscore", "bulk", "offline", "nightly", "parallel", "scheduled"))
_MAX_DEPTH = 6


def serving(graph: CodeGraph) -> frozenset[str]:
    """Return the units that a request can reach: routes and pages, and what they call."""
    callees: dict[str, list[str]] = {}
    for edge in graph.edges:
        if edge.kind == "call":
            callees.setdefault(edge.source, []).append(edge.target)
    reached = {u.symbol for u in graph.units if u.entry is not None and u.entry.kind in ("route", "page")}
    frontier = sorted(reached)
    for _ in range(_MAX_DEPTH):
        frontier = sorted({target for symbol in frontier for target in callees.get(symbol, ())} - reached)
        reached.update(frontier)
    return frozenset(reached)


def settle(scores: Mapping[str, float], unit: Unit, module: Module, *, is_served: bool) -> dict[str, float]:
    """Return the scores with what speaks for inference given to its batch or online form, or to what it serves.

    A prediction inside an evaluation or a training is a step of that; one that a request reaches is online; one whose
    name or place says batch is batch; otherwise both get their part, online the larger.
    """
    settled = {role: value for role, value in scores.items() if role != INFERENCE}
    mass = scores.get(INFERENCE, 0.0)
    if mass <= 0:
        return settled
    words = {word for text in (unit.symbol, module.path) for word in words_of(text)}
    judged = max(settled.get("evaluation", 0.0), settled.get("training", 0.0), settled.get("tuning", 0.0))
    if judged > 1.5 and not is_served:
        mass *= 0.4
    online = 0.95 if is_served else 0.05 if words & _BATCH_WORDS else 0.7
    for role, part in (("online_inference", online), ("batch_inference", 1 - online)):
        settled[role] = settled.get(role, 0.0) + mass * part
    return settled
