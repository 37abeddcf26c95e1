"""Final names of operations, and who may call what."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from decompose.ir.blueprint import Operation
from decompose.ir.symbols import MODULE_BODY, module_of, qualname_of, top_level_of
from decompose.scaffold.need import Need
from decompose.scaffold.territory import CLIENT, Territory

_OPERATORS = frozenset({
    "__call__", "__len__", "__getitem__", "__setitem__", "__delitem__", "__contains__", "__bool__", "__int__", "__float__",
    "__index__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__neg__", "__abs__", "__add__", "__radd__",
    "__sub__", "__rsub__", "__mul__", "__rmul__", "__truediv__", "__rtruediv__", "__matmul__", "__and__", "__or__",
    "__xor__",
})  # fmt: skip
"""Special methods that are called like others; those that open and end something, or iterate, are left out."""


@dataclass(frozen=True, slots=True)
class ServedOperation:
    """One function of a service, as others call it."""

    name: str
    symbol: str
    callers: tuple[str, ...]
    is_idempotent: bool
    parameters: tuple[str, ...]
    summary: str
    origin: str


def served(territory: Territory, needs: Mapping[str, Mapping[str, Need]]) -> dict[str, tuple[ServedOperation, ...]]:
    """Return the operations of each service: every function that stands at module level in its members.

    Args:
        territory: Who has which code.
        needs: Needs by process, which say who calls whom.
    """
    callers = callers_by_symbol(territory, needs)
    planned = {o.symbol: o for service in territory.blueprint.services for o in service.operations}
    found: dict[str, tuple[ServedOperation, ...]] = {}
    for service in territory.blueprint.services:
        functions = [
            s for s in service.members if _is_function(territory, s) and not _is_inside_program(territory, s, callers)
        ]
        taken = Counter(qualname_of(symbol) for symbol in functions)
        operations = []
        for symbol in sorted(functions):
            plan = planned.get(symbol)
            unit = territory.units[symbol]
            name = plan.name if plan is not None and plan.kind == "function" else _name(symbol, taken)
            operations.append(
                ServedOperation(
                    name=name,
                    symbol=symbol,
                    callers=tuple(sorted(callers.get(symbol, set()) | _planned_callers(territory, plan))),
                    is_idempotent=bool(plan is not None and plan.is_idempotent),
                    parameters=_parameters(territory, symbol),
                    summary=unit.doc,
                    origin=str(unit.span),
                )
            )
        found[service.name] = _distinct(operations)
    return found


def methods_of(territory: Territory, service: str, client: Mapping[str, Need]) -> tuple[str, ...]:
    """Return the classes of a service that others build and use from outside, and their public methods, sorted.

    Operators count as public: calls and items of an object, comparisons, arithmetic.

    Args:
        territory: Who has which code.
        service: Name of the service.
        client: What the process needs that stands where the monolith stood: its facades are what is used.
    """
    facades = {f"{need.module.name}:{name}" for need in client.values() for name in need.facades}
    found = []
    for unit in territory.graph.units:
        top, name = top_level_of(unit.symbol), qualname_of(unit.symbol)
        method = name.partition(".")[2]
        is_public = not method.startswith("_") or method in _OPERATORS
        is_method = unit.kind == "method" and name.count(".") == 1 and is_public
        is_class = unit.kind == "class" and unit.symbol == top
        if (is_class or is_method) and top in facades and territory.owner.get(top) == service:
            found.append(unit.symbol)
    return tuple(sorted(found))


def callers_by_symbol(territory: Territory, needs: Mapping[str, Mapping[str, Need]]) -> dict[str, set[str]]:
    """Return the services whose facades name each symbol (`module:name`, and `module` for its values)."""
    found: dict[str, set[str]] = {}
    for process, modules in needs.items():
        for need in modules.values() if process != CLIENT else ():
            for name in need.facades:
                found.setdefault(f"{need.module.name}:{name}", set()).add(process)
            if need.remote_values:
                found.setdefault(need.module.name, set()).add(process)
    return found


def named_symbols(
    territory: Territory, service: str, callers: Mapping[str, set[str]]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the classes, functions and modules of a service that messages may name, with their callers.

    A function may also reach a caller as a value; that the plan has it call the function is enough.
    """
    planned = {operation.symbol: operation for operation in territory.service_by_name[service].operations}
    members = territory.service_by_name[service].members
    symbols = {s for s in members if s in territory.units and qualname_of(s) != MODULE_BODY}
    symbols |= {module_of(s) for s in members if module_of(s) in territory.modules}
    return tuple(
        (symbol, tuple(sorted(callers.get(symbol, set()) | _planned_callers(territory, planned.get(symbol)))))
        for symbol in sorted(symbols)
    )


def _planned_callers(territory: Territory, plan: Operation | None) -> set[str]:
    return set(plan.callers if plan is not None else ()) & territory.service_by_name.keys()


def _is_inside_program(territory: Territory, symbol: str, callers: Mapping[str, set[str]]) -> bool:
    """Return whether a function belongs to a program, which nobody can import without running it."""
    text = territory.text(module_of(symbol)) if module_of(symbol) in territory.modules else None
    binders = [text.statements[i].kind for i in text.binders.get(qualname_of(symbol), ())] if text is not None else []
    if binders and set(binders) == {"main"}:
        return True
    return module_of(symbol) in territory.programs and not callers.get(symbol)


def _is_function(territory: Territory, symbol: str) -> bool:
    unit = territory.units.get(symbol)
    return unit is not None and unit.kind == "function" and qualname_of(symbol).isidentifier()


def _name(symbol: str, taken: Counter[str]) -> str:
    name = qualname_of(symbol)
    return name if taken[name] == 1 else re.sub(r"\W", "_", f"{module_of(symbol)}_{name}")


def _distinct(operations: list[ServedOperation]) -> tuple[ServedOperation, ...]:
    seen: dict[str, ServedOperation] = {}
    for operation in operations:
        seen.setdefault(operation.name, operation)
    return tuple(seen[name] for name in sorted(seen))


def _parameters(territory: Territory, symbol: str) -> tuple[str, ...]:
    text = territory.text(module_of(symbol)) if module_of(symbol) in territory.modules else None
    indexes = text.binders.get(qualname_of(symbol), ()) if text is not None else ()
    node = text.statements[indexes[-1]].node if text is not None and indexes else None
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return ()
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg]
    return tuple(argument.arg for argument in every if argument is not None)
