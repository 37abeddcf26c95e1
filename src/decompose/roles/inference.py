"""Tells batch from online inference, which no API call does by itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from decompose.ir.graph import CodeGraph, Module, Unit
from decompose.roles.evidence import Evidence
from decompose.roles.vocabulary import INFERENCE, words_of

_BATCH_WORDS = frozenset(("batch", "batchscore", "bulk", "offline", "nightly", "parallel", "scheduled"))
_MAX_DEPTH = 6
EXPOSING = 0.85
"""Share of what speaks for a gateway that is inference where a file only exposes a model."""
_DRAWS = re.compile(
    r"render_template|TemplateResponse|HTMLResponse|Jinja2Templates|redirect|external:(?:streamlit|gradio|dash|django)\b"
)
"""Calls that draw pages."""


def serving(graph: CodeGraph) -> frozenset[str]:
    """Return the units that a request can reach and waits for: routes and pages, and what they call themselves.

    A task that a request only puts into a queue is not among them.
    """
    answering = [u.symbol for u in graph.units if u.entry is not None and u.entry.kind in ("route", "page")]
    queued = {u.symbol for u in graph.units if u.entry is not None and u.entry.kind == "task"}
    return frozenset(_reached(graph, answering, beyond=queued))


def _reached(graph: CodeGraph, starts: Sequence[str], beyond: Collection[str] = ()) -> set[str]:
    callees: dict[str, list[str]] = {}
    for edge in graph.edges:
        if edge.kind == "call" and edge.target not in beyond:
            callees.setdefault(edge.source, []).append(edge.target)
    reached = set(starts)
    frontier = sorted(reached)
    for _ in range(_MAX_DEPTH):
        frontier = sorted({target for symbol in frontier for target in callees.get(symbol, ())} - reached)
        reached.update(frontier)
    return reached


def model_servers(graph: CodeGraph, evidence: Mapping[str, Evidence]) -> frozenset[str]:
    """Return the modules whose routes only expose a model: a request reaches an inference, and no page is drawn."""
    routed: dict[str, list[str]] = {}
    for unit in graph.units:
        if unit.entry is not None and unit.entry.kind == "route":
            routed.setdefault(unit.module, []).append(unit.symbol)
    drawing = {
        edge.source.partition(":")[0] for edge in graph.edges
        if edge.kind == "call" and edge.target.startswith("external:") and _DRAWS.search(edge.target)
    }  # fmt: skip
    inferring = {
        symbol for symbol, found in evidence.items()
        if any(r.site and r.role in (INFERENCE, "online_inference") for r in found.reasons)
    }  # fmt: skip
    plain = {module: symbols for module, symbols in routed.items() if module not in drawing}
    return frozenset(
        module for module, symbols in plain.items()
        if inferring & _reached(graph, symbols) or any(s.partition(":")[0] == module for s in inferring)
    )  # fmt: skip


def warm(graph: CodeGraph, evidence: Mapping[str, Evidence]) -> None:
    """Give loading a model to inference where the loader only keeps it in state that a unit which predicts reads.

    The evidence of such units is changed in place: `init` of a scoring script is a part of serving, no registry.
    """
    infers = {
        symbol for symbol, found in evidence.items() if found.scores.get(INFERENCE) or found.scores.get("online_inference")
    }  # fmt: skip
    used = {edge.target for edge in graph.edges if edge.kind == "state_read" and edge.source in infers}
    keeping = {edge.source for edge in graph.edges if edge.kind == "state_write" and edge.target in used}
    for unit in graph.units:
        scores = evidence[unit.symbol].scores
        if unit.symbol in keeping and unit.kind in ("function", "method") and INFERENCE in scores:
            scores[INFERENCE] += scores.pop("registry", 0.0)


def settle(
    scores: Mapping[str, float], unit: Unit, module: Module, *, is_served: bool, only_serves: bool = False
) -> dict[str, float]:
    """Return the scores with what speaks for inference given to its batch or online form, or to what it serves.

    A prediction inside an evaluation or a training is a step of that; one that a request reaches is online; one whose
    name or place says batch, or which a queue or a scheduler starts, is batch; otherwise both get their part, online the
    larger. A route of a file that only exposes a model is part of the inference, not a gateway.
    """
    if only_serves and "gateway_ui" in scores:
        moved = EXPOSING * scores["gateway_ui"]
        scores = {**scores, "gateway_ui": scores["gateway_ui"] - moved}
        scores["online_inference"] = scores.get("online_inference", 0.0) + moved
    settled = {role: value for role, value in scores.items() if role != INFERENCE}
    mass = scores.get(INFERENCE, 0.0)
    if mass <= 0:
        return settled
    words = {word for text in (unit.symbol, module.path) for word in words_of(text)}
    judged = max(settled.get("evaluation", 0.0), settled.get("training", 0.0), settled.get("tuning", 0.0))
    if judged > 1.5 and not is_served:
        mass *= 0.4
    is_batch = bool(words & _BATCH_WORDS) or (unit.entry is not None and unit.entry.kind in ("task", "job"))
    online = 0.95 if is_served else 0.05 if is_batch else 0.7
    for role, part in (("online_inference", online), ("batch_inference", 1 - online)):
        settled[role] = settled.get(role, 0.0) + mass * part
    return settled
