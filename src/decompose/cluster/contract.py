"""What may not part, and what is a library: settled before anything is searched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from decompose.cluster.constraints import Constraints
from decompose.cluster.network import are_apart
from decompose.cluster.process import page_apps, routed_apps
from decompose.cluster.profile import System
from decompose.cluster.relations import Relation, Relations
from decompose.cluster.stages import STAGES, conflicts
from decompose.ir.components import strong_components
from decompose.ir.symbols import MODULE_BODY, qualname_of

COMPONENT_LIMIT = 0.25
"""Share of the system above which a cycle of calls is not taken for one piece: everything would be."""
HELPER_CONFLICT = 500
"""Stage conflict, per mille, between the users of a helper without a stage that makes it a library."""
DEFINITION_CONFLICT = 850
"""The same for preprocessing and definitions of models: what training and inference must run alike."""
MANY_MODULES = 4
"""A helper without a stage that this many modules of two or more stages use is a library."""


def atoms(
    system: System,
    relations: Relations,
    members: Iterable[str],
    *,
    constraints: Constraints,
    offline: Iterable[str] = (),
) -> list[tuple[str, ...]]:
    """Return the groups of units that stay together, sorted; every member is in exactly one.

    Held together are: cycles of certain calls, a class and its own base, a network and what it computes with, who makes an
    optimizer and who steps it, a record or private helper and its only user, mutable state and the units of its module
    that touch it, the pages and the routes of one application, and what is locked to one service.

    Args:
        system: The profiled system.
        relations: Who uses whom.
        members: The units that are searched.
        constraints: What a person has fixed; units that they keep apart are never joined.
        offline: Units that take no part, such as tests.
    """
    chosen = sorted(members)
    joined, locked = _Groups(chosen, constraints, system), constraints.locked
    first_by_service: dict[str, str] = {}
    for symbol in chosen:
        if symbol in locked:
            joined.join(symbol, first_by_service.setdefault(locked[symbol], symbol))
    for group in _cycles(system, relations, chosen):
        for symbol in group[1:]:
            joined.join(group[0], symbol)
    inside = frozenset(chosen)
    for relation in relations.pairs:
        is_inside = relation.source in inside and relation.target in inside
        if is_inside and (relation.kind == "inherit" or _passes_gradients(system, relation)):
            joined.join(relation.target, relation.source)
    for bodies in page_apps(system):
        for body in bodies[1:]:
            if bodies[0] in inside and body in inside:
                joined.join(bodies[0], body)
    for answerers in routed_apps(system, relations, offline):
        together = [unit for unit in answerers if unit in inside]
        for unit in together[1:]:
            joined.join(together[0], unit)
    for user, helper in _single_users(system, relations, inside):
        if not constraints.max_size or joined.size(user) + joined.size(helper) <= constraints.max_size:
            joined.join(user, helper)
    for touches in relations.states.values():
        by_module: dict[str, list[str]] = {}
        for unit, _ in touches:
            if unit in inside:
                by_module.setdefault(system.profiles[unit].module, []).append(unit)
        for units in by_module.values():
            for unit in units[1:]:
                joined.join(units[0], unit)
    return joined.groups()


def libraries(system: System, relations: Relations, core: Iterable[str]) -> frozenset[str]:
    """Return the units that are used from parts that want to run apart: copied, not called.

    A helper without a stage is a library when the stages of its users conflict; preprocessing and definitions (records,
    exceptions, bases, networks) when training and inference both use them. Users without a stage of their own count by
    the stages of those who use them.
    """
    chosen = sorted({*core, *(symbol for symbol, profile in system.profiles.items() if profile.is_bare)})
    users = relations.users
    conductors, writers = system.conductors, asset_writers(relations)
    needed_by = _stages_of_users(system, chosen, users, conductors)
    table = conflicts()
    found: set[str] = set()
    for symbol in chosen:
        profile = system.profiles[symbol]
        if profile.is_bare or not is_shareable(system, symbol, writers):
            continue
        stages = sorted(needed_by[symbol])
        worst = max((table[a][b] for a in stages for b in stages), default=0)
        modules = {system.profiles[user].module for user in users.get(symbol, ())} - {profile.module}
        limit = DEFINITION_CONFLICT if profile.stage else HELPER_CONFLICT
        if worst >= limit or (not profile.stage and len(stages) > 1 and len(modules) >= MANY_MODULES):
            found.add(symbol)
    return frozenset(found | _computed_with(system, relations, found, writers))


def _computed_with(system: System, relations: Relations, shared: set[str], writers: frozenset[str]) -> set[str]:
    """Return what networks among the shared units compute with: it is copied with them."""
    found: set[str] = set()
    calls = [
        relation
        for relation in relations.pairs
        if _passes_gradients(system, relation)
        and relation.target not in writers
        and not system.profiles[relation.target].entries
    ]
    while True:
        known = shared | found
        more = {r.target for r in calls if r.source in known and r.target not in known}
        if not more:
            return found
        found |= more


def is_shareable(system: System, symbol: str, writers: frozenset[str]) -> bool:
    """Return whether a unit could be copied: it is no entry point, and no stage's own work."""
    profile = system.profiles[symbol]
    if profile.entries:
        return False
    return not profile.stage or (_is_definition(system, symbol) and symbol not in writers)


def asset_writers(relations: Relations) -> frozenset[str]:
    """Return the units that write an asset."""
    return frozenset(unit for touches in relations.assets.values() for unit, way in touches if way == "write")


def _is_definition(system: System, symbol: str) -> bool:
    """Return whether a unit with a stage is preprocessing, or defines something for others."""
    profile = system.profiles[symbol]
    if profile.is_library_like:
        return True
    return profile.stage == "data" and profile.kind != "module"


