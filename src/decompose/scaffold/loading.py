"""What a service imports when it starts: its own modules, but for those that the monolith itself cannot import."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

from decompose.ir.blueprint import ServiceBlueprint
from decompose.ir.findings import Finding, Span
from decompose.ir.symbols import module_of
from decompose.scaffold.need import Need
from decompose.scaffold.territory import Territory


class Loading:
    """Says what a service loads when it starts, and what no process can load.

    Args:
        territory: Who has which code.
    """

    def __init__(self, territory: Territory) -> None:
        self.territory = territory
        members = {module_of(member) for member in territory.owner} & territory.modules.keys()
        found = {module: _missing(territory, module) or _broken(territory, module) for module in sorted(members)}
        self.missing = {module: place for module, place in found.items() if place is not None}
        """Line and reason, by module that no process can import."""

    def preload(self, service: ServiceBlueprint, needs: Mapping[str, Need]) -> tuple[str, ...]:
        """Return the modules that hold the service's own code, except programs, which run when they are told to.

        A module that cannot be imported in the monolith either must not keep the service from starting.
        """
        found = []
        for module in sorted({module_of(member) for member in service.members} & needs.keys() - self.missing.keys()):
            is_program = module in self.territory.programs
            has_units = bool(self.territory.units_of.get(module)) and self.territory.text(module) is not None
            if has_units and not is_program:
                found.append(import_name(needs[module]))
        return tuple(found)

    def findings(self) -> tuple[Finding, ...]:
        """Return a finding (DC503) for each module of a service that is not loaded, because no process can import it."""
        return tuple(
            Finding(
                code="DC503",
                level="warning",
                span=Span(self.territory.modules[module].path, line),
                message=f"{why}: no process can import `{module}`, and its service starts without it",
                hint="correct it, or drop the module",
                symbol=module,
            )
            for module, (line, why) in self.missing.items()
        )


def import_name(need: Need) -> str:
    """Return the name by which a service imports a module itself: its own where it has several."""
    return min(need.import_names, key=lambda name: (name != need.module.name, name))


def _missing(territory: Territory, module: str) -> tuple[int, str] | None:
    """Return the first import at the top of a module that asks one of the tree's packages for a module which is not there.

    `None` when all can be made.
    """
    text = territory.text(module)
    for statement in text.statements if text is not None else ():
        for imported in statement.imports if statement.kind == "import" else ():
            name = territory.absolute(imported, module)
            package, _, _ = name.partition(".")
            is_ours = territory.is_module(package) and package != name
            if is_ours and territory.find_module(imported, module) is None and not territory.is_package_folder(name):
                return statement.line, f"`{name}` is imported, which the tree does not have"
    return None


def _broken(territory: Territory, module: str) -> tuple[int, str] | None:
    """Return what the compiler refuses in a module that can be parsed (`return` outside a function), `None` if nothing."""
    if territory.text(module) is None:
        return None
    path = territory.modules[module].path
    try:
        with warnings.catch_warnings(action="ignore"):
            compile(territory.sources[path], path, "exec", dont_inherit=True)
    except SyntaxError as error:
        return error.lineno or 1, f"{error.msg}"
    except (ValueError, RecursionError, MemoryError):
        return None
    return None
