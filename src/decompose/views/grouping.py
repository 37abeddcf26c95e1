"""Ways to gather units into a few boxes: by the plan's services, by package, by ML role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from decompose.ir import symbols
from decompose.ir.graph import CodeGraph, Unit
from decompose.ir.membership import OFFLINE_KINDS
from decompose.ir.plan import Plan
from decompose.views.links import top_units
from decompose.views.palette import LIFE_CYCLE, ROLE_LABELS

MOST_PACKAGES = 18
"""Packages shown at once; deeper folders are opened only while the number stays below."""


@dataclass(frozen=True, slots=True)
class Group:
    """A box that holds units."""

    name: str
    kind: str
    """`service`, `job`, `gateway`, `library`, `offline`, `dead`, `package` or `role`."""
    because: str = ""
    note: str = ""
    locked: tuple[str, ...] = ()

    @property
    def is_deployed(self) -> bool:
        """Whether what it holds runs by itself, so that an edge into it is a remote one."""
        return self.kind not in ("library", "offline", "dead")


@dataclass(frozen=True, slots=True)
class Grouping:
    """Every module-level unit in one group."""

    by: str
    """`service`, `package` or `role`."""
    groups: tuple[Group, ...]
    group_by_unit: Mapping[str, str]


def role_of(unit: Unit) -> str:
    """Return the strongest role of a unit; empty when it has none."""
    return max(unit.roles, key=lambda tag: tag.confidence).role if unit.roles else ""


def by_service(graph: CodeGraph, plan: Plan | None, membership: Mapping[str, str]) -> Grouping:
    """Return the grouping that a plan makes; a unit without a place in it counts as not deployed."""
    named = {service.name: service for service in plan.services} if plan else {}
    kinds = {"shared": "library", "offline": "offline", "dead": "dead"}
    group_by_unit = {symbol: membership.get(symbol, "offline") for symbol in top_units(graph)}
    names = sorted({*named, *group_by_unit.values()}, key=lambda name: (name in kinds, name))
    groups = tuple(
        Group(name, named[name].kind, named[name].because, named[name].note, named[name].locked)
        if name in named
        else Group(name, kinds.get(name, "service"))
        for name in names
    )
    return Grouping("service", groups, group_by_unit)


def by_role(graph: CodeGraph) -> Grouping:
    """Return the grouping by ML role, in life-cycle order."""
    role_by_unit = _spread_roles(graph)
    aside = _aside(graph)
    present = sorted(
        {role for s, role in role_by_unit.items() if s not in aside}, key=lambda role: (_stage(role), role)
    )
    groups = [Group(ROLE_LABELS.get(role, role), "role") for role in present]
    named = {s: aside.get(s) or ROLE_LABELS.get(role, role) for s, role in role_by_unit.items()}
    return Grouping("role", (*groups, *_aside_groups(aside)), named)


def by_package(graph: CodeGraph, *, most: int = MOST_PACKAGES) -> Grouping:
    """Return the grouping by folder, opened as deep as `most` boxes allow."""
    units = top_units(graph)
    aside = _aside(graph)
    parts_by_module = {unit.module: _parts(unit.module) for s, unit in units.items() if s not in aside}
    package_by_module = _packages(parts_by_module, most)
    groups = [Group(name, "package") for name in sorted(set(package_by_module.values()))]
    named = {s: aside.get(s) or package_by_module[unit.module] for s, unit in units.items()}
    return Grouping("package", (*groups, *_aside_groups(aside)), named)


def _aside(graph: CodeGraph) -> dict[str, str]:
    """Return the name of the group of every unit in test, notebook or packaging code; none when all code is such."""
    kinds = {module.name: module.kind for module in graph.modules}
    units = top_units(graph)
    found = {s: f"{kinds[u.module]} code" for s, u in units.items() if kinds.get(u.module) in OFFLINE_KINDS}
    return found if len(found) < len(units) else {}


def _aside_groups(aside: Mapping[str, str]) -> tuple[Group, ...]:
    return tuple(Group(name, "offline") for name in sorted(set(aside.values())))


def _spread_roles(graph: CodeGraph) -> dict[str, str]:
    """Return the role of each unit; a class without one takes the commonest of its methods."""
    inner: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for unit in graph.units:
        if role := role_of(unit):
            inner[symbols.top_level_of(unit.symbol)][role] += 1
    result: dict[str, str] = {}
    for symbol, unit in top_units(graph).items():
        votes = inner.get(symbol, {})
        result[symbol] = role_of(unit) or (max(sorted(votes), key=lambda role: votes[role]) if votes else "")
    return result


def roles_of(graph: CodeGraph) -> dict[str, str]:
    """Return the role of each module-level unit, empty for none."""
    return _spread_roles(graph)


def _stage(role: str) -> int:
    return LIFE_CYCLE.index(role) if role in LIFE_CYCLE else len(LIFE_CYCLE)


def _parts(module: str) -> tuple[str, ...]:
    """Return the path parts of a module's name: dotted, or slashed for a notebook."""
    return tuple(module.split("/")) if module.endswith(".ipynb") else tuple(module.split("."))


def _packages(parts_by_module: Mapping[str, tuple[str, ...]], most: int) -> dict[str, str]:
    """Open the heaviest package one level at a time while the number of boxes stays at or below `most`."""
    members: dict[tuple[str, ...], list[str]] = {(): sorted(parts_by_module)}
    sealed: set[tuple[str, ...]] = set()
    while True:
        candidates = sorted(set(members) - sealed, key=lambda key: (-len(members[key]), key))
        if not candidates:
            break
        opened = _open(candidates[0], members[candidates[0]], parts_by_module)
        if len(members) - 1 + len(opened) > most or set(opened) == {candidates[0]}:
            sealed.add(candidates[0])
            continue
        del members[candidates[0]]
        members.update(opened)
    return {module: ".".join(key) or "top level" for key, modules in members.items() for module in modules}


def _open(
    key: tuple[str, ...], modules: Iterable[str], parts_by_module: Mapping[str, tuple[str, ...]]
) -> dict[tuple[str, ...], list[str]]:
    """Return the modules of a package by the next part of their names; lone modules stay with the package."""
    folders = {parts[: len(key) + 1] for parts in parts_by_module.values() if len(parts) > len(key) + 1}
    result: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for module in modules:
        longer = parts_by_module[module][: len(key) + 1]
        result[longer if longer in folders and longer != key else key].append(module)
    return dict(result)
