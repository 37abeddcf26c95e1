"""Why: a unit's role and place, or the edges between two, each with its lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from decompose.errors import PlanError
from decompose.ir import symbols
from decompose.ir.graph import CodeGraph, Edge, Unit
from decompose.ir.masking import mask
from decompose.views.palette import ROLE_LABELS
from decompose.views.places import Places

MOST_EDGES = 12
_ORDER = ("call", "inherit", "read", "write", "state_read", "state_write", "import", "value")
"""Kinds of edges, the telling ones first."""


def explanation(
    graph: CodeGraph,
    names: Sequence[str],
    *,
    membership: Mapping[str, str] | None = None,
    lines: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """Return why a thing is what it is, or, for two, why the edges between them exist.

    Args:
        graph: The system.
        names: One or two symbols: a unit, a module, an asset, a state.
        membership: Module-level unit to service, for its place.
        lines: Source lines by path, to be quoted as evidence, secrets masked.

    Returns:
        `text` for people, and the same facts as plain JSON values.

    Raises:
        PlanError: If a symbol is not in the graph; the nearest known ones are named.
    """
    known = _known(graph)
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=3, cutoff=0.5)
            hint = (
                f"did you mean {', '.join(f'`{other}`' for other in near)}?"
                if near
                else "`decompose export --format csv` lists all"
            )
            raise PlanError(f"no symbol `{name}` in the analysed source", hint=hint)
    where, places = membership or {}, Places(graph, lines or {})
    if len(names) > 1:
        return _between(graph, places, names[0], names[1])
    return _about(graph, places, names[0], where)


def _known(graph: CodeGraph) -> set[str]:
    named = {unit.symbol for unit in graph.units} | {module.name for module in graph.modules}
    return named | {asset.symbol for asset in graph.assets} | {state.symbol for state in graph.states}


def _about(graph: CodeGraph, places: Places, name: str, where: Mapping[str, str]) -> dict[str, Any]:
    units = [unit for unit in graph.units if unit.symbol == name]
    if not units:
        return _container(graph, places, name, where)
    unit = units[0]
    service = where.get(symbols.top_level_of(name), "")
    edges = sorted(graph.edges, key=lambda edge: _ORDER.index(edge.kind) if edge.kind in _ORDER else len(_ORDER))
    outward = [edge for edge in edges if _within(edge.source, name)]
    inward = [edge for edge in edges if _within(edge.target, name) and not _within(edge.source, name)]
    facts = {
        "symbol": name,
        "kind": unit.kind,
        "place": places.name(unit.span.path, unit.span.line),
        "service": service,
        "entry": f"{unit.entry.framework} {unit.entry.kind} {unit.entry.detail}".strip() if unit.entry else "",
        "roles": [
            {"role": t.role, "confidence": round(t.confidence, 3), "evidence": list(t.evidence)} for t in unit.roles
        ],
        "resources": [{"resource": t.resource, "evidence": list(t.evidence)} for t in unit.resources],
        "effects": [
            {"kind": e.kind, "subject": e.subject, "place": str(e.span) if e.span else ""} for e in unit.effects
        ],
        "columns": [{"name": c.name, "use": c.use, "line": c.line} for c in unit.columns],
        "needs": [_edge(edge, places) for edge in outward if not _within(edge.target, name)],
        "needed_by": [_edge(edge, places) for edge in inward],
    }
    return {"text": "\n".join(_lines(unit, facts)), **facts}


def _lines(unit: Unit, facts: Mapping[str, Any]) -> list[str]:
    out = [f"{unit.symbol}  ({unit.kind}, {facts['place']})"]
    out += [f"  {unit.doc}"] if unit.doc else []
    out += [f"  stands in `{facts['service']}`"] if facts["service"] else []
    out += [f"  started from outside: {facts['entry']}"] if facts["entry"] else []
    for tag in unit.roles:
        out.append(f"  role {ROLE_LABELS.get(tag.role, tag.role)} ({tag.confidence:.2f})")
        out += [f"    {reason}" for reason in tag.evidence]
    out += ["  role: none was found"] if not unit.roles else []
    out += _types(unit)
    out += _columns(unit)
    for trait in unit.resources:
        out.append(f"  needs {trait.resource}: {'; '.join(trait.evidence) or 'no line recorded'}")
    out += [
        f"  {e['kind'].replace('_', ' ')} {e['subject']} {e['place']}".rstrip() for e in facts["effects"][:MOST_EDGES]
    ]
    for title, key, end in (("needs", "needs", "target"), ("needed by", "needed_by", "source")):
        edges = facts[key]
        out += [f"  {title} ({len(edges)})"] if edges else []
        out += [f"    {edge['kind']} {edge[end]}{edge['what']}  {edge['why']}" for edge in edges[:MOST_EDGES]]
        out += [f"    and {len(edges) - MOST_EDGES} more"] if len(edges) > MOST_EDGES else []
    return out


def _container(graph: CodeGraph, places: Places, name: str, where: Mapping[str, str]) -> dict[str, Any]:
    """Return what a module holds, or who touches an asset or a state."""
    inside = [unit for unit in graph.units if unit.module == name]
    if inside:
        rows = [
            f"  {u.symbol}  {u.span.line}  {', '.join(ROLE_LABELS[t.role] for t in u.roles[:1]) or '-'}"
            f"{'  ' + where[u.symbol] if u.symbol in where else ''}"
            for u in inside
        ]
        return {"text": "\n".join([name, *rows]), "symbol": name, "kind": "module", "units": [u.symbol for u in inside]}
    edges = [edge for edge in graph.edges if name in (edge.source, edge.target)]
    touches = [_edge(edge, places) for edge in edges]
    rows = [
        line
        for edge, t in zip(edges, touches, strict=True)
        for line in (f"  {t['kind'].replace('_', ' ')}: {t['source']}  {t['why']}", *_quoted(edge, places))
    ]
    return {"text": "\n".join([name, *(rows or ["  nothing touches it"])]), "symbol": name, "touched_by": touches}


def _between(graph: CodeGraph, places: Places, first: str, second: str) -> dict[str, Any]:
    edges = [
        edge
        for edge in graph.edges
        if (_within(edge.source, first) and _within(edge.target, second))
        or (_within(edge.source, second) and _within(edge.target, first))
    ]
    rows = [line for edge in edges for line in _edge_lines(edge, places)]
    text = "\n".join(rows or [f"no edge joins `{first}` and `{second}`"])
    return {"text": text, "symbols": [first, second], "edges": [_edge(edge, places) for edge in edges]}


def _edge_lines(edge: Edge, places: Places) -> Iterable[str]:
    parameter = f", parameter `{edge.parameter}`" if edge.parameter else ""
    yield f"{edge.source} -> {edge.target}  {edge.kind}, {edge.confidence}, {edge.reason}{parameter}"
    for site in edge.sites:
        loops = f"  in {site.loops} loop{'s' if site.loops > 1 else ''}" if site.loops else ""
        text = places.text(site.path, site.line) or mask(site.text)
        yield f"  {places.name(site.path, site.line)}{loops}  {text}".rstrip()


def _quoted(edge: Edge, places: Places) -> Iterable[str]:
    """Yield the line of the first place of an edge."""
    text = places.text(edge.sites[0].path, edge.sites[0].line) if edge.sites else None
    if text:
        yield f"    {text}"


def _edge(edge: Edge, places: Places) -> dict[str, Any]:
    named = [places.name(site.path, site.line) for site in edge.sites]
    why = f"{named[0] if named else ''} {edge.reason if edge.reason != 'direct' else ''}".strip()
    doubt = "" if edge.confidence == "certain" else " (possible)"
    return {
        "source": edge.source, "target": edge.target, "kind": edge.kind, "confidence": edge.confidence,
        "reason": edge.reason, "places": named, "lines": [places.text(site.path, site.line) or "" for site in edge.sites],
        "why": why + doubt, "what": _flowing(edge),
    }  # fmt: skip


def _flowing(edge: Edge) -> str:
    """Return what a value edge carries: the parameter that receives it, and its likeliest type."""
    if edge.kind != "value":
        return ""
    kind = f": {edge.types[0].type} ({edge.types[0].provenance})" if edge.types else ""
    return f" {'result' if edge.parameter == 'return' else f'`{edge.parameter}`'}{kind}"


def _columns(unit: Unit) -> list[str]:
    """Return which columns a unit reads, makes and drops, a line each."""
    uses = (("read", "reads columns"), ("write", "makes columns"), ("drop", "drops columns"))
    named = ((text, [f"`{c.name}`" for c in unit.columns if c.use == use]) for use, text in uses)
    return [f"  {text} {', '.join(names)}" for text, names in named if names]


def _types(unit: Unit) -> list[str]:
    """Return what is known of the types of parameters and result, a line each."""
    if unit.signature is None:
        return []
    typed = [(p.name, p.types) for p in unit.signature.parameters if p.name not in ("self", "cls")]
    shown = [(f"takes `{name}`", types) for name, types in typed] + [("gives", unit.signature.return_types)]
    return [
        f"  {what}: {types[0].type} ({types[0].confidence}, {types[0].provenance})" for what, types in shown if types
    ]


def _within(symbol: str, name: str) -> bool:
    """Return whether a symbol is a thing or stands inside it."""
    return symbol == name or symbol.startswith(f"{name}.") or (":" not in name and symbols.module_of(symbol) == name)
