"""Why a unit has its role and place, and why an edge exists: the evidence, as text and as plain values."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from decompose.errors import PlanError
from decompose.ir.graph import CodeGraph, Edge, Unit
from decompose.ir.symbols import top_level_of

MOST_SITES = 8
"""Places that the text names for one edge; all are in the values."""
MOST_SUGGESTIONS = 3


def explanation(
    graph: CodeGraph, symbols: Sequence[str], *, membership: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the evidence for one symbol, or for the edges between two; `text` holds it in words.

    Args:
        graph: The system.
        symbols: One symbol or two; a unique ending of a symbol (`Trainer.fit`) will do.
        membership: Module-level unit to service, when there is a plan.

    Raises:
        PlanError: If a symbol is not in the graph, or its ending fits several.
    """
    known = _known(graph)
    found = [_find(symbol, known) for symbol in symbols]
    if len(found) == 1:
        return _one(graph, found[0], membership or {})
    return _two(graph, found[0], found[1])


def _known(graph: CodeGraph) -> list[str]:
    """Return every name that an explanation can be asked for, sorted."""
    return sorted({r.symbol for family in (graph.units, graph.assets, graph.states) for r in family})


def _find(symbol: str, known: Sequence[str]) -> str:
    """Return the full symbol that a person means."""
    if symbol in known:
        return symbol
    endings = [name for name in known if name.endswith((f":{symbol}", f".{symbol}", f"/{symbol}"))]
    if len(endings) == 1:
        return endings[0]
    near = endings[:MOST_SUGGESTIONS] or difflib.get_close_matches(symbol, known, n=MOST_SUGGESTIONS, cutoff=0.5)
    trouble = "fits several symbols" if endings else "no such symbol in the analysed source"
    raise PlanError(
        f"`{symbol}`: {trouble}", hint=f"did you mean {' or '.join(f'`{n}`' for n in near)}?" if near else ""
    )


def _one(graph: CodeGraph, symbol: str, membership: Mapping[str, str]) -> dict[str, Any]:
    """Return roles, place and neighbours of one symbol."""
    unit = next((u for u in graph.units if u.symbol == symbol), None)
    into = [edge for edge in graph.edges if edge.target == symbol]
    out = [edge for edge in graph.edges if edge.source == symbol]
    service = membership.get(top_level_of(symbol), "")
    lines = [symbol, *(_unit_lines(unit) if unit else [])]
    if service:
        lines.append(f"  stands in `{service}`")
    for title, edges, end in (("used by", into, "source"), ("uses", out, "target")):
        if edges:
            lines.append(f"  {title}:")
            lines += [f"    {line}" for edge in edges for line in _edge_lines(edge, getattr(edge, end))]
    return {
        "symbol": symbol,
        "service": service,
        "unit": msgspec.to_builtins(unit),
        "incoming": msgspec.to_builtins(into),
        "outgoing": msgspec.to_builtins(out),
        "text": "\n".join(lines),
    }


def _unit_lines(unit: Unit) -> Iterable[str]:
    """Yield what is known of a unit itself."""
    yield f"  {unit.kind} at {unit.span}" + (f": {unit.doc}" if unit.doc else "")
    if unit.entry is not None:
        yield f"  started from outside: {unit.entry.framework} {unit.entry.kind} {unit.entry.detail}".rstrip()
    for tag in unit.roles:
        yield f"  role {tag.role} ({tag.confidence:.0%})"
        yield from (f"    {reason}" for reason in tag.evidence)
    for trait in unit.resources:
        yield f"  resource {trait.resource}"
        yield from (f"    {reason}" for reason in trait.evidence)
    for effect in unit.effects:
        place = f" at {effect.span}" if effect.span is not None else ""
        yield f"  effect {effect.kind} {effect.subject}{place} {effect.detail}".rstrip()


def _two(graph: CodeGraph, first: str, second: str) -> dict[str, Any]:
    """Return the edges between two symbols or what they hold, in both directions."""
    edges = [
        edge
        for edge in graph.edges
        if (_within(edge.source, first) and _within(edge.target, second))
        or (_within(edge.source, second) and _within(edge.target, first))
    ]
    lines = [line for edge in edges for line in _edge_lines(edge, f"{edge.source} -> {edge.target}")]
    return {
        "symbols": [first, second],
        "edges": msgspec.to_builtins(edges),
        "text": "\n".join(lines) or f"no edge between `{first}` and `{second}`",
    }


def _within(symbol: str, holder: str) -> bool:
    """Return whether a symbol is `holder` or stands inside it."""
    return symbol == holder or symbol.startswith(f"{holder}.")


def _edge_lines(edge: Edge, name: str) -> Iterable[str]:
    """Yield an edge and its places."""
    extra = f" as `{edge.parameter}`" if edge.parameter else ""
    types = ", ".join(guess.type for guess in edge.types)
    yield f"{edge.kind} {name}{extra}{f' ({types})' if types else ''}  [{edge.confidence}, {edge.reason}]"
    for site in edge.sites[:MOST_SITES]:
        loops = f", inside {site.loops} loop(s)" if site.loops else ""
        yield f"    {site.path}:{site.line}{f'  {site.text}' if site.text else ''}{loops}"
    if len(edge.sites) > MOST_SITES:
        yield f"    and {len(edge.sites) - MOST_SITES} more places"
