"""What `propose --json` says of every unit and asset, for tools."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from decompose.ir.graph import CodeGraph, Unit
from decompose.ir.membership import home, membership
from decompose.ir.partition import DEAD, OFFLINE
from decompose.ir.plan import Plan
from decompose.ir.symbols import is_asset, module_of
from decompose.ir.units import index_units

_NOT_DATA = ("env", "url", "cache", "directory")


def proposal(plan: Plan, graph: CodeGraph) -> dict[str, Any]:
    """Return service and role of every unit, and who reads and writes every asset, as plain JSON values.

    Methods follow their class, notebook cells stand under the notebook's path. A dead unit carries `"dead": true`
    beside the service where it would belong.
    """
    index = index_units(graph)
    placed = membership(plan, graph)
    homes = home(graph, placed)
    units: dict[str, dict[str, Any]] = {}
    for unit in sorted(graph.units, key=lambda u: u.symbol):
        top = index.owner(unit.symbol)
        if unit.kind == "lambda" or not top:
            continue
        units[unit.symbol] = _entry(unit, homes[top], is_dead=placed[top] == DEAD)
        if unit.symbol.partition(":")[0].endswith(".ipynb"):
            units.setdefault(module_of(unit.symbol), _entry(unit, homes[top], is_dead=False))
    return {
        "units": dict(sorted(units.items())),
        "assets": _assets(graph, {top for top, place in placed.items() if place == OFFLINE}),
    }


def _entry(unit: Unit, service: str, *, is_dead: bool) -> dict[str, Any]:
    """Return what is said of one unit."""
    role = max(unit.roles, key=lambda tag: tag.confidence).role if unit.roles else "config_util"
    return {"service": service, "role": role} | ({"dead": True} if is_dead else {})


def _assets(graph: CodeGraph, aside: Collection[str]) -> list[dict[str, Any]]:
    """Return who reads and writes each data asset, sorted by name.

    Left out: settings and addresses (environment, URLs, caches, folders), assets of which nothing is named, and what
    only units that are not deployed do (`aside`). Nested functions count as the unit that holds them.
    """
    index = index_units(graph)
    parents = {unit.symbol: unit.parent for unit in graph.units if "nested" in unit.flags or unit.kind == "lambda"}
    touched: dict[str, dict[str, set[str]]] = {}
    for edge in graph.edges:
        if edge.kind in ("read", "write") and is_asset(edge.target) and index.owner(edge.source) not in aside:
            source = edge.source
            while parents.get(source):
                source = parents[source]
            touched.setdefault(edge.target, {}).setdefault(edge.kind, set()).add(source)
    found: list[dict[str, Any]] = []
    for asset in sorted(graph.assets, key=lambda a: a.symbol):
        ways = touched.get(asset.symbol, {})
        if not ways or asset.kind in _NOT_DATA or not _is_named(asset.name):
            continue
        found.append(
            {
                "name": asset.name,
                "kind": asset.kind,
                "read_by": sorted(ways.get("read", ())),
                "written_by": sorted(ways.get("write", ())),
            }
        )
    return found


def _is_named(name: str) -> bool:
    """Return whether something of the last part of an asset's name is known (`{}.csv` says nothing)."""
    bare = re.sub(r"\{[^{}]*\}", "", name.rstrip("/").rpartition("/")[2])
    return bool(re.search(r"[A-Za-z0-9]", bare.rpartition(".")[0] if bare.startswith(".") else bare))
