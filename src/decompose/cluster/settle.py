"""After the search: who really uses each helper decides whether it belongs to one part or is copied into several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

from decompose.cluster.contract import asset_writers, is_shareable
from decompose.cluster.profile import System
from decompose.cluster.relations import Relations
from decompose.ir.partition import SHARED

MAX_ROUNDS = 10
MOSTLY = 0.5
"""Share of a role from which a unit counts as being that and nothing else."""


def settle(
    system: System,
    relations: Relations,
    placed: Mapping[str, str],
    libraries: frozenset[str],
    *,
    bare: Iterable[str] = (),
    fixed: frozenset[str] = frozenset(),
    max_size: int = 0,
) -> dict[str, str]:
    """Return the cluster of every unit, libraries included.

    A helper that one part uses belongs to it, one that several use is shared; what nobody uses stays with its file.
    What starts the stages counts as a user only of what has no stage and nobody else uses, and of configuration and other
    support code, which it needs as every part does. Repeated, because a library's own helpers follow it.

    Args:
        system: The profiled system.
        relations: Who uses whom.
        placed: Cluster of each searched unit.
        libraries: Units kept out of the search.
        bare: Module bodies of nothing but imports; each follows its module, else its package.
        fixed: Units that stay where they are.
        max_size: Largest size of a part; 0 for no limit. A helper for which there is no room is shared.
    """
    conductors, writers = system.conductors, asset_writers(relations)
    users = {
        unit: found if _is_support(system, unit) else found - conductors or _starters(system, unit, found)
        for unit, found in relations.users.items()
    }
    cluster, bare = dict(placed), sorted(bare)
    pending = sorted(libraries)
    movable = [s for s in sorted(placed) if s not in fixed and _is_helper(system, s, writers)]
    for _ in range(MAX_ROUNDS):
        before = dict(cluster)
        cluster |= _follow(system, placed, cluster, bare)
        for symbol in pending + movable:
            target = _target(symbol, users, cluster)
            if target and target != cluster.get(symbol):
                cluster[symbol] = target if _has_room(system, cluster, symbol, target, max_size) else SHARED
        if cluster == before:
            break
    homes = _homes(system, cluster)
    for symbol in pending:
        if symbol not in cluster:
            home = homes.get(system.profiles[symbol].path, SHARED)
            cluster[symbol] = home if _has_room(system, cluster, symbol, home, max_size) else SHARED
    return cluster | _follow(system, cluster, cluster, bare)


def _follow(system: System, members: Iterable[str], cluster: Mapping[str, str], bare: Iterable[str]) -> dict[str, str]:
    """Return where module bodies without statements stand: with most of their module, else of the nearest package."""
    bodies = list(bare)
    counts: dict[str, Counter[str]] = {}
    for symbol in members if bodies else ():
        if symbol in cluster:
            for scope in _scopes(system.profiles[symbol].module):
                counts.setdefault(scope, Counter())[cluster[symbol]] += 1
    found: dict[str, str] = {}
    for symbol in bodies:
        scope = system.profiles[symbol].module
        while scope and scope not in counts:
            scope = scope.rpartition(".")[0]
        held = counts.get(scope)
        found[symbol] = max(sorted(held), key=lambda name: held[name]) if held else SHARED
    return found


@cache
def _scopes(module: str) -> tuple[str, ...]:
    """Return a module and the packages above it."""
    parts = module.split(".")
    return tuple(".".join(parts[:i]) for i in range(1, len(parts) + 1))


def _is_support(system: System, symbol: str) -> bool:
    """Return whether a unit is support code and nothing else."""
    profile = system.profiles.get(symbol)
    return profile is not None and not profile.stage and profile.roles.get("config_util", 0.0) >= MOSTLY


def _starters(system: System, symbol: str, users: frozenset[str]) -> frozenset[str]:
    """Return who uses a unit that conductors alone use: none where it has a stage, for then it is a step of theirs."""
    profile = system.profiles.get(symbol)
    return frozenset() if profile is not None and profile.stage else users


def _is_helper(system: System, symbol: str, writers: frozenset[str]) -> bool:
    """Return whether a searched unit follows its users: it could be copied and no work of its own holds it."""
    return is_shareable(system, symbol, writers)


def _target(symbol: str, users: Mapping[str, frozenset[str]], cluster: Mapping[str, str]) -> str:
    """Return where the users of a helper want it; empty when nobody placed uses it."""
    wanted = {cluster[user] for user in users.get(symbol, ()) if user in cluster}
    if not wanted:
        return ""
    return wanted.pop() if len(wanted) == 1 else SHARED


def _has_room(system: System, cluster: Mapping[str, str], symbol: str, target: str, max_size: int) -> bool:
    """Return whether a part stays within the largest size with one more unit."""
    if not max_size or target == SHARED:
        return True
    held = (s for s, name in cluster.items() if name == target and s != symbol)
    return system.size_of((*held, symbol)) <= max_size


def _homes(system: System, cluster: Mapping[str, str]) -> dict[str, str]:
    """Return the cluster that holds most of each file."""
    counts: dict[str, dict[str, int]] = {}
    for symbol, name in cluster.items():
        held = counts.setdefault(system.profiles[symbol].path, {})
        held[name] = held.get(name, 0) + 1
    return {path: max(sorted(held), key=lambda name: held[name]) for path, held in counts.items()}
