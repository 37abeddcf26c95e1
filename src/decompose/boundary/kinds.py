"""What a part is when it runs: a service, a job, or the gateway that people see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from decompose.ir.graph import CodeGraph, Unit
from decompose.ir.plan import Resources, ServiceKind
from decompose.ir.symbols import MODULE_BODY, qualname_of
from decompose.ir.units import PAGE_LIBRARIES, UnitIndex, index_units, is_page_script

RUNS = frozenset(("main", "cli", "task", "flow", "job"))
"""Entry points that run and end."""
SERVES = frozenset(("route", "page"))
"""Entry points that answer for as long as their process lives."""
JOB_ROLES = ("training", "tuning", "orchestration", "batch_inference", "evaluation")
"""Work that runs and ends, also where a request starts it."""
SCREEN_LIBRARIES = PAGE_LIBRARIES | frozenset((
    "aiohttp", "bottle", "curses", "discord", "django", "fastapi", "flask", "gunicorn", "http", "kivy", "PyQt5", "PyQt6",
    "PySide2", "PySide6", "pygame", "quart", "sanic", "socketserver", "starlette", "telegram", "textual", "tkinter",
    "tornado", "uvicorn", "waitress", "webbrowser", "websockets", "wx",
))  # fmt: skip
"""Libraries with which a program that runs has people to look at it, or to ask it."""
SILENT_ROLES = ("config_util", "exploration")
"""Roles that every part has a share of, whatever it is for."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """What a part consists of, in figures."""

    roles: Mapping[str, float]
    """Statements by role, strongest first."""
    entries: tuple[str, ...]
    """Kinds of entry points, sorted."""
    traits: tuple[str, ...]
    """Resource traits, sorted."""
    statements: int
    units: int
    externals: tuple[str, ...]
    """Top-level libraries that its modules import, sorted."""
    is_started: bool = True
    """Whether something starts it by itself: an entry point of its own, a conductor, a command; else the others use it."""

    @property
    def role(self) -> str:
        """The strongest role that says what a part is for; empty when it only holds settings and helpers."""
        return next((role for role in self.roles if role not in SILENT_ROLES), "")

    @property
    def telling(self) -> dict[str, float]:
        """The roles without those that say nothing of what a part is for."""
        return {role: weight for role, weight in self.roles.items() if role not in SILENT_ROLES}


def portray(graph: CodeGraph, service_by_unit: Mapping[str, str]) -> dict[str, Portrait]:
    """Return the portrait of every part, by name."""
    index = index_units(graph)
    members: dict[str, list[str]] = {}
    for symbol, service in service_by_unit.items():
        members.setdefault(service, []).append(symbol)
    size = _sizes(index)
    found = {service: _portrait(index, symbols, size) for service, symbols in sorted(members.items())}
    started = _started(graph, index, service_by_unit)
    return {
        service: replace(portrait, is_started=_has_entry(portrait) or service in started)
        for service, portrait in found.items()
    }


def kind_of(portrait: Portrait, *, is_called: bool) -> ServiceKind:
    """Return what a part is when it runs.

    Args:
        portrait: What it consists of.
        is_called: Whether a service or gateway calls into it.
    """
    if "page" in portrait.entries or (portrait.role == "gateway_ui" and is_seen(portrait)):
        return "gateway"
    runs_and_ends = bool(RUNS.intersection(portrait.entries)) and (
        "gateway_ui" not in portrait.roles or not is_seen(portrait)
    )
    if "route" in portrait.entries or (portrait.role == "online_inference" and not runs_and_ends):
        return "service"
    if is_called and not portrait.is_started and portrait.role not in JOB_ROLES:
        return "service"
    return "job"


def is_seen(portrait: Portrait) -> bool:
    """Return whether something shows a part to people: routes, pages, or a library; a command may only speak of pages."""
    libraries = {library.partition(".")[0] for library in portrait.externals}
    is_command = bool(RUNS.intersection(portrait.entries)) and not SERVES.intersection(portrait.entries)
    return not is_command or bool(libraries & SCREEN_LIBRARIES)


def resources_of(portrait: Portrait) -> Resources:
    """Return what one replica needs, from its resource traits."""
    chosen: dict[str, Any] = {}
    if "gpu" in portrait.traits:
        chosen |= {"gpu": 1, "memory_mb": 4096}
    elif "memory" in portrait.traits:
        chosen |= {"memory_mb": 2048}
    if "cpu" in portrait.traits:
        chosen |= {"cpu": 2.0}
    return Resources(**chosen)


def _started(graph: CodeGraph, index: UnitIndex, service_by_unit: Mapping[str, str]) -> set[str]:
    """Return the parts that a script is the start of, or that a command or conductor of another part calls."""
    imported = {edge.target for edge in graph.edges if edge.kind == "import"}
    scripts = {
        symbol
        for symbol, unit in index.units.items()
        if unit.module in index.modules
        and qualname_of(symbol) == MODULE_BODY
        and index.modules[unit.module].kind == "script"
        and index.modules[unit.module].statements
        and not imported & {unit.module, symbol}
        and not is_page_script(index, symbol)
    }
    found = {service_by_unit[symbol] for symbol in scripts if symbol in service_by_unit}
    for edge in graph.edges:
        source, target = index.owner(edge.source), index.owner(edge.target)
        if edge.kind == "call" and source and target and service_by_unit.get(source) != service_by_unit.get(target):
            if source in scripts or _conducts(index.units[source]):
                found.add(service_by_unit.get(target, ""))
    return found - {""}


def _has_entry(portrait: Portrait) -> bool:
    """Return whether a part has an entry point of its own."""
    return bool(set(portrait.entries) & (RUNS | SERVES))


def _conducts(unit: Unit) -> bool:
    """Return whether a unit is a command, a task or a conductor: what it calls in other parts, it starts."""
    strongest = max(unit.roles, key=lambda tag: tag.confidence, default=None)
    is_conductor = strongest is not None and strongest.role == "orchestration"
    return bool(RUNS.intersection(_entries(unit))) or is_conductor


def _sizes(index: UnitIndex) -> dict[str, int]:
    """Return the statements of every module-level unit, each counted once: a module's body without what it defines."""
    defined: Counter[str] = Counter()
    for symbol, unit in index.units.items():
        defined[unit.module] += 0 if qualname_of(symbol) == MODULE_BODY else unit.statements
    return {
        symbol: unit.statements - defined[unit.module] if qualname_of(symbol) == MODULE_BODY else unit.statements
        for symbol, unit in index.units.items()
    }