def _stages_of_users(
    system: System, chosen: list[str], users: Mapping[str, frozenset[str]], conductors: frozenset[str]
) -> dict[str, set[int]]:
    """Return the stages that need each unit, seen through users without a stage."""
    number = {symbol: i for i, symbol in enumerate(chosen)}
    successors: list[list[int]] = [[] for _ in chosen]
    for symbol in chosen:
        for user in users.get(symbol, ()):
            if user in number:
                successors[number[user]].append(number[symbol])
    main_stages = _main_stages(system)
    needed: list[set[int]] = [set() for _ in chosen]
    for component in reversed(strong_components(successors)):
        shared: set[int] = set().union(*(needed[i] for i in component))
        for i in component:
            profile = system.profiles[chosen[i]]
            needed[i] = set(shared)
            is_silent = chosen[i] in conductors
            stage = main_stages[profile.module] if profile.is_bare else profile.stage
            passed = {STAGES.index(stage)} if stage else shared
            for other in successors[i] if not is_silent else ():
                needed[other] |= passed
    return {symbol: needed[i] for i, symbol in enumerate(chosen)}


def _main_stages(system: System) -> dict[str, str]:
    """Return the stage of most of each module, by size; empty for a module without stages."""
    found: dict[str, str] = {}
    for module, symbols in system.by_module.items():
        sizes: dict[str, int] = {}
        for symbol in symbols:
            profile = system.profiles[symbol]
            if not profile.is_bare:
                sizes[profile.stage] = sizes.get(profile.stage, 0) + profile.size
        found[module] = max(sorted(sizes), key=lambda stage: sizes[stage], default="")
    return found


def _cycles(system: System, relations: Relations, chosen: list[str]) -> list[list[str]]:
    """Return the cycles of certain calls between functions and classes, unless one swallows the system."""
    number = {symbol: i for i, symbol in enumerate(chosen)}
    successors: list[list[int]] = [[] for _ in chosen]
    for relation in relations.pairs:
        is_plain_call = relation.kind == "call" and relation.is_certain and _is_body_free(relation)
        if is_plain_call and relation.source in number and relation.target in number:
            successors[number[relation.source]].append(number[relation.target])
    limit = COMPONENT_LIMIT * sum(system.profiles[symbol].size for symbol in chosen)
    found = [[chosen[i] for i in component] for component in strong_components(successors) if len(component) > 1]
    return [group for group in found if sum(system.profiles[s].size for s in group) <= max(limit, 4)]


def _passes_gradients(system: System, relation: Relation) -> bool:
    """Return whether a network, or a part of one, computes with the other or what it gives, or an optimizer is handed on.

    No gradient comes from another process, and an optimizer changes the parameters that it was made with.
    """
    if relation.kind != "call" or not relation.is_certain:
        return False
    source, target = relation.source, relation.target
    if source in system.networks and (target in system.networks or target in system.giving_functions):
        return True
    return source in system.optimizing and target in system.optimizing


def _is_body_free(relation: Relation) -> bool:
    """Return whether neither end is a module body: those call in both directions by registration."""
    return MODULE_BODY not in (qualname_of(relation.source), qualname_of(relation.target))


def _single_users(system: System, relations: Relations, inside: frozenset[str]) -> Iterable[tuple[str, str]]:
    """Yield (user, helper) where a record or private helper has a single user that it must follow."""
    conductors = system.conductors
    for helper, users in sorted(relations.users.items()):
        near = sorted(users & inside)
        if helper not in inside or len(near) != 1 or near[0] in conductors:
            continue
        user, own = system.profiles[near[0]], system.profiles[helper]
        if own.entries or own.kind == "module" or (own.stage and own.stage != user.stage):
            continue
        is_private = qualname_of(helper).startswith("_")
        if (user.path == own.path and user.kind != "module") or is_private or own.is_library_like:
            yield near[0], helper


class _Groups:
    """Disjoint sets of units; two locked services, or two sides of a rule, never fall into one set."""

    def __init__(self, symbols: list[str], constraints: Constraints, system: System) -> None:
        self.parent = {symbol: symbol for symbol in symbols}
        self.sizes = {symbol: system.size_of((symbol,)) for symbol in symbols}
        self.service = {symbol: constraints.locked.get(symbol, "") for symbol in symbols}
        self.sides = {symbol: constraints.sides[symbol] for symbol in symbols if symbol in constraints.sides}

    def join(self, first: str, second: str) -> None:
        """Put two units into one set, unless a person forbids it."""
        a, b = self._find(first), self._find(second)
        if a == b or (self.service[a] and self.service[b] and self.service[a] != self.service[b]):
            return
        low, high = min(a, b), max(a, b)
        both = self.sides.get(low, frozenset()), self.sides.get(high, frozenset())
        if are_apart(*both):
            return
        self.parent[high] = low
        self.sizes[low] += self.sizes[high]
        self.service[low] = self.service[low] or self.service[high]
        self.sides[low] = both[0] | both[1]

    def size(self, symbol: str) -> int:
        """Return the size of the set that a unit is in."""
        return self.sizes[self._find(symbol)]

    def groups(self) -> list[tuple[str, ...]]:
        """Return the sets, each sorted, in the order of their first members."""
        found: dict[str, list[str]] = {}
        for symbol in sorted(self.parent):
            found.setdefault(self._find(symbol), []).append(symbol)
        return [tuple(members) for members in found.values()]

    def _find(self, symbol: str) -> str:
        """Return the smallest member of a unit's set, shortening the way there."""
        root = symbol
        while self.parent[root] != root:
            root = self.parent[root]
        while self.parent[symbol] != root:
            self.parent[symbol], symbol = root, self.parent[symbol]
        return root
