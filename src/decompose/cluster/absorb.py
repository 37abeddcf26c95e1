"""Parts that are no parts: what nothing starts by itself and one other part alone uses belongs to that one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from decompose.cluster.profile import System
from decompose.cluster.relations import USES, Relations
from decompose.cluster.scope import Scope
from decompose.cluster.stages import MASS_SCALE, OWN_WORK, STAGES, conflicts
from decompose.ir.components import strong_components
from decompose.ir.partition import SHARED

SMALL_PART = 0.5
"""Share of the system up to which a part that nothing starts or uses is taken in by whoever imports it."""
MAX_STEPS = 200
"""Pieces taken in, one after the other."""
APART_STAGES = ("training", "batch", "orchestration", "online", "ui")
"""Stages that are runs of their own also where a request starts them, and a model server behind pages."""
SMALL_CONFLICT = 400
"""Stage conflict, per mille, up to which a part is taken in by its only user."""


def absorb(
    system: System,
    relations: Relations,
    scope: Scope,
    cluster_by_unit: Mapping[str, str],
    fixed: frozenset[str],
    *,
    max_size: int = 0,
) -> dict[str, str]:
    """Return the assignment with every part taken in that has one user and no life of its own.

    A main block alone goes back to its file. Else a part is taken in when it holds no entry point, all units that use
    it from outside stand in one other part, and the two do not conflict in stage, or that one answers requests and the
    part is no run of its own: what only a request makes run is part of the answer. What only starts the stages is no user.

    Args:
        system: The profiled system.
        relations: Who uses whom.
        scope: The entry points.
        cluster_by_unit: Cluster of each unit.
        fixed: Units that stay where they are.
        max_size: Largest size of a part; 0 for no limit. With one, parts are taken in only where that leaves room.
    """
    cluster = dict(cluster_by_unit)
    started = {symbol for symbols in scope.entries.values() for symbol in symbols}
    conductors = system.conductors
    users = relations.users
    for _ in range(MAX_STEPS):
        members: dict[str, list[str]] = {}
        for symbol, name in sorted(cluster.items()):
            members.setdefault(name, []).append(symbol)
        change, target = _lone_body(system, members, cluster, fixed)
        if change and not _has_room(system, members[change], members[target], max_size):
            change = ""
        moving = members[change] if change else []
        for name, symbols in [] if change else _pieces(system, relations, members):
            near = {cluster[u] for s in symbols for u in users.get(s, ()) if u in cluster and u not in conductors}
            near.discard(name)
            is_free = not started.intersection(symbols) and not fixed.intersection(symbols)
            has_room = len(near) == 1 and _has_room(system, symbols, members[min(near)], max_size)
            if is_free and has_room and _may_join(system, symbols, members[min(near)]):
                moving, target = symbols, min(near)
                break
        if not moving:
            break
        cluster |= dict.fromkeys(moving, target)
    return _adopt(system, relations, cluster, started | fixed, max_size) if started else cluster


def dissolve(
    system: System, relations: Relations, scope: Scope, cluster_by_unit: Mapping[str, str], fixed: frozenset[str]
) -> dict[str, str]:
    """Return the assignment with parts shared that are none: settings and helpers that nothing starts and no part uses.

    Where all parts are such, they stay.
    """
    members: dict[str, list[str]] = {}
    for symbol, name in cluster_by_unit.items():
        if name != SHARED:
            members.setdefault(name, []).append(symbol)
    held = fixed.union(*scope.entries.values())
    alone = [
        symbols
        for symbols in members.values()
        if held.isdisjoint(symbols)
        and not _stage(system, symbols)
        and not any(
            user in cluster_by_unit for s in symbols for user in relations.users.get(s, frozenset()).difference(symbols)
        )
    ]
    if len(alone) == len(members):
        return dict(cluster_by_unit)
    return {**cluster_by_unit, **dict.fromkeys((symbol for symbols in alone for symbol in symbols), SHARED)}


def _pieces(system: System, relations: Relations, members: Mapping[str, list[str]]) -> list[tuple[str, list[str]]]:
    """Return the parts in pieces that have nothing to do with each other, the smallest first.

    What one file holds, or one unit of a part uses another for, is one piece.
    """
    part = {symbol: name for name, symbols in members.items() for symbol in symbols}
    number = {symbol: i for i, symbol in enumerate(part)}
    near: list[set[int]] = [set() for _ in number]
    first: dict[tuple[str, str], str] = {}
    pairs = [(first.setdefault((part[s], system.profiles[s].path), s), s) for s in part]
    pairs += [(r.source, r.target) for r in relations.pairs if r.kind != "value"]
    for a, b in pairs:
        if a != b and part.get(a, "") == part.get(b, "-"):
            near[number[a]].add(number[b])
            near[number[b]].add(number[a])
    symbols = list(part)
    found = [[symbols[i] for i in piece] for piece in strong_components([sorted(others) for others in near])]
    return sorted(((part[piece[0]], sorted(piece)) for piece in found), key=lambda item: (len(item[1]), item[1]))


def _adopt(
    system: System,
    relations: Relations,
    cluster_by_unit: Mapping[str, str],
    held: frozenset[str] | set[str],
    max_size: int,
) -> dict[str, str]:
    """Return the assignment with every small part that nothing starts or uses in the part that imports most of it."""
    cluster = dict(cluster_by_unit)
    homes = _homes(system, cluster)
    users: dict[str, set[str]] = {}
    for relation in relations.pairs:
        if relation.kind in USES and relation.kind != "import":
            users.setdefault(relation.target, set()).add(relation.source)
    members: dict[str, list[str]] = {}
    for symbol, name in sorted(cluster.items()):
        members.setdefault(name, []).append(symbol)
    for name, symbols in _pieces(system, relations, members):
        is_used = any(cluster.get(user, name) != name for symbol in symbols for user in users.get(symbol, ()))
        if is_used or held.intersection(symbols) or len(symbols) > SMALL_PART * len(cluster):
            continue
        modules = {system.profiles[symbol].module for symbol in symbols}
        importers = Counter(
            homes.get(system.profiles[r.source].module, "")
            for r in relations.pairs
            if r.kind == "import" and system.profiles[r.target].module in modules
        )
        near = sorted(
            home
            for home in importers
            if home and home != name and _has_room(system, symbols, members.get(home, []), max_size)
        )
        if near:
            cluster |= dict.fromkeys(symbols, max(near, key=lambda home: importers[home]))
    return cluster


def _homes(system: System, cluster: Mapping[str, str]) -> dict[str, str]:
    """Return the part of most of each module."""
    found: dict[str, str] = {}
    for module, symbols in system.by_module.items():
        counts = Counter(cluster[symbol] for symbol in symbols if symbol in cluster)
        if counts:
            found[module] = max(sorted(counts), key=lambda name: counts[name])
    return found


def _lone_body(
    system: System, members: Mapping[str, list[str]], cluster: Mapping[str, str], fixed: frozenset[str]
) -> tuple[str, str]:
    """Return a part that is one module body alone, and the part of most of its file; two empty names without any.

    A `__main__` block at the foot of a file is no service: it stays with the file that it starts.
    """
    for name, symbols in sorted(members.items()):
        profile = system.profiles[symbols[0]]
        if len(symbols) > 1 or profile.kind != "module" or symbols[0] in fixed:
            continue
        held = Counter(cluster[s] for s in system.by_module[profile.module] if s in cluster and s != symbols[0])
        if held:
            return name, max(sorted(held), key=lambda other: held[other])
    return "", ""


def _has_room(system: System, first: list[str], second: list[str], max_size: int) -> bool:
    """Return whether two parts together stay within the largest size."""
    return not max_size or system.size_of((*first, *second)) <= max_size


def _may_join(system: System, symbols: list[str], users: list[str]) -> bool:
    """Return whether a piece may be one part with all who use it."""
    if _agree(system, symbols, users):
        return True
    answers = any(system.profiles[user].serves for user in users)
    return answers and _stage(system, symbols) not in APART_STAGES


def _agree(system: System, first: list[str], second: list[str]) -> bool:
    """Return whether two parts are of stages that may run together."""
    a, b = _stage(system, first), _stage(system, second)
    return not a or not b or conflicts()[STAGES.index(a)][STAGES.index(b)] <= SMALL_CONFLICT


def _stage(system: System, symbols: list[str]) -> str:
    """Return the strongest stage of some units; empty when it is not what a quarter of them does."""
    mass: dict[int, int] = {}
    for symbol in symbols:
        for stage, amount in system.profiles[symbol].mass:
            mass[stage] = mass.get(stage, 0) + amount
    strongest = max(sorted(mass), key=lambda stage: mass[stage], default=0)
    return STAGES[strongest] if mass.get(strongest, 0) > MASS_SCALE * OWN_WORK * system.size_of(symbols) else ""
