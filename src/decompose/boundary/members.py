"""Which unit stands in which service: the plan's patterns resolved against a graph, and patterns made from a choice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from decompose.errors import PlanError
from decompose.ir.graph import CodeGraph
from decompose.ir.partition import DEAD, OFFLINE, SHARED
from decompose.ir.plan import Plan
from decompose.ir.symbols import module_of, top_level_of
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
    in `shared`; in a test, notebook or packaging module it is `offline`.
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
    return {symbol: placed[symbol] for symbol in index.units}


def home(graph: CodeGraph, service_by_unit: Mapping[str, str]) -> dict[str, str]:
    """Return the same assignment with each dead unit where it would belong: with its module, else its package."""
    alive = {symbol: service for symbol, service in service_by_unit.items() if service != DEAD}
    homes = _homes(alive)
    return {
        symbol: service if service != DEAD else _nearest(module_of(symbol), homes)
        for symbol, service in service_by_unit.items()
    }


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


def check_members(plan: Plan, graph: CodeGraph, *, text: str = "", path: str = "decompose.yaml") -> None:
    """Raise when the plan names a unit that the graph does not have, or one twice.

    Args:
        plan: The plan.
        graph: The graph it is used with.
        text: The file it was read from, for line numbers.
        path: Name of that file.

    Raises:
        PlanError: With file, line, and what was probably meant.
    """
    known = index_units(graph).units
    seen: dict[str, str] = {}
    for entry in claims(plan):
        where = f"{path}:{line_of(text, entry.pattern)}" if text else path
        if seen.setdefault(entry.pattern, entry.service) != entry.service:
            message = f"{where}: `{entry.pattern}` stands in `{seen[entry.pattern]}` and in `{entry.service}`"
            raise PlanError(message, hint="keep one of the two")
        if ":" not in entry.pattern or "*" in entry.pattern or entry.pattern in known:
            continue
        raise PlanError(
            f"{where}: no symbol `{entry.pattern}` in the analysed source", hint=_hint(entry.pattern, known)
        )


def line_of(text: str, value: str) -> int:
    """Return the first line of a text on which a value stands as a whole word, 1-based; 1 when it is not there."""
    expression = re.compile(rf"(?<![\w.:]){re.escape(value)}(?![\w.:])")
    for number, line in enumerate(text.splitlines(), 1):
        if expression.search(line.partition(" #")[0]):
            return number
    return 1


def compact(service_by_unit: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return for each service the fewest entries that name its units: packages, then modules, then symbols.

    A package or module goes as a whole to the service that holds most of it, and what stands elsewhere is named there.
    """
    tree: dict[str, Counter[str]] = {}
    modules: dict[str, set[str]] = {}
    for symbol, service in service_by_unit.items():
        for scope in _scopes(module_of(symbol)):
            tree.setdefault(scope, Counter())[service] += 1
            modules.setdefault(scope, set()).add(module_of(symbol))
    found: dict[str, list[str]] = {service: [] for service in sorted(set(service_by_unit.values()))}
    inherited: dict[str, str] = {}
    for scope in sorted(tree, key=lambda name: (name.count("."), name)):
        above = inherited.get(_parent_scope(scope), "")
        counts = tree[scope]
        service = max(sorted(counts), key=lambda name: (counts[name], name == above))
        is_module = scope.endswith(":*")
        total = sum(counts.values())
        # a package is named whole only when that is true of nearly all of it: a rule full of exceptions misleads
        if not is_module and (counts[service] < 0.8 * total or len(modules[scope]) < 2):
            inherited[scope] = above
            continue
        if service != above and counts[service] * 2 > total:
            found[service].append(scope)
            inherited[scope] = service
        else:
            inherited[scope] = above
    for symbol, service in sorted(service_by_unit.items()):
        if inherited[f"{module_of(symbol)}:*"] != service:
            found[service].append(symbol)
    return {service: tuple(sorted(entries)) for service, entries in found.items()}


def _scopes(module: str) -> list[str]:
    """Return the packages that hold a module and the module itself, as entries; a notebook's path is one module."""
    if module.endswith(".ipynb"):
        return [f"{module}:*"]
    parts = module.split(".")
    return [*(".".join(parts[: i + 1]) + ".*" for i in range(len(parts))), f"{module}:*"]


def _parent_scope(scope: str) -> str:
    """Return the entry one level up: a module's own package entry, a package's parent; empty at the top."""
    if scope.endswith(":*"):
        return scope.removesuffix(":*") + ".*" if not scope.endswith(".ipynb:*") else ""
    outer = scope.removesuffix(".*").rpartition(".")[0]
    return f"{outer}.*" if outer else ""


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


def _hint(pattern: str, known: Mapping[str, object]) -> str:
    """Return what to do about an unknown symbol."""
    top = top_level_of(pattern)
    if top != pattern and top in known:
        return f"a class stays in one piece: name `{top}`"
    near = get_close_matches(pattern, known, n=1, cutoff=0.6)
    lists = f"`decompose explain {module_of(pattern)}` lists all"
    return f"did you mean `{near[0]}`? ({lists})" if near else lists
