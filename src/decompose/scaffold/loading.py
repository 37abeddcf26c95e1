"""What a service imports when it starts: its own modules, but for those that the monolith itself cannot import."""

from __future__ import annotations

from collections.abc import Mapping

from decompose.ir.blueprint import ServiceBlueprint
from decompose.ir.findings import Finding, Span
from decompose.ir.symbols import module_of
from decompose.scaffold.need import Need
from decompose.scaffold.territory import Territory
from decompose.scaffold.unimportable import unimportable


class Loading:
    """Says what a service loads when it starts, and what no process can load.

    Args:
        territory: Who has which code.
    """

    def __init__(self, territory: Territory) -> None:
        self.territory = territory
        self.missing = unimportable(territory)
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

    def unloadable(self, needs: Mapping[str, Need]) -> tuple[str, ...]:
        """Return the modules of a process, by import name, whose operations fail as they do in the monolith."""
        return tuple(sorted(import_name(needs[module]) for module in self.missing.keys() & needs.keys()))

    def findings(self) -> tuple[Finding, ...]:
        """Return a finding (DC503) for each module of a service that is not loaded, because no process can import it."""
        members = {module_of(member) for member in self.territory.owner}
        return tuple(
            Finding(
                code="DC503",
                level="warning",
                span=Span(self.territory.modules[module].path, line),
                message=f"{why}: no process can import `{module}`, and its service starts without it",
                hint="correct it, or drop the module",
                symbol=module,
            )
            for module, (line, why) in sorted(self.missing.items())
            if module in members
        )


def import_name(need: Need) -> str:
    """Return the name by which a service imports a module itself: its own where it has several."""
    return min(need.import_names, key=lambda name: (name != need.module.name, name))
