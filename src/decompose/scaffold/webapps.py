"""Which web application a service keeps and answers with."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from decompose.ir.blueprint import ServiceBlueprint
from decompose.ir.findings import Finding, Span
from decompose.ir.symbols import module_of
from decompose.scaffold.territory import Territory

_CLASSES = frozenset({"FastAPI", "Flask", "Starlette", "Quart", "Litestar", "Sanic"})


@dataclass(frozen=True, slots=True)
class _Factory:
    """A function that makes a web application."""

    symbol: str
    made: str
    """Name of its class."""
    span: Span
    needs_arguments: bool


def web_app(territory: Territory, service: ServiceBlueprint) -> tuple[str, str] | None:
    """Return the web application that a gateway keeps, and its framework class; `None` without one that it can have.

    A value of a module goes before a function that makes one. A script that only describes an application is left out: it
    answers nobody.
    """
    if service.kind == "job":
        return None
    modules = _modules(territory, service)
    factories = list(_factories(territory, modules))
    makers = {name: name for name in _CLASSES} | {f.symbol.partition(":")[2]: f.made for f in factories}
    for module in modules:
        text = territory.text(module)
        for statement in text.statements if text is not None else ():
            value = getattr(statement.node, "value", None)
            if (
                isinstance(statement.node, (ast.Assign, ast.AnnAssign))
                and isinstance(value, ast.Call)
                and statement.binds
            ):
                made = makers.get(ast.unparse(value.func).rpartition(".")[2])
                if made:
                    return f"{module}:{statement.binds[0]}", made
    return next(((factory.symbol, factory.made) for factory in factories if not factory.needs_arguments), None)


def unmounted(territory: Territory) -> tuple[Finding, ...]:
    """Return a finding (DC506) for each service that has routes, and whose application only its own code can make."""
    found = []
    for service in territory.blueprint.services:
        has_routes = any(
            (entry := territory.units[member].entry) is not None and entry.kind == "route"
            for member in service.members
            if member in territory.units
        )
        factory = next(_factories(territory, _modules(territory, service)), None)
        if has_routes and factory is not None and web_app(territory, service) is None:
            found.append(
                Finding(
                    code="DC506",
                    level="warning",
                    span=factory.span,
                    message=f"`{factory.symbol}` makes the web application of `{service.name}` from arguments "
                    "that only its code has: it answers the calls of other services, and its routes once the program "
                    "that makes it runs there",
                    hint="make the application without arguments, or bind it in a module, and generate again",
                )
            )
    return tuple(found)


def _modules(territory: Territory, service: ServiceBlueprint) -> list[str]:
    return sorted({module_of(member) for member in service.members} - territory.only_building)


def _factories(territory: Territory, modules: Iterable[str]) -> Iterator[_Factory]:
    """Yield the functions of some modules that make a web application."""
    for module in modules:
        text = territory.text(module)
        for statement in text.statements if text is not None else ():
            node = statement.node
            if not isinstance(node, ast.FunctionDef):
                continue
            calls = (ast.unparse(c.func).rpartition(".")[2] for c in ast.walk(node) if isinstance(c, ast.Call))
            made = next((name for name in calls if name in _CLASSES), "")
            if made:
                span = Span(territory.modules[module].path, node.lineno)
                yield _Factory(f"{module}:{node.name}", made, span, _required(node))


def _required(node: ast.FunctionDef) -> bool:
    positional = len(node.args.args) + len(node.args.posonlyargs) - len(node.args.defaults)
    return positional > 0 or any(default is None for default in node.args.kw_defaults)
