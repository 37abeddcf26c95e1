"""Calls over HTTP between the repositories of a fleet: who asks for a path that another one answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from msgspec.structs import replace

from decompose.ir.fleet import repository_of
from decompose.ir.graph import CodeGraph, Edge, Unit

_HERE = ("localhost", "127.0.0.1", "0.0.0.0", "[", "{")  # noqa: S104  (names to compare with)
_METHODS = {"read": ("GET", "HEAD"), "write": ("POST", "PUT", "PATCH", "DELETE")}


def join_routes(graph: CodeGraph, repositories: Sequence[str]) -> CodeGraph:
    """Return the graph with a possible call from whoever asks for a URL to the route of another repository that fits alone.

    Fits: method and path are the route's, and the host is no name of the public net, or it is the other repository's.

    Args:
        graph: Of all repositories.
        repositories: Their folders, relative to the analysed root.
    """
    paths = {module.name: module.path for module in graph.modules}
    homes = {unit.symbol: repository_of(paths.get(unit.module, ""), repositories) for unit in graph.units}
    routes = [(unit, *unit.entry.detail.split(" ", 1)) for unit in graph.units if _is_route(unit)]  # type: ignore[union-attr]
    known = {(edge.source, edge.target) for edge in graph.edges if edge.kind == "call"}
    made = []
    for edge in graph.edges:
        if edge.kind not in _METHODS or not edge.target.startswith("url:"):
            continue
        host, path = _parts(edge.target.removeprefix("url:"))
        fits = [
            unit
            for unit, method, route in routes
            if method in _METHODS[edge.kind]
            and homes[unit.symbol] != homes.get(edge.source)
            and _is_reached(host, homes[unit.symbol])
            and _matches(route, path)
        ]
        if len(fits) == 1 and (edge.source, fits[0].symbol) not in known:
            known.add((edge.source, fits[0].symbol))
            made.append(
                Edge(
                    kind="call", source=edge.source, target=fits[0].symbol, sites=edge.sites, confidence="possible",
                    reason="http",
                )
            )  # fmt: skip
    if not made:
        return graph
    edges = sorted((*graph.edges, *made), key=lambda e: (e.source, e.target, e.kind, e.parameter))
    return replace(graph, edges=tuple(edges))


def _is_route(unit: Unit) -> bool:
    return unit.entry is not None and unit.entry.kind == "route" and " /" in unit.entry.detail


def _parts(url: str) -> tuple[str, str]:
    """Return host and path of a URL, of which the beginning may be unknown (`{}/items`)."""
    if "://" in url:
        split = urlsplit(url)
        return split.netloc.rpartition("@")[2].lower(), split.path
    head, slash, rest = url.partition("/")
    return head, slash + rest.partition("?")[0]


def _is_reached(host: str, repository: str) -> bool:
    name = host.partition(":")[0]
    ours = re.sub(r"[^a-z0-9]", "", repository.rpartition("/")[2].lower())
    if not name or name.startswith(_HERE):
        return True
    first = re.sub(r"[^a-z0-9]", "", name.partition(".")[0])
    return first == ours or ("." not in name and (first in ours or ours in first))


def _matches(route: str, path: str) -> bool:
    wanted, given = route.strip("/").split("/"), path.strip("/").split("/")
    if len(wanted) != len(given) or not path.startswith("/"):
        return False
    pairs = zip(wanted, given, strict=True)
    return all(w == g or w.startswith(("{", "<")) or (g.startswith("{") and g.endswith("}")) for w, g in pairs)
