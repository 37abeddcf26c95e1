"""What stands around a unit says something too: its class, its file, its folders, its callers and callees.

Model. Let own(u) be the scores that `evidence` found (a vector over roles, API weights as scale). Then

    score(u) = own(u) + CLASS * share(class of u) + FILE * share(file of u) + FOLDER * words(folders of u)
               + CALLERS * mean(share(callers)) + CALLEES * mean(share(callees))

where share(x) is the score vector of x divided by its sum. Callers and callees are taken in `ROUNDS` rounds, so that a
helper two calls away from the training loop still leans towards it. A unit with clear evidence of its own (2 and more)
is hardly moved; one without takes the role of what surrounds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from decompose.ir.graph import Edge, Module, Unit
from decompose.ir.symbols import MODULE_BODY, module_of
from decompose.roles.evidence import name_scores

Scores = dict[str, float]

CLASS, FILE, FILE_NAME, FOLDER, CALLERS, CALLEES = 1.8, 1.0, 1.6, 0.7, 0.7, 0.4
CLASS_NAME = 1.8
ROUNDS = 2
_MAX_NEIGHBOURS = 12


def share(scores: Mapping[str, float]) -> Scores:
    """Return the scores divided by their sum; empty when there are none."""
    whole = sum(scores.values())
    return {role: value / whole for role, value in scores.items()} if whole > 0 else {}


def add(scores: Scores, other: Mapping[str, float], weight: float) -> None:
    """Add `weight` times the other scores."""
    for role, value in other.items():
        scores[role] = scores.get(role, 0.0) + weight * value


def with_surroundings(
    units: Sequence[Unit], modules: Mapping[str, Module], own: Mapping[str, Mapping[str, float]], edges: Iterable[Edge]
) -> dict[str, Scores]:
    """Return the score vector of every unit, by symbol, by the model above."""
    classes = {u.symbol for u in units if u.kind == "class"}
    by_class, by_file = _groups(units, classes, own)
    base: dict[str, Scores] = {}
    for unit in units:
        scores = dict(own[unit.symbol])
        holder = unit.parent if unit.parent in classes else (unit.symbol if unit.symbol in classes else "")
        if holder:
            add(scores, share(by_class[holder]), CLASS)
        add(scores, share(by_file.get(unit.module, {})), FILE if unit.kind != "module" else 0.6)
        _add_place(scores, modules[unit.module])
        base[unit.symbol] = scores
    return _spread(base, edges)


def _groups(
    units: Sequence[Unit], classes: set[str], own: Mapping[str, Mapping[str, float]]
) -> tuple[dict[str, Scores], dict[str, Scores]]:
    by_class: dict[str, Scores] = {}
    by_file: dict[str, Scores] = {}
    for unit in units:
        holder = unit.parent if unit.parent in classes else (unit.symbol if unit.symbol in classes else "")
        if holder:
            add(by_class.setdefault(holder, {}), own[unit.symbol], 1.0)
        if not unit.symbol.endswith(MODULE_BODY):
            add(by_file.setdefault(unit.module, {}), own[unit.symbol], 1.0)
    return by_class, by_file


def _add_place(scores: Scores, module: Module) -> None:
    folders, _, file = module.path.rpartition("/")
    stem = file.rpartition(".")[0]
    if stem == "__init__":
        folders, _, stem = folders.rpartition("/")
    add(scores, name_scores(stem), FILE_NAME)
    for distance, folder in enumerate(reversed(folders.split("/") if folders else [])):
        add(scores, name_scores(folder), FOLDER / (1 + distance))


def _spread(base: dict[str, Scores], edges: Iterable[Edge]) -> dict[str, Scores]:
    callers: dict[str, list[str]] = {}
    callees: dict[str, list[str]] = {}
    for edge in edges:
        if edge.kind == "call" and edge.source in base and edge.target in base and edge.source != edge.target:
            callers.setdefault(edge.target, []).append(edge.source)
            callees.setdefault(edge.source, []).append(edge.target)
    current = base
    for _ in range(ROUNDS):
        shares = {symbol: share(scores) for symbol, scores in current.items()}
        following: dict[str, Scores] = {}
        for symbol, scores in base.items():
            mixed = dict(scores)
            for neighbours, weight in ((callers, CALLERS), (callees, CALLEES)):
                near = neighbours.get(symbol, ())[:_MAX_NEIGHBOURS]
                for other in near:
                    add(mixed, shares[other], weight / len(near) * _familiarity(symbol, other))
            following[symbol] = mixed
        current = following
    return current


def _familiarity(symbol: str, other: str) -> float:
    """A neighbour in the same file says less that is new: the file has spoken already."""
    return 0.5 if module_of(symbol) == module_of(other) else 1.0
