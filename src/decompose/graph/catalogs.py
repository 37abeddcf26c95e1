"""Kedro: what a node reads and writes is named in the pipeline, and where that stands in `catalog.yml`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Any

from decompose.graph.assets import Link
from decompose.graph.core import Core
from decompose.graph.library import LibraryCall, argument_values, texts_of
from decompose.graph.naming import format_of, kind_of, normal_path
from decompose.graph.objects import Bound, Function, Values
from decompose.ir.facts import column_of, line_of
from decompose.ir.graph import Site
from decompose.ir.symbols import join

_NODES = frozenset(("kedro.pipeline.node", "kedro.pipeline.Node", "kedro.pipeline.node.node"))
_CATALOG = re.compile(r"(?:(?P<root>.*)/)?conf/[^/]+/(?:.*/)?catalog[^/]*(?:/[^/]+)?\.ya?ml$")
_SIDES = (("read", "inputs", 1), ("write", "outputs", 2))


def catalog_links(core: Core, calls: Sequence[LibraryCall]) -> list[Link]:
    """Return a link for each data set of a catalog that a node's function is handed or gives back.

    Data sets that no catalog names stay in memory and are no assets; parameters are settings.
    """
    catalogs = _catalogs(core)
    if not catalogs:
        return []
    found: dict[tuple[str, str, str], Link] = {}
    for call in calls:
        if call.name in _NODES:
            for link in _of_node(core, call, catalogs):
                found.setdefault((link.unit, link.name, link.effect), link)
    return list(found.values())


def _catalogs(core: Core) -> dict[str, dict[str, Any]]:
    """Return the data sets of each project, by the project's folder."""
    catalogs: dict[str, dict[str, Any]] = {}
    for config in core.facts.configs:
        match = _CATALOG.match(config.path)
        if match and isinstance(config.content, dict):
            sets = catalogs.setdefault(match["root"] or "", {})
            for name, said in config.content.items():
                sets.setdefault(str(name).partition("@")[0], said)
    return catalogs


def _of_node(core: Core, call: LibraryCall, catalogs: dict[str, dict[str, Any]]) -> Iterator[Link]:
    path = call.frame.module.facts.path
    roots = [root for root in catalogs if not root or path.startswith(f"{root}/")]
    root = max(roots, key=len, default=None)
    if root is None:
        return
    pos = call.record.node[1]
    for effect, name, position in _SIDES:
        for text in texts_of(core, argument_values(core, call, name, position) or frozenset()):
            said = catalogs[root].get(text.text.partition("@")[0])
            place = _place(said)
            if place:
                for unit in _functions(core, argument_values(core, call, "func", 0) or frozenset()):
                    kind = "table" if said.get("table_name") == place else kind_of(place, "file")  # type: ignore[union-attr]
                    where = place if kind in ("table", "object", "url") else normal_path(posixpath.join(root, place))
                    site = Site(path, line_of(pos), column_of(pos), text=f"node({text.text})")
                    yield Link(unit, where, kind, effect, format_of(where, ""), site, call.name)  # type: ignore[arg-type]


def _place(said: object) -> str:
    """Return the path or table of a data set; empty when the catalog does not say."""
    if not isinstance(said, dict):
        return ""
    place = said.get("filepath") or said.get("path") or said.get("table_name")
    return re.sub(r"\$\{([^}]*)\}", r"{\1}", place) if isinstance(place, str) else ""


def _functions(core: Core, values: Values) -> Iterator[str]:
    for item in sorted(values):
        made = core.objects[item]
        if isinstance(made, Bound):
            made = core.objects[made.function]
        if isinstance(made, Function):
            yield join(made.module.name, made.scope.qualname)
