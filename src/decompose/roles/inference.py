"""Tells batch from online inference, which no API call does by itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from decompose.ir.graph import CodeGraph, Module, Unit
from decompose.ir.symbols import qualname_of
from decompose.roles.evidence import Evidence, Reason, place, total
from decompose.roles.vocabulary import INFERENCE, words_of

_BATCH_WORDS = frozenset(("batch", "batchscore", "bulk", "offline", "nightly", "parallel", "scheduled"))
_WORD = re.compile(r"[A-Za-z_]\w*")
_MAX_DEPTH = 6
CARRYING = 1.8
"""Weight of being what a route takes or answers, in API weights."""
NAMED = 2.0
"""Weight of a name, in API weights, that says inference and nothing else (`predict`)."""
JUDGED = 1.5
"""Evidence of training or evaluation, in API weights, beside which a prediction is a step of that."""
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
    return frozenset(_reached(_callees(graph, beyond=queued), answering))


def in_bulk(graph: CodeGraph) -> frozenset[str]:
    """Return the units that read stored data and write stored data, and the programs whose file holds one of them."""
    stored = {asset.symbol for asset in graph.assets if asset.kind in ("file", "table", "object")}
    ways: dict[str, set[str]] = {}
    for edge in graph.edges:
        if edge.kind in ("read", "write") and edge.target in stored:
            ways.setdefault(edge.source, set()).add(edge.kind)
    found = {symbol for symbol, kinds in ways.items() if len(kinds) > 1}
    modules = {symbol.partition(":")[0] for symbol in found}
    started = {u.symbol for u in graph.units if u.module in modules and u.entry is not None and u.entry.kind == "main"}
    return frozenset(found | started)


def _callees(graph: CodeGraph, beyond: Collection[str] = ()) -> dict[str, list[str]]:
    callees: dict[str, list[str]] = {}
    for edge in graph.edges:
        if edge.kind == "call" and edge.target not in beyond:
            callees.setdefault(edge.source, []).append(edge.target)
    return callees


def _reached(callees: Mapping[str, Sequence[str]], starts: Sequence[str]) -> set[str]:
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
        if any(r.role in (INFERENCE, "online_inference") and (r.site or r.weight >= NAMED) for r in found.reasons)
        and max(found.scores.get("training", 0.0), found.scores.get("evaluation", 0.0)) < JUDGED
    }  # fmt: skip
    plain = {module: symbols for module, symbols in routed.items() if module not in drawing}
    callees = _callees(graph)
    return frozenset(
        module for module, symbols in plain.items()
        if inferring & _reached(callees, symbols) or any(s.partition(":")[0] == module for s in inferring)
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


def carry(graph: CodeGraph, evidence: Mapping[str, Evidence]) -> None:
    """Give the records that a route of their own file takes or answers with a part in what the route does, in place."""
    named: dict[str, set[str]] = {}
    for unit in graph.units:
        if unit.entry is not None and unit.entry.kind == "route" and unit.signature is not None:
            texts = [*(p.annotation for p in unit.signature.parameters), unit.signature.returns, *unit.decorators]
            named.setdefault(unit.module, set()).update(w for t in texts for w in _WORD.findall(t or ""))
    for unit in graph.units:
        if unit.kind == "class" and "pydantic" in unit.flags and qualname_of(unit.symbol) in named.get(unit.module, ()):
            found = evidence[unit.symbol]
            found.reasons.append(Reason("gateway_ui", CARRYING, f"{place(unit.span)} is what a route takes or answers"))
            found.scores.update(total(found.reasons))


def settle(
    scores: Mapping[str, float],
    unit: Unit,
    module: Module,
    *,
    is_served: bool,
    only_serves: bool = False,
    is_bulk: bool = False,
) -> dict[str, float]:
    """Return the scores with what speaks for inference given to its batch or online form, or to what it serves.

    A prediction inside an evaluation or a training is a step of that; one that a request reaches is online; batch is one
    whose name or place says so, which a queue or a scheduler starts, or which goes from stored data to stored data
    (`is_bulk`); otherwise both get their part, online the larger. A route of a file that only exposes a model is part of
    the inference, not a gateway.
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
    if judged > JUDGED and not is_served:
        mass *= 0.4
    is_batch = is_bulk or bool(words & _BATCH_WORDS) or (unit.entry is not None and unit.entry.kind in ("task", "job"))
    online = 0.95 if is_served else 0.05 if is_batch else 0.7
    for role, part in (("online_inference", online), ("batch_inference", 1 - online)):
        settled[role] = settled.get(role, 0.0) + mass * part
    return settled
