"""The entries of a plan: the fewest that name a choice of units, and what is wrong with those that a person wrote."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from difflib import get_close_matches

from decompose.errors import PlanError
from decompose.ir.graph import CodeGraph
from decompose.ir.membership import claims, keeps_apart, locks
from decompose.ir.plan import Plan
from decompose.ir.symbols import module_of, top_level_of
from decompose.ir.units import index_units


def check_members(plan: Plan, graph: CodeGraph, *, text: str = "", path: str = "decompose.yaml") -> None:
    """Raise when the plan names a unit or a module that the graph does not have, or a unit twice.

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
    modules = index_units(graph).modules
    for name in plan.startup:
        if name not in modules:
            where = f"{path}:{line_of(text, name, below='startup')}" if text else path
            near = get_close_matches(name, modules, n=1)
            raise PlanError(
                f"{where}: no module `{name}` in the analysed source, to be imported first",
                hint=f"did you mean `{near[0]}`?" if near else "name a module of the analysed tree (`package.module`)",
            )


def check_rules(plan: Plan, graph: CodeGraph, *, text: str = "", path: str = "decompose.yaml") -> None:
    """Raise when a rule of `apart` names nothing that the graph has, or forbids what a person has locked together.

    Args:
        plan: The plan.
        graph: The graph it is used with.
        text: The file it was read from, for line numbers.
        path: Name of that file.

    Raises:
        PlanError: With file, line, and what was probably meant.
    """
    known = index_units(graph).units
    held = locks(plan, known)
    for rule, sides in zip(plan.apart, keeps_apart(plan, known), strict=True):
        line = line_of(text, rule[0], below="apart") if text else 0
        where = f"{path}:{line}" if text else path
        for pattern, units in zip(rule, sides, strict=True):
            if not units:
                near = _rule_hint(pattern, known)
                raise PlanError(f"{where}: no unit is kept apart by `{pattern}`", hint=near)
        services = [{held[unit]: unit for unit in units if unit in held} for units in sides]
        for number, first in enumerate(services):
            for second in services[number + 1 :]:
                for service in sorted(first.keys() & second.keys()):
                    message = f"{where}: `{first[service]}` and `{second[service]}` are kept apart and both locked in"
                    raise PlanError(f"{message} `{service}`", hint="unlock one of them, or take the rule out")


def line_of(text: str, value: str, *, below: str = "") -> int:
    """Return the first line of a text on which a value stands as a whole word, 1-based; 1 when it is not there.

    Args:
        text: YAML.
        value: What to look for.
        below: A key at the top level; lines above it do not count.
    """
    expression = re.compile(rf"(?<![\w.:]){re.escape(value)}(?![\w.:])")
    is_below = not below
    for number, line in enumerate(text.splitlines(), 1):
        is_below = is_below or line.startswith(f"{below}:")
        if is_below and expression.search(line.partition(" #")[0]):
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
    for scope in sorted(tree, key=lambda name: (name[:-2].count("."), name.endswith(":*"), name)):
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


def _rule_hint(pattern: str, known: Mapping[str, object]) -> str:
    """Return what a side of a rule that matches nothing was probably meant to be."""
    if ":" in pattern and "*" not in pattern:
        return _hint(pattern, known)
    scopes = sorted({scope for symbol in known for scope in _scopes(module_of(symbol))})
    near = get_close_matches(pattern, scopes, n=1, cutoff=0.6)
    return (
        f"did you mean `{near[0]}`?"
        if near
        else "name a symbol, a module (`shop.util:*`) or a package (`shop.train.*`)"
    )


def _hint(pattern: str, known: Mapping[str, object]) -> str:
    """Return what to do about an unknown symbol."""
    top = top_level_of(pattern)
    if top != pattern and top in known:
        return f"a class stays in one piece: name `{top}`"
    near = get_close_matches(pattern, known, n=1, cutoff=0.6)
    lists = f"`decompose explain {module_of(pattern)}` lists all"
    return f"did you mean `{near[0]}`? ({lists})" if near else lists