def _portrait(index: UnitIndex, symbols: Iterable[str], size: Mapping[str, int]) -> Portrait:
    """Return the portrait of some module-level units with what they hold."""
    chosen = sorted(symbols)
    pieces = [piece for symbol in chosen for piece in (index.units[symbol], *index.inner.get(symbol, ()))]
    weight: dict[str, float] = {}
    for piece in pieces:
        for tag in piece.roles:
            weight[tag.role] = weight.get(tag.role, 0.0) + tag.confidence * (piece.statements + 1)
    modules = {index.units[symbol].module for symbol in chosen} & index.modules.keys()
    return Portrait(
        roles=dict(sorted(weight.items(), key=lambda item: (-item[1], item[0]))),
        entries=tuple(sorted({entry for piece in pieces for entry in _entries(piece)} | _pages(index, chosen))),
        traits=tuple(sorted({tag.resource for piece in pieces for tag in piece.resources})),
        statements=sum(size[symbol] for symbol in chosen),
        units=len(chosen),
        externals=tuple(sorted({library for name in modules for library in index.modules[name].externals})),
    )


def _pages(index: UnitIndex, symbols: Iterable[str]) -> set[str]:
    """Return `page` when a script that draws is among the units."""
    return {"page"} if any(is_page_script(index, symbol) for symbol in symbols) else set()


def _entries(unit: Unit) -> list[str]:
    """Return the kinds of entry points of a unit; a `__main__` block counts as `main`."""
    found = [unit.entry.kind] if unit.entry is not None else []
    return [*found, "main"] if "main_block" in unit.flags else list(found)
