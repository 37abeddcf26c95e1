"""What `propose --json` says of every unit and asset, for tools."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from decompose.ir.graph import Asset, CodeGraph, Unit
from decompose.ir.membership import home, membership
from decompose.ir.partition import DEAD, OFFLINE
from decompose.ir.plan import Plan
from decompose.ir.symbols import is_asset, module_of
from decompose.ir.units import index_units

_NOT_DATA = ("env", "cache", "directory")


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

    Left out: settings and addresses (environment, services, caches, folders), assets of which nothing is named, and
    what only units that are not deployed do (`aside`). Nested functions count as the unit that holds them.
    """
    given = _given_at_start(graph)
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
        name = _shown_name(asset, given)
        if not ways or not name:
            continue
        found.append(
            {
                "name": name,
                "kind": asset.kind,
                "read_by": sorted(ways.get("read", ())),
                "written_by": sorted(ways.get("write", ())),
            }
        )
    return found


def _given_at_start(graph: CodeGraph) -> set[str]:
    """Return the parameters of what a person starts: an asset that one of them names has no other name."""
    return {
        parameter.name
        for unit in graph.units
        if unit.entry is not None and unit.entry.kind in ("cli", "main", "flow") and unit.signature is not None
        for parameter in unit.signature.parameters
    }


def _shown_name(asset: Asset, given: Collection[str]) -> str:
    """Return what an asset is called for a reader; empty when it is no data, or has no name.

    A file fetched from an address is called `… (URL)`, one that an argument of a command names `argument (FORMAT)`.
    """
    if asset.kind == "url":
        return f"{asset.name} (URL)" if asset.format and "{" not in asset.name else ""
    hole = re.fullmatch(r"\{(\w+)\}", asset.name)
    if hole and hole[1] in given and asset.format:
        return f"{hole[1]} ({asset.format.upper()})"
    return asset.name if asset.kind not in _NOT_DATA and _is_named(asset.name) else ""


def _is_named(name: str) -> bool:
    """Return whether something of the last part of an asset's name is known (`{}.csv` says nothing)."""
    bare = re.sub(r"\{[^{}]*\}", "", name.rstrip("/").rpartition("/")[2])
    return bool(re.search(r"[A-Za-z0-9]", bare.rpartition(".")[0] if bare.startswith(".") else bare))
