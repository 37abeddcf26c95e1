"""Entry points: why something outside the code starts a unit."""

from __future__ import annotations

from typing import Any

from decompose.graph import rules
from decompose.graph.modules import ModuleInfo
from decompose.ir import facts as f
from decompose.ir.facts import ScopeFact
from decompose.ir.graph import EntryPoint

_WEB = (
    "flask",
    "fastapi",
    "starlette",
    "sanic",
    "quart",
    "bottle",
    "aiohttp",
    "litestar",
    "falcon",
    "azure",
    "chalice",
)


def entry_of(scope: ScopeFact, decorators: tuple[str, ...], info: ModuleInfo) -> EntryPoint | None:
    """Return how a framework starts a function, `None` when none does."""
    for name, (expression, _) in zip(decorators, scope.decorators, strict=False):
        found = _decorated(name.replace("()", ""), expression, scope)
        if found is not None:
            return found
    name = info.facts.path.rpartition("/")[2]
    if scope.name.startswith("test") and (name.startswith("test_") or name.endswith("_test.py")):
        return EntryPoint(kind="test", framework="pytest", detail=scope.name)
    return None


def entry_of_module(info: ModuleInfo) -> EntryPoint | None:
    """Return the entry point of a module body that runs as a program."""
    if info.facts.has_main_block:
        return EntryPoint(kind="main", framework="python", detail=info.facts.path)
    return None


def _decorated(name: str, expression: list[Any], scope: ScopeFact) -> EntryPoint | None:
    first, _, last = name.partition(".")[0], "", name.rpartition(".")[2]
    if first in _WEB and last in rules.ROUTES:
        kind, method = rules.ROUTES[last]
        route = _first_text(expression)
        if last in ("route", "api_route"):
            method = "/".join(_texts(_keyword(expression, "methods"))) or "GET"
        return EntryPoint(kind=kind, framework=first, detail=f"{method} {route}".strip())  # type: ignore[arg-type]
    for prefix, kind, framework in rules.ENTRY_DECORATORS:
        matched = name == prefix or name.startswith(prefix if prefix.endswith(".") else prefix + ".")
        if matched and last not in (
            "option",
            "argument",
            "fixture",
            "mark",
            "parametrize",
            "pass_context",
            "cache_data",
        ):
            return EntryPoint(kind=kind, framework=framework, detail=_first_text(expression) or scope.name)  # type: ignore[arg-type]
    return None


def _first_text(expression: list[Any]) -> str:
    if expression[0] == f.CALL:
        for argument in expression[3]:
            if argument[0] == f.STR:
                return str(argument[1])
        for key in ("path", "rule", "name"):
            found = _keyword(expression, key)
            if found is not None and found[0] == f.STR:
                return str(found[1])
    return ""


def _keyword(expression: list[Any], name: str) -> list[Any] | None:
    if expression[0] == f.CALL:
        for key, value in expression[4]:
            if key == name:
                return value  # type: ignore[no-any-return]
    return None


def _texts(node: list[Any] | None) -> list[str]:
    if node is None or node[0] != f.SEQ:
        return []
    return [str(e[1]) for e in node[3] if e[0] == f.STR]
