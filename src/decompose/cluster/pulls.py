"""What draws units together: relations between them, and what groups of them have in common.

All attractions are whole hundredths of one plain call. A relation between two units is an attraction between them; what
a group of units has in common (a file, a folder, an asset, a library, an entry point) is a *hub*: each member is drawn
to the hub, and the hub stands where most of its members stand. That costs as many edges as there are members, and a hub
that everyone shares says nothing: its pull falls with the share of the system that hangs on it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log

from decompose.cluster.process import serving_modules, web_apps
from decompose.cluster.profile import System, words
from decompose.cluster.relations import Relation, Relations, call_weight, named_assets
from decompose.cluster.scope import Scope
from decompose.cluster.weights import Weights
from decompose.ir.evidence import History

DULL = frozenset((
    "base", "batch", "client", "common", "component", "components", "config", "configs", "configuration", "constant",
    "constants", "core", "data", "dataset", "helper", "helpers", "init", "main", "misc", "model", "models", "module",
    "package", "pipeline", "pipelines", "process", "run", "schema", "schemas", "script", "server", "service",
    "services", "setting", "settings", "stage", "step", "test", "type", "types", "util", "utils", "view", "views",
))  # fmt: skip
"""Words that name a kind of file: any two services have files of these names."""
MAX_ENTRIES = 6
"""A unit that more entry points reach than this says nothing about where it belongs."""


@dataclass(frozen=True, slots=True)
class Pull:
    """One attraction: of a unit to a unit, or of a unit to a hub."""

    unit: str
    other: str
    """Symbol of a unit, or a hub: `file:…`, `folder:…`, `asset:…`, `state:…`, `entry:…`, `library:…`, `word:…`."""
    weight: int
    signal: str


def pulls(
    system: System,
    relations: Relations,
    scope: Scope,
    members: Iterable[str],
    *,
    weights: Weights,
    history: History | None = None,
) -> list[Pull]:
    """Return every attraction among the units that are searched.

    Args:
        system: The profiled system.
        relations: Who uses whom.
        scope: Which units count, and what reaches them.
        members: Units to search; relations that touch others are left out.
        weights: How much each signal counts.
        history: What changed together, if known.
    """
    chosen = sorted(members)
    inside = frozenset(chosen)
    offline = frozenset(scope.offline)
    found = [*_between(system, relations, inside, offline, weights), *_shared_things(relations, inside, weights)]
    found += _places(system, relations, chosen, weights)
    found += _entries(scope, chosen, weights)
    found += _siblings(system, relations, inside, weights)
    found += _processes(system, relations, scope, inside, weights)
    found += _commonalities(system, chosen, weights)
    found += _history(system, chosen, history, weights)
    return [pull for pull in found if pull.weight > 0]


def _between(
    system: System, relations: Relations, inside: frozenset[str], offline: frozenset[str], weights: Weights
) -> Iterable[Pull]:
    """Yield the attractions of units that use each other directly."""
    fan_in = _fan_in(system, relations)
    base = {
        "call": weights.call, "inherit": weights.inherit, "type": weights.type,
        "value": weights.value, "state": weights.type, "import": weights.imports,
    }  # fmt: skip
    for relation in relations.pairs:
        source, target = (_place(system, s, inside, offline) for s in (relation.source, relation.target))
        if not source or not target:
            continue
        weight = float(base[relation.kind]) * _strength(relation)
        if not system.profiles[relation.target].stage:
            weight /= max(1, fan_in.get(relation.target, 1)) ** weights.hub
        yield Pull(target, source, round(weight), relation.kind)


def _place(system: System, symbol: str, inside: frozenset[str], offline: frozenset[str]) -> str:
    """Return the unit, or for a bare body its file: an import at the top serves all that stands there; else nothing.

    What is not deployed is no place: a test that imports two modules says nothing of where they run.
    """
    if symbol in inside:
        return symbol
    profile = system.profiles[symbol]
    return f"file:{profile.path}" if profile.is_bare and symbol not in offline else ""


def _strength(relation: Relation) -> float:
    """Return how strong one relation is against a plain certain call."""
    certainty = 1.0 if relation.is_certain else 0.5
    return certainty * (call_weight(relation.calls) if relation.kind == "call" else 1.0)


def _fan_in(system: System, relations: Relations) -> dict[str, int]:
    """Return by how many other modules each unit is used."""
    return {
        unit: len({system.profiles[user].module for user in users} - {system.profiles[unit].module})
        for unit, users in relations.users.items()
    }


def _shared_things(relations: Relations, inside: frozenset[str], weights: Weights) -> Iterable[Pull]:
    """Yield the pull of assets and of mutable state on those who touch them."""
    for asset, touches in named_assets(relations).items():
        users = sorted({unit for unit, _ in touches if unit in inside})
        writers = sorted({unit for unit, way in touches if way == "write" and unit in inside})
        if len(users) > 1:
            fade = _rarity(len(users), len(inside))
            yield from (Pull(unit, f"asset:{asset}", round(weights.asset * fade), "asset") for unit in users)
        if len(writers) > 1:
            fade = _rarity(len(writers), len(inside))
            yield from (Pull(unit, f"writer:{asset}", round(weights.writer * fade), "asset") for unit in writers)
    for state, touches in relations.states.items():
        users = sorted({unit for unit, _ in touches if unit in inside})
        if len(users) > 1:
            yield from (Pull(unit, state, weights.state, "state") for unit in users)


def _places(system: System, relations: Relations, chosen: list[str], weights: Weights) -> Iterable[Pull]:
    """Yield the pull of files and folders; a grab-bag of unrelated helpers pulls a third as much."""
    by_path: dict[str, list[str]] = {}
    for symbol in chosen:
        by_path.setdefault(system.profiles[symbol].path, []).append(symbol)
    folders: dict[str, list[str]] = {}
    for path in by_path:
        folders.setdefault(path.rpartition("/")[0], []).append(path)
    bags = _grab_bags(system, relations, by_path)
    for path, symbols in by_path.items():
        pull = weights.file * _rarity(len(symbols), len(chosen)) * (0.33 if path in bags else 1.0)
        yield from (Pull(symbol, f"file:{path}", round(pull), "file") for symbol in symbols)
    for folder, paths in folders.items():
        if len(paths) > 1 and len(folders) > 1:
            pull = weights.folder * _rarity(len(paths), len(by_path))
            for path in paths:
                share = pull / (1 if len(by_path[path]) == 1 else len(by_path[path]) ** 0.5)
                yield from (Pull(symbol, f"folder:{folder}", round(share), "folder") for symbol in by_path[path])


def _grab_bags(system: System, relations: Relations, by_path: Mapping[str, list[str]]) -> set[str]:
    """Return files whose units hardly use each other while several other files use them."""
    inner: dict[str, int] = {}
    outer: dict[str, set[str]] = {}
    for relation in relations.pairs:
        source, target = system.profiles[relation.source].path, system.profiles[relation.target].path
        if relation.kind == "call" and source == target:
            inner[target] = inner.get(target, 0) + 1
        elif relation.kind in ("call", "type", "inherit"):
            outer.setdefault(target, set()).add(source)
    return {
        path
        for path, symbols in by_path.items()
        if len(outer.get(path, ())) > 1 and 2 * inner.get(path, 0) < len(symbols) - 1
    }


def _siblings(system: System, relations: Relations, inside: frozenset[str], weights: Weights) -> Iterable[Pull]:
    """Yield the pull among units of one stage that one conductor starts: steps of one pipeline, run in a row."""
    conductors = system.conductors & inside
    steps: dict[str, set[str]] = {}
    for relation in relations.pairs:
        stage = system.profiles[relation.target].stage
        if relation.kind == "call" and relation.source in conductors and relation.target in inside and stage:
            steps.setdefault(f"steps:{system.profiles[relation.source].module}:{stage}", set()).add(relation.target)
    for hub, members in sorted(steps.items()):
        if len(members) > 1:
            yield from (Pull(symbol, hub, weights.sibling, "sibling") for symbol in sorted(members))
    serving = serving_modules(system)  # what a web application starts when it starts is no schedule
    starters = (s for s in sorted(inside) if system.profiles[s].stage == "orchestration")
    for symbol in starters:
        if system.profiles[symbol].module not in serving:
            yield Pull(symbol, "scheduler:", weights.scheduler, "scheduler")


def _processes(
    system: System, relations: Relations, scope: Scope, inside: frozenset[str], weights: Weights
) -> Iterable[Pull]:
    """Yield the pull of a web application on the modules that it mounts, spread over what each holds."""
    for root, modules in web_apps(system, relations, scope.offline).items():
        for name in modules:
            held = [symbol for symbol in system.by_module[name] if symbol in inside]
            share = round(weights.process / max(1, len(held)) ** 0.5)
            yield from (Pull(symbol, f"app:{root}", share, "process") for symbol in held)


def _entries(scope: Scope, chosen: list[str], weights: Weights) -> Iterable[Pull]:
    """Yield the pull of entry points on what they reach."""
    reach: dict[int, list[tuple[str, int]]] = {}
    for symbol in chosen:
        mask = scope.reached_by.get(symbol, 0)
        count = mask.bit_count()
        if not 0 < count <= MAX_ENTRIES:
            continue
        while mask:
            bit = mask & -mask
            reach.setdefault(bit.bit_length() - 1, []).append((symbol, count))
            mask ^= bit
    for bit, members in sorted(reach.items()):
        # how much an entry point reaches says nothing against it, until it reaches most of the system
        fade = min(1.0, 2.0 - 2.0 * len(members) / len(chosen)) if len(members) > 1 else 0.0
        for symbol, count in members:
            yield Pull(symbol, f"entry:{bit}", round(weights.entry * fade / count), "entry")


def _commonalities(system: System, chosen: list[str], weights: Weights) -> Iterable[Pull]:
    """Yield the pull of rare dependencies and of rare words in names."""
    by_module: dict[str, list[str]] = {}
    for symbol in chosen:
        by_module.setdefault(system.profiles[symbol].module, []).append(symbol)
    libraries: dict[str, list[str]] = {}
    vocabulary: dict[str, list[str]] = {}
    for name in by_module:
        module = system.index.modules.get(name)
        for library in sorted({item.partition(".")[0] for item in (module.externals if module else ())}):
            if library not in sys.stdlib_module_names:
                libraries.setdefault(library, []).append(name)
        for word in sorted(set(words(name.rpartition(".")[2]))):
            if len(word) > 3 and word not in DULL:
                vocabulary.setdefault(word, []).append(name)
    for prefix, weight, groups in (
        ("library", weights.library, libraries), ("word", weights.vocabulary, vocabulary)
    ):  # fmt: skip
        for thing, modules in sorted(groups.items()):
            if len(modules) < 2 or 3 * len(modules) > 2 * len(by_module):
                continue
            pull = weight * _rarity(len(modules), len(by_module))
            for name in modules:
                share = round(pull / len(by_module[name]) ** 0.5)
                signal = "library" if prefix == "library" else "vocabulary"
                yield from (Pull(symbol, f"{prefix}:{thing}", share, signal) for symbol in by_module[name])


def _history(system: System, chosen: list[str], history: History | None, weights: Weights) -> Iterable[Pull]:
    """Yield the pull between files that change in the same commits, by Jaccard of their commits."""
    if history is None:
        return
    commits = {file.path: file.commits for file in history.files}
    first: dict[str, str] = {}
    for symbol in chosen:
        first.setdefault(system.profiles[symbol].path, symbol)
    for pair in history.pairs:
        if pair.first in first and pair.second in first and pair.commits > 1:
            either = commits.get(pair.first, 0) + commits.get(pair.second, 0) - pair.commits
            share = pair.commits / max(1, either)
            yield Pull(first[pair.first], first[pair.second], round(weights.cochange * share), "cochange")


def _rarity(members: int, whole: int) -> float:
    """Return how telling it is to hang on a hub: 1 for two members, towards 0 when everything hangs on it.

    The inverse document frequency of K. Spärck Jones (1972), scaled to two members.
    """
    return max(0.0, log(max(whole, 3) / members) / log(max(whole, 3) / 2)) if members > 2 else 1.0
