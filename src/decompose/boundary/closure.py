"""What a service needs of the outside world: distributions to install and environment variables to read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from decompose.boundary.sharing import is_value_class
from decompose.boundary.system import System
from decompose.ir.findings import Finding, Span
from decompose.ir.symbols import module_of
from decompose.knowledge.distributions import distribution_of, is_standard, line_of, name_of, own_names, stated_lines


@dataclass(frozen=True, slots=True)
class Closure:
    """Requirements of one service."""

    requirements: tuple[str, ...]
    """PEP 508 lines at the monolith's versions, sorted by name."""
    environment: tuple[str, ...]
    """Names of environment variables, sorted."""
    unpinned: tuple[str, ...]
    """Import names for which the monolith states no requirement, sorted."""


def closure_of(system: System, members: Iterable[str]) -> Closure:
    """Return what the given module-level units need.

    Args:
        system: The graph.
        members: Symbols of the service's own units and of the shared ones that it holds.
    """
    tops = sorted(set(members))
    lines = stated_lines(system.graph.requirements, system.graph.distributions)
    found: dict[str, str] = {}
    unpinned: list[str] = []
    for name in _imports(system, tops):
        line = line_of(name, lines)
        asked = line or distribution_of(name)
        if not line and asked:
            unpinned.append(name)
        if asked:
            found.setdefault(name_of(asked), asked)
    return Closure(
        requirements=tuple(found[name] for name in sorted(found)),
        environment=_environment(system, tops),
        unpinned=tuple(unpinned),
    )


def unpinned_finding(service: str, names: Iterable[str]) -> Finding:
    """Return the finding (DC408) for imports without a requirement line."""
    listed = ", ".join(f"`{name}`" for name in names)
    return Finding(
        code="DC408",
        level="note",
        span=Span(path="requirements.txt"),
        message=f"no requirement line of the monolith covers {listed}, "
        f"which service `{service}` imports; no version is pinned",
        hint="add the line to the monolith's requirements, and generate again",
    )


def _imports(system: System, tops: Iterable[str]) -> tuple[str, ...]:
    """Return the third-party top-level modules that the units' files import, sorted.

    Of a file that holds more than these units, only what their own edges touch counts, where the graph has such edges.
    """
    graph = system.graph
    own = {name.partition(".")[0] for module in graph.modules for name in (module.name, *module.import_names)}
    own |= own_names((), graph.distributions, graph.package)
    wanted: dict[str, set[str]] = {}
    for top in tops:
        wanted.setdefault(module_of(top), set()).add(top)
    names: set[str] = set()
    for name, chosen in wanted.items():
        module = system.index.modules.get(name)
        if module is None:
            continue
        touched = _touched(system, chosen)
        is_whole = chosen >= {top for top in system.index.units if module_of(top) == name}
        is_definition = all(is_value_class(system, system.index.units[top]) for top in chosen)
        names |= (
            set(module.externals) if is_whole or not (touched or is_definition) else set(module.externals) & touched
        )
    return tuple(sorted(name for name in names if not is_standard(name) and name not in own))


def _touched(system: System, tops: Iterable[str]) -> set[str]:
    """Return the top-level names of external symbols that the units' edges lead to."""
    found = set()
    for top in tops:
        for symbol in system.within(top):
            for edge in system.outgoing.get(symbol, ()):
                if edge.target.startswith("external:"):
                    found.add(edge.target.removeprefix("external:").partition(".")[0])
            unit = system.units[symbol]
            found |= {name.partition(".")[0] for name in (*unit.bases, *unit.decorators)}
    return found


def _environment(system: System, tops: Iterable[str]) -> tuple[str, ...]:
    """Return the environment variables that the units read."""
    names = set()
    for top in tops:
        for symbol in system.within(top):
            for edge in system.outgoing.get(symbol, ()):
                if edge.kind == "read" and edge.target.startswith("env:"):
                    names.add(edge.target.removeprefix("env:"))
            unit = system.units[symbol]
            names |= {effect.subject for effect in unit.effects if effect.kind == "reads_env"}
    return tuple(sorted(name for name in names if name.isidentifier()))
