"""Which unit stands in which service: the entries of a plan resolved against the units of a graph."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from decompose.ir.graph import CodeGraph
from decompose.ir.partition import DEAD, OFFLINE, SHARED
from decompose.ir.plan import Plan
from decompose.ir.symbols import module_of
from decompose.ir.units import index_units

OFFLINE_KINDS = ("test", "packaging", "notebook")


@dataclass(frozen=True, slots=True)
class Claim:
    """One entry of a plan that says where some units stand."""

    pattern: str
    """A symbol (`shop.util:save`), a module (`shop.util` or `shop.util:*`), a package (`shop.train.*`) or a glob."""
    service: str
    """Name of a service, or `shared`, `offline`, `dead`."""


def membership(plan: Plan, graph: CodeGraph) -> dict[str, str]:
    """Return the service of every module-level unit: a service's name, `shared`, `offline` or `dead`.

    The most specific entry wins: a symbol before a module, a module before a package, a longer glob before a shorter. A
    unit that no entry names stands where most of its module stands, else where most of the nearest package stands, else
    in `shared`; in a test, notebook or packaging module it is `offline`. What every service runs first (`startup`) is
    `shared`, whatever the entries say.
    """
    index = index_units(graph)
    placed = match(claims(plan), index.units)
    for symbol in index.units:
        module = index.modules.get(index.units[symbol].module)
        if symbol not in placed and module is not None and module.kind in OFFLINE_KINDS:
            placed[symbol] = OFFLINE
    homes = _homes(placed)
    for symbol in index.units:
        if symbol not in placed:
            placed[symbol] = _nearest(module_of(symbol), homes)
        if module_of(symbol) in plan.startup:
            placed[symbol] = SHARED
    return {symbol: placed[symbol] for symbol in index.units}


def home(graph: CodeGraph, service_by_unit: Mapping[str, str]) -> dict[str, str]:
    """Return the same assignment with each dead unit where it would belong: with its module, else its package."""
    alive = {symbol: service for symbol, service in service_by_unit.items() if service != DEAD}
    homes = _homes(alive)
    return {
        symbol: service if service != DEAD else _nearest(module_of(symbol), homes)
        for symbol, service in service_by_unit.items()
    }


def locks(plan: Plan, symbols: Iterable[str]) -> dict[str, str]:
    """Return the service of every unit that a person has locked there (`*` locks all members of a service)."""
    known = sorted(symbols)
    placed = match(claims(plan), known)
    found: dict[str, str] = {}
    for service in plan.services:
        wanted = match([Claim(pattern, service.name) for pattern in service.locked], known)
        found |= {symbol: service.name for symbol in wanted if placed.get(symbol) == service.name}
    return dict(sorted(found.items()))


def keeps_apart(plan: Plan, symbols: Iterable[str]) -> list[tuple[tuple[str, ...], ...]]:
    """Return for each rule of `apart` the units on each of its sides; a unit on two sides stands on the more specific."""
    known = sorted(symbols)
    found: list[tuple[tuple[str, ...], ...]] = []
    for rule in plan.apart:
        side = match([Claim(pattern, str(number)) for number, pattern in enumerate(rule)], known)
        found.append(tuple(tuple(s for s in known if side.get(s) == str(number)) for number in range(len(rule))))
    return found


def claims(plan: Plan) -> list[Claim]:
    """Return all entries of a plan that place units, in file order."""
    found = [Claim(pattern, service.name) for service in plan.services for pattern in service.members]
    for name, patterns in ((SHARED, plan.shared), (OFFLINE, plan.offline), (DEAD, plan.dead)):
        found += [Claim(pattern, name) for pattern in patterns]
    return found


def match(entries: Iterable[Claim], symbols: Iterable[str]) -> dict[str, str]:
    """Return the service of every symbol that an entry names; the most specific entry wins, then the first."""
    exact: dict[str, str] = {}
    globs: list[tuple[int, Claim, re.Pattern[str]]] = []
    for entry in entries:
        if ":" in entry.pattern and "*" not in entry.pattern:
            exact.setdefault(entry.pattern, entry.service)
        else:
            globs.append((_specificity(entry.pattern), entry, compile_pattern(entry.pattern)))
    globs.sort(key=lambda found: -found[0])
    placed: dict[str, str] = {}
    for symbol in symbols:
        if symbol in exact:
            placed[symbol] = exact[symbol]
            continue
        for _, entry, expression in globs:
            if expression.fullmatch(symbol):
                placed[symbol] = entry.service
                break
    return placed


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return the expression that matches the symbols an entry means.

    `a.b.*` is the package `a.b` with everything below; `a.b` (no colon) the same; `a.b:*` the module alone.
    """
    if ":" not in pattern:
        stem = pattern.removesuffix(".*")
        inside = re.escape(stem).replace(r"\*", ".*")
        return re.compile(".*" if stem == "*" else rf"{inside}([.:/].*)?", re.DOTALL)
    return re.compile(re.escape(pattern).replace(r"\*", ".*"), re.DOTALL)


def _specificity(pattern: str) -> int:
    """Return how specific a glob is: more fixed characters win, and a module wins over the package of its name."""
    return 2 * len(pattern.replace("*", "")) + (":" in pattern)


def _homes(placed: Mapping[str, str]) -> dict[str, str]:
    """Return the service that holds most of each module and package; ties go to the first name."""
    counts: dict[str, Counter[str]] = {}
    for symbol, service in placed.items():
        parts = module_of(symbol).split(".")
        for i in range(1, len(parts) + 1):
            counts.setdefault(".".join(parts[:i]), Counter())[service] += 1
    return {name: max(sorted(found), key=lambda service: found[service]) for name, found in counts.items()}


def _nearest(module: str, homes: Mapping[str, str]) -> str:
    """Return the service of the module, else of the nearest package above it."""
    while module:
        if module in homes:
            return homes[module]
        module = module.rpartition(".")[0]
    return SHARED
