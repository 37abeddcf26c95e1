"""What stands around a unit says something too: its class, its file, its folders, its callers and callees.

Model. Let own(u) be the scores that `evidence` found (a vector over roles, API weights as scale). Then

    score(u) = own(u) + CLASS * share(class of u) + FILE * share(file of u) + FOLDER * words(folders of u)
               + CALLERS * mean(share(callers)) + CALLEES * mean(share(callees))

where share(x) is the score vector of x divided by its sum, or by `ENOUGH` where that is more: little evidence is passed
on as little. Callers and callees are taken in `ROUNDS` rounds, so that a helper two calls away from the training loop
still leans towards it. All that stands around counts `PRIOR / (PRIOR + max own(u))`: a unit with clear evidence of its
own is hardly moved; one without takes the role of what surrounds it.

One role is read off the structure itself: a unit that calls units of `STAGES` and more different stages orchestrates.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from decompose.ir.graph import Edge, Module, Unit
from decompose.ir.symbols import MODULE_BODY, module_of
from decompose.roles.evidence import name_scores, stem_of

Scores = dict[str, float]

CLASS, FILE, FILE_NAME, FOLDER, CALLERS, CALLEES = 1.8, 1.0, 1.6, 0.7, 0.7, 0.4
CLASS_NAME = 1.8
ROUNDS = 2
ENOUGH = 2.5
"""Evidence, in API weights, from which on a share speaks with full voice."""
PRIOR = 2.5
"""Own evidence, in API weights, that halves what the surroundings say."""
STAGES = 3
CONDUCTING = 5.0
"""Weight of calling units of `STAGES` different stages from a unit that does little itself."""
_STAGE_ROLES = frozenset(
    ("ingest", "validation", "features", "training", "tuning", "evaluation", "registry", "batch_inference",
     "online_inference", "inference", "monitoring", "postprocess")
)  # fmt: skip
_MAX_NEIGHBOURS = 12


def share(scores: Mapping[str, float]) -> Scores:
    """Return the scores divided by their sum, or by `ENOUGH` when they sum to less; empty when there are none."""
    whole = sum(scores.values())
    whole = max(whole, ENOUGH) if whole > 0 else 0.0
    return {role: value / whole for role, value in scores.items()} if whole > 0 else {}


def add(scores: Scores, other: Mapping[str, float], weight: float) -> None:
    """Add `weight` times the other scores."""
    for role, value in other.items():
        scores[role] = scores.get(role, 0.0) + weight * value


def with_surroundings(
    units: Sequence[Unit],
    modules: Mapping[str, Module],
    own: Mapping[str, Mapping[str, float]],
    labour: Mapping[str, float],
    edges: Iterable[Edge],
    judging: Collection[str] = (),
) -> dict[str, Scores]:
    """Return the score vector of every unit, by symbol, by the model above.

    Args:
        units: The units of the graph.
        modules: Module by name.
        own: What each unit says itself, by symbol.
        labour: Strongest library call of each unit, in API weights, by symbol.
        edges: The edges of the graph.
        judging: Modules that measure models and check no data: their names say evaluation where they say validation.
    """
    classes = {u.symbol for u in units if u.kind == "class"}
    by_class, by_file = _groups(units, classes, own)
    places = {name: _of_place(module, is_judging=name in judging) for name, module in modules.items()}
    base: dict[str, Scores] = {}
    for unit in units:
        mine = own[unit.symbol]
        scores: Scores = {}
        holder = unit.parent if unit.parent in classes else (unit.symbol if unit.symbol in classes else "")
        if holder:
            add(scores, by_class[holder], CLASS)
        add(scores, by_file.get(unit.module, {}), FILE if unit.kind != "module" else 0.6)
        for said, weight in places[unit.module]:
            add(scores, said, weight)
        damping = PRIOR / (PRIOR + max(mine.values(), default=0.0))
        scores = {role: value * damping for role, value in scores.items()}
        add(scores, mine, 1.0)
        base[unit.symbol] = scores
    known = [edge for edge in edges if edge.kind == "call" and edge.source in base and edge.target in base]
    requested = {unit.symbol for unit in units if unit.entry is not None and unit.entry.kind in ("route", "page")}
    functions = {unit.symbol for unit in units if unit.kind in ("function", "method")}
    wrappers = {unit.symbol for unit in units if unit.parent in functions}
    _add_conducting(base, labour, [edge for edge in known if edge.source not in wrappers], requested)
    return _spread(base, known)


def _add_conducting(
    base: dict[str, Scores], labour: Mapping[str, float], calls: Sequence[Edge], requested: set[str]
) -> None:
    """Give orchestration to units that call several stages and do little work for one of them themselves.

    What a decorator puts around functions of every stage is not among the calls: it conducts none of them. Whoever starts
    a unit that conducts orchestrates too, unless a request asked for it: that is the gateway's.
    """
    stages: dict[str, dict[str, None]] = {}
    for edge in calls:
        called = base[edge.target]
        role = max(sorted(called), key=lambda r: called[r]) if called else ""
        if role in _STAGE_ROLES and edge.target.rpartition(".")[0] != edge.source.rpartition(".")[0]:
            stages.setdefault(edge.source, {})[role] = None
    conducting = {symbol for symbol, found in stages.items() if len(found) >= STAGES}
    starting = {edge.source for edge in calls if edge.target in conducting} - requested
    for symbol in sorted(conducting | starting):
        add(base[symbol], {"orchestration": CONDUCTING * PRIOR / (PRIOR + labour[symbol])}, 1.0)


def _groups(
    units: Sequence[Unit], classes: set[str], own: Mapping[str, Mapping[str, float]]
) -> tuple[dict[str, Scores], dict[str, Scores]]:
    """Return what all units of each class, and of each file, say together, as shares."""
    by_class: dict[str, Scores] = {}
    by_file: dict[str, Scores] = {}
    for unit in units:
        holder = unit.parent if unit.parent in classes else (unit.symbol if unit.symbol in classes else "")
        if holder:
            add(by_class.setdefault(holder, {}), own[unit.symbol], 1.0)
        if not unit.symbol.endswith(MODULE_BODY):
            add(by_file.setdefault(unit.module, {}), own[unit.symbol], 1.0)
    shares = [{name: share(scores) for name, scores in group.items()} for group in (by_class, by_file)]
    return shares[0], shares[1]


def _of_place(module: Module, *, is_judging: bool) -> list[tuple[Scores, float]]:
    """Return what the names of a file and of its folders say, each with its weight."""
    folders = module.path.rpartition("/")[0]
    stem = stem_of(module.path)
    if module.path.endswith("__init__.py"):
        folders = folders.rpartition("/")[0]
    named = name_scores(stem)
    if is_judging and "validation" in named:
        named["evaluation"] = max(named.get("evaluation", 0.0), named.pop("validation"))
    around = reversed(folders.split("/") if folders else [])
    return [(named, FILE_NAME), *((name_scores(name), FOLDER / (1 + far)) for far, name in enumerate(around))]


def _spread(base: dict[str, Scores], edges: Sequence[Edge]) -> dict[str, Scores]:
    callers: dict[str, list[str]] = {}
    callees: dict[str, list[str]] = {}
    for edge in edges:
        if edge.source != edge.target:
            callers.setdefault(edge.target, []).append(edge.source)
            callees.setdefault(edge.source, []).append(edge.target)
    voice = {symbol: PRIOR / (PRIOR + max(scores.values(), default=0.0)) for symbol, scores in base.items()}
    current = base
    for _ in range(ROUNDS):
        shares = {symbol: share(scores) for symbol, scores in current.items()}
        following: dict[str, Scores] = {}
        for symbol, scores in base.items():
            mixed = dict(scores)
            for neighbours, weight in ((callers, CALLERS), (callees, CALLEES)):
                near = neighbours.get(symbol, ())[:_MAX_NEIGHBOURS]
                for other in near:
                    add(mixed, shares[other], weight * voice[symbol] / len(near) * _familiarity(symbol, other))
            following[symbol] = mixed
        current = following
    return current


def _familiarity(symbol: str, other: str) -> float:
    """A neighbour in the same file says less that is new: the file has spoken already."""
    return 0.5 if module_of(symbol) == module_of(other) else 1.0
