"""What is to be divided at all: without tests, notebooks, packaging and chores, and without what nothing reaches."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from decompose.cluster.profile import System
from decompose.cluster.relations import Relations, named_assets
from decompose.ir.components import reach_masks

OFFLINE_MODULES = ("test", "packaging", "notebook")
TEST_LIBRARIES = frozenset(("hypothesis", "nose", "pytest", "unittest"))
"""What a module of tests, or of helpers for them, is written with, wherever it stands and whatever it is called."""
NOT_DATA = ("py", "ipynb", "yaml", "yml", "toml", "cfg", "ini", "md", "rst", "sh")
"""Endings of files that a program is made of: whoever writes those tends the repository."""
DEAD_LIMIT = 0.3
"""Above this share of unreached units the entry points are not known well enough to call anything dead."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Every module-level unit, by whether it takes part."""

    core: tuple[str, ...]
    """Units to divide, sorted."""
    offline: tuple[str, ...]
    bare: tuple[str, ...]
    """Module bodies of nothing but imports: placed with their modules, after the rest."""
    dead: tuple[str, ...]
    """Units that nothing reaches; they are still given a home, so that a person can see where they would belong."""
    entries: Mapping[str, tuple[str, ...]]
    """Entry points by module, of the core."""
    reached_by: Mapping[str, int]
    """Bit mask of the modules whose entry points reach a core unit; bits in the order of `entries`."""


def scope_of(system: System, relations: Relations) -> Scope:
    """Return which units are divided, which are offline and which are dead."""
    offline = _offline(system, relations)
    bare = [symbol for symbol, profile in system.profiles.items() if profile.is_bare and symbol not in offline]
    core = [symbol for symbol in system.profiles if symbol not in offline and not system.profiles[symbol].is_bare]
    entries: dict[str, list[str]] = {}
    imported = {
        system.profiles[r.target].module
        for r in relations.pairs
        if system.profiles[r.source].module != system.profiles[r.target].module and r.source not in offline
    }
    for symbol in core:
        if _is_entry(system, symbol, imported):
            entries.setdefault(system.profiles[symbol].module, []).append(symbol)
    reached = _reach([*core, *bare], relations, list(entries.values()))
    dead = _dead(system, relations, core, reached)
    return Scope(
        core=tuple(core),
        offline=tuple(sorted(offline)),
        bare=tuple(bare),
        dead=tuple(sorted(dead)),
        entries={module: tuple(found) for module, found in entries.items()},
        reached_by=reached,
    )


def _offline(system: System, relations: Relations) -> set[str]:
    """Return tests, notebooks, packaging, and chores of the repository."""
    by_kind = {name for name, module in system.index.modules.items() if module.kind in OFFLINE_MODULES}
    hidden = {
        name
        for name, module in system.index.modules.items()
        if any(part.startswith(".") and part not in (".", "..") for part in module.path.split("/"))
    }
    tested = _test_cases(system, relations, by_kind | hidden)
    chores = _chores(system, relations, by_kind | hidden | tested)
    modules = by_kind | hidden | tested | chores
    tests = {symbol for symbol, profile in system.profiles.items() if profile.entries == ("test",)}
    return tests | {symbol for symbol, profile in system.profiles.items() if profile.module in modules}


def _test_cases(system: System, relations: Relations, excluded: set[str]) -> set[str]:
    """Return modules written with a test library that nothing but tests, or their own package, uses."""
    found = {
        name
        for name, module in system.index.modules.items()
        if name not in excluded
        and TEST_LIBRARIES.intersection(library.partition(".")[0] for library in module.externals)
    }
    links = {(system.profiles[r.source].module, system.profiles[r.target].module) for r in relations.pairs}
    users = {(a, b) for a, b in links if b in found and a not in excluded and not b.startswith(f"{a}.")}
    while used := {b for a, b in users if b in found and a != b and a not in found}:
        found -= used
    return found


def _chores(system: System, relations: Relations, excluded: set[str]) -> set[str]:
    """Return modules of scripts that only tidy the repository.

    Such a script stands alone: no other code uses it and it uses none, it shares no data with the rest, and it has no
    part in the life cycle. All of them together must not be most of the system.
    """
    touched: set[str] = set()
    for relation in relations.pairs:
        source, target = system.profiles[relation.source].module, system.profiles[relation.target].module
        if source != target:
            touched.update((source, target))
    for asset, users in named_assets(relations).items():
        if ":" not in asset and ("." not in asset or asset.rpartition(".")[2].lower() in NOT_DATA):
            continue
        modules = {system.profiles[unit].module for unit, _ in users}
        if len(modules - excluded) > 1:
            touched |= modules
    found = {
        name
        for name, symbols in system.by_module.items()
        if name not in touched and name not in excluded and _is_chore(system, name, symbols)
    }
    size = sum(system.profiles[symbol].size for name in found for symbol in system.by_module[name])
    whole = sum(p.size for p in system.profiles.values() if p.module not in excluded)
    return found if 2 * size < whole else set()


def _is_chore(system: System, name: str, symbols: Iterable[str]) -> bool:
    """Return whether a script is of the repository, not the system: settings and helping alone, or a prototype.

    The first needs the standard library alone; the second explores, and nothing uses it.
    """
    module = system.index.modules.get(name)
    own = [system.profiles[symbol] for symbol in symbols if not system.profiles[symbol].is_bare]
    if module is None or not own or not (module.kind == "script" or any(profile.entries for profile in own)):
        return False
    size = sum(profile.size for profile in own)
    if sum(profile.size * profile.roles.get("exploration", 0.0) for profile in own) > size / 2:
        return True
    is_plain = all(library.partition(".")[0] in sys.stdlib_module_names for library in module.externals)
    return is_plain and not any(profile.stage for profile in own)


def _is_entry(system: System, symbol: str, imported: set[str]) -> bool:
    """Return whether something outside the code starts this unit: a registration, a main block, a script by itself."""
    profile = system.profiles[symbol]
    module = system.index.modules.get(profile.module)
    is_script = module is not None and module.kind == "script" and profile.kind == "module"
    is_script = is_script and profile.module not in imported
    main_block = "main_block" in system.index.units[symbol].flags
    return is_script or main_block or any(kind != "test" for kind in profile.entries)


def _reach(core: list[str], relations: Relations, entries: list[list[str]]) -> dict[str, int]:
    """Return for each core unit the bit mask of the entry modules that reach it."""
    number = {symbol: i for i, symbol in enumerate(core)}
    successors: list[list[int]] = [[] for _ in core]
    for relation in relations.pairs:
        if relation.kind != "value" and relation.source in number and relation.target in number:
            successors[number[relation.source]].append(number[relation.target])
    masks = reach_masks(successors, [[number[symbol] for symbol in symbols] for symbols in entries])
    return dict(zip(core, masks, strict=True))


def _dead(system: System, relations: Relations, core: list[str], reached: Mapping[str, int]) -> set[str]:
    """Return functions that no entry point reaches and nothing at all uses.

    Classes are left out, and functions with a decorator: frameworks find both by themselves, in ways no graph sees.
    """
    users = relations.users
    exported = {f"{name}:{export}" for name, module in system.index.modules.items() for export in module.exports}
    unreached = [symbol for symbol in core if not reached[symbol]]
    if len(unreached) > DEAD_LIMIT * len(core):
        return set()
    return {
        symbol
        for symbol in unreached
        if system.profiles[symbol].kind == "function"
        and not system.index.units[symbol].decorators
        and symbol not in exported
        and not users.get(symbol)
    }
