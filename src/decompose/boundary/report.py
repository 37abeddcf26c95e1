"""The hazards of a proposed cut, edge by edge, as `decompose hazards` prints them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from decompose.boundary.crossing import Crossing, Land
from decompose.boundary.detect import hazards_of
from decompose.boundary.remoting import Judge, crossings, summarise
from decompose.boundary.sharing import places_of, share_definitions
from decompose.boundary.system import System, view
from decompose.errors import PlanError
from decompose.ir.graph import CodeGraph, Site
from decompose.ir.membership import membership
from decompose.ir.partition import SHARED
from decompose.ir.plan import Plan
from decompose.ir.symbols import module_of, qualname_of

EDGES = "edges"
"""Key of the edge list in a plain cut; every other key is a service with its modules."""


def hazard_report(graph: CodeGraph, cut: Plan | Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Return what each cut edge would break: `{"edges": [{caller, callee, verdict, hazards, lines, why}]}`.

    Args:
        graph: The graph of the tree.
        cut: A plan, or a plain cut: service name to modules (or symbols), and under `edges` pairs of caller and callee
            to report on (all that cross when absent).

    Raises:
        PlanError: If the cut names something that the graph does not have.
    """
    system = view(graph)
    home = membership(cut, graph) if isinstance(cut, Plan) else _homes(cut, system)
    if isinstance(cut, Plan):
        home = dict(share_definitions(system, home).home)
    land = Land(system, home)
    listed = cut.get(EDGES) if not isinstance(cut, Plan) else None
    pairs = _listed(listed, system) if listed else _crossing_calls(land)
    return {EDGES: [_entry(land, caller, callee, label) for caller, callee, label in pairs]}


def _homes(cut: Mapping[str, Sequence[Any]], system: System) -> dict[str, str]:
    """Return the home of every module-level unit under a plain cut; what no service names is shared."""
    home: dict[str, str] = {}
    for service in sorted(key for key in cut if key != EDGES):
        for entry in cut[service]:
            found = _units(str(entry), system)
            if not found:
                raise PlanError(
                    f"service `{service}`: no module or symbol `{entry}` in the analysed source",
                    hint=_near(str(entry), system),
                )
            home.update(dict.fromkeys(found, service))
    return {top: home.get(top, SHARED) for top in system.index.units}


def _units(entry: str, system: System) -> list[str]:
    """Return the module-level units that an entry names: a symbol, a module by any of its names, or a package."""
    if entry in system.index.units:
        return [entry]
    wanted = entry.removesuffix(":*").removesuffix(".*")
    names = {m.name for m in system.graph.modules if wanted in (m.name, m.path, *m.import_names)}
    names = names or {m.name for m in system.graph.modules if m.name.startswith(f"{wanted}.")}
    return [top for top in system.index.units if module_of(top) in names]


def _near(entry: str, system: System) -> str:
    """Return a hint that lists a few modules."""
    names = ", ".join(f"`{name}`" for name in sorted(system.index.modules)[:5])
    return f"modules are named like {names}"


def _listed(edges: Sequence[Any], system: System) -> list[tuple[str, str, tuple[str, str]]]:
    """Return the edges that a cut lists, as symbols, with the spelling to print."""
    return [(_symbol(str(a), system), _symbol(str(b), system), (str(a), str(b))) for a, b in edges]


def _symbol(name: str, system: System) -> str:
    """Return the symbol that a name stands for: as written, or under another import name of its module.

    Raises:
        PlanError: If there is no such unit or module.
    """
    if name in system.units or name.startswith("state:"):
        return name
    module, _, qualname = name.partition(":")
    for record in system.graph.modules:
        if module in (record.name, record.path, *record.import_names):
            symbol = f"{record.name}:{qualname or '<module>'}"
            return symbol if symbol in system.units else f"state:{symbol}"
    raise PlanError(f"no symbol `{name}` in the analysed source", hint=_near(name, system))


def _crossing_calls(land: Land) -> list[tuple[str, str, tuple[str, str]]]:
    """Return every call edge that crosses services."""
    judge = Judge(land=land, places=places_of(land.system, land.home))
    pairs = {
        (edge.source, edge.target)
        for edge, _, _ in crossings(judge)
        if edge.kind in ("call", "state_read", "state_write")
    }
    return [(source, target, (source, target)) for source, target in sorted(pairs)]


def _entry(land: Land, caller: str, callee: str, label: tuple[str, str]) -> dict[str, Any]:
    """Return the report on one edge."""
    edges = [
        e
        for e in land.system.outgoing.get(caller, ())
        if _is_same(land.system, e.target, callee) and e.kind in ("call", "state_read", "state_write")
    ]
    sites: tuple[Site, ...] = tuple(sorted({site for edge in edges for site in edge.sites}))
    kind = edges[0].kind if edges else ("state_read" if callee.startswith("state:") else "call")
    found = hazards_of(Crossing(land=land, source=caller, target=callee, sites=sites, kind=kind))
    verdict, why = summarise(found)
    lines = sorted({(site.path, site.line) for hazard in found for site in hazard.hazard.sites if site.path})
    return {
        "caller": label[0],
        "callee": label[1],
        "verdict": verdict,
        "hazards": [hazard.hazard.number for hazard in found],
        "lines": [list(line) for line in lines],
        "why": why,
    }


def _is_same(system: System, target: str, callee: str) -> bool:
    """Return whether two symbols are called alike: a class and its constructor are."""
    if target == callee:
        return True
    return (
        qualname_of(target).endswith(".__init__") and target.removesuffix(".__init__") == callee
    ) or f"{target}.__init__" == callee
