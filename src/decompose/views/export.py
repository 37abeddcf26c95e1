"""The graph in other tools' formats."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from decompose.errors import RenderError
from decompose.ir.codec import encode_graph
from decompose.ir.graph import CodeGraph
from decompose.ir.plan import Plan
from decompose.views.dot import dot_source, render
from decompose.views.grouping import roles_of
from decompose.views.markdown import markdown
from decompose.views.mermaid import PARTS, mermaid
from decompose.views.scene import Choice

FORMATS = ("json", "graphml", "dot", "mermaid", "markdown", "csv", "svg", "png", "pdf")
_NODE_KEYS = ("family", "kind", "role", "path", "line")
_EDGE_KEYS = ("kind", "confidence", "reason", "sites", "place")


def export(
    graph: CodeGraph,
    format: str,
    *,
    plan: Plan | None = None,
    membership: Mapping[str, str] | None = None,
    **options: Any,
) -> bytes:
    """Return the graph in one of `FORMATS`.

    Args:
        graph: The system.
        format: One of `FORMATS`.
        plan: The plan whose services frame a picture.
        membership: Module-level unit to service; resolved from the plan by default.
        options: Of the pictures and diagrams: what `dot_source` takes, such as `level` and `focus`.

    Raises:
        RenderError: If the format is unknown or cannot be drawn on this machine.
    """

    def picture() -> str:
        return dot_source(graph, plan=plan, membership=membership, **options)

    framed: dict[str, Callable[[], bytes]] = {
        "json": lambda: encode_graph(graph),
        "graphml": lambda: graphml(graph).encode(),
        "csv": lambda: edges_csv(graph).encode(),
        "mermaid": lambda: mermaid(graph, plan=plan, membership=membership, choice=_choice(options)).encode(),
        "markdown": lambda: _comment(graph, plan, membership).encode(),
    }
    framed |= {name: lambda name=name: render(picture(), name) for name in ("dot", "svg", "png", "pdf")}  # type: ignore[misc]
    if format not in framed:
        raise RenderError(f"no export format `{format}`", hint=f"one of {', '.join(FORMATS)}")
    return framed[format]()


def _choice(options: Mapping[str, Any]) -> Choice:
    """Return what a diagram shows, of the options of a picture."""
    return replace(PARTS, **{name: value for name, value in options.items() if name != "dark"})


def _comment(graph: CodeGraph, plan: Plan | None, membership: Mapping[str, str] | None) -> str:
    if plan is None:
        raise RenderError("markdown is about a plan, and there is none", hint="`decompose propose` writes one")
    return markdown(graph, plan, membership=membership)


def graphml(graph: CodeGraph) -> str:
    """Return GraphML: every unit, asset, state and what they name outside, every edge with its first place."""
    nodes = dict(_nodes(graph))
    for edge in graph.edges:
        for end in (edge.source, edge.target):
            nodes.setdefault(end, ("external", "external", "", "", ""))
    out = ['<?xml version="1.0" encoding="UTF-8"?>', '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">']
    for name in _NODE_KEYS:
        out.append(f'<key id="n_{name}" for="node" attr.name="{name}" attr.type="string"/>')
    for name in _EDGE_KEYS:
        kind = "int" if name == "sites" else "string"
        out.append(f'<key id="e_{name}" for="edge" attr.name="{name}" attr.type="{kind}"/>')
    out.append(f'<graph id={quoteattr(_clean(graph.name))} edgedefault="directed">')
    for symbol, values in sorted(nodes.items()):
        inner = "".join(
            f'<data key="n_{k}">{escape(_clean(v))}</data>' for k, v in zip(_NODE_KEYS, values, strict=True) if v
        )
        out.append(f"<node id={quoteattr(_clean(symbol))}>{inner}</node>")
    for edge in graph.edges:
        place = f"{edge.sites[0].path}:{edge.sites[0].line}" if edge.sites else ""
        values = (edge.kind, edge.confidence, edge.reason, str(len(edge.sites)), place)
        inner = "".join(
            f'<data key="e_{k}">{escape(_clean(v))}</data>' for k, v in zip(_EDGE_KEYS, values, strict=True) if v
        )
        ends = f"source={quoteattr(_clean(edge.source))} target={quoteattr(_clean(edge.target))}"
        out.append(f"<edge {ends}>{inner}</edge>")
    return "\n".join([*out, "</graph>", "</graphml>", ""])


def edges_csv(graph: CodeGraph) -> str:
    """Return one row an edge: source, target, kind, confidence, reason, number of places, first place, parameter."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("source", "target", "kind", "confidence", "reason", "sites", "place", "parameter", "detail"))
    for edge in graph.edges:
        place = f"{edge.sites[0].path}:{edge.sites[0].line}" if edge.sites else ""
        row = (edge.source, edge.target, edge.kind, edge.confidence, edge.reason, len(edge.sites), place)
        writer.writerow([_disarm(str(value)) for value in (*row, edge.parameter, edge.detail)])
    return out.getvalue()


def _nodes(graph: CodeGraph) -> Iterator[tuple[str, tuple[str, str, str, str, str]]]:
    roles = roles_of(graph)
    for unit in graph.units:
        own = unit.roles[0].role if unit.roles else roles.get(unit.symbol, "")
        yield unit.symbol, ("unit", unit.kind, own, unit.span.path, str(unit.span.line))
    for asset in graph.assets:
        yield asset.symbol, ("asset", asset.kind, "", "", "")
    for state in graph.states:
        yield state.symbol, ("state", state.kind, "", state.span.path, str(state.span.line))


def _disarm(value: str) -> str:
    """Keep a spreadsheet from running a cell as a formula."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _clean(text: str) -> str:
    """Drop the characters that XML 1.0 cannot hold."""
    return "".join(
        c for c in text if c in "\t\n" or 0x20 <= ord(c) < 0xD800 or 0xE000 <= ord(c) < 0xFFFE or ord(c) > 0xFFFF
    )
