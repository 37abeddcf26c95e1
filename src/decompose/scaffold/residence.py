"""Which code runs inside one process: units, module bodies, and definitions that must stand there although others own
them.
"""

from __future__ import annotations

from decompose.ir.symbols import qualname_of, top_level_of
from decompose.scaffold.copyable import Copyable
from decompose.scaffold.territory import CLIENT, Territory


class Residence:
    """Says what runs inside one process.

    Args:
        territory: Who has which code.
        process: Name of a service, or `CLIENT`.
    """

    def __init__(self, territory: Territory, process: str) -> None:
        self.territory = territory
        self.process = process
        self.copyable = Copyable(territory, self.is_local)
        self._forced: set[str] = set()
        """Units of others that the process defines for itself: bases and decorators of its own code."""
        self._live_bodies: dict[str, bool] = {}
        self._force_inherited()

    def is_local(self, symbol: str) -> bool:
        """Return whether the unit runs inside this process."""
        return symbol in self._forced or self.territory.is_local(symbol, self.process)

    def is_local_body(self, module: str) -> bool:
        """Return whether the module's own statements run inside this process."""
        owner = self.territory.body_owner(module)
        if owner is None or owner == self.process:
            return True
        if self.process != CLIENT:
            return False
        return self.is_gateway(owner) or self._serves_live_units(module)

    def is_gateway(self, service: str) -> bool:
        """Return whether a service is the one that stands where people come in."""
        return self.territory.service_by_name[service].kind == "gateway"

    def is_own(self, module: str) -> bool:
        """Return whether all of the module runs inside this process."""
        units = self.territory.units_of.get(module, ())
        owner = self.territory.body_owner(module)
        return all(self.is_local(symbol) for symbol in units) and owner in (None, self.process)

    def is_mixed(self, module: str) -> bool:
        """Return whether units of the module run in this process beside units that do not: both need its values."""
        owner = self.territory.owner
        units = self.territory.units_of.get(module, ())
        if self.process == CLIENT:
            return any(s not in owner and s not in self.territory.shared for s in units)
        return any(owner.get(s) == self.process for s in units)

    def owns_any(self, module: str) -> bool:
        """Return whether some of the module is this process's own."""
        return self.is_mixed(module) or self.territory.body_owner(module) == self.process

    def needs_value(self, module: str, index: int) -> bool:
        """Return whether a statement uses a value of its module that only the owner of its body can make."""
        text = self.territory.text(module)
        assert text is not None
        binders = [text.statements[i] for name in text.statements[index].uses for i in text.binders.get(name, ())]
        return any(b.kind in ("assign", "compound") and not self.copyable.holds(module, b) for b in binders)

    def force(self, symbol: str) -> None:
        """Let the process have its own definition of a unit that another one owns."""
        self._forced.add(symbol)

    def force_bases_of(self, symbol: str) -> None:
        """Give the process its own definition of the classes from which one of its classes inherits."""
        unit = self.territory.units.get(symbol)
        for base in unit.bases if unit is not None else ():
            if base in self.territory.units and base not in self._forced and not self.is_local(base):
                self._forced.add(base)
                self.force_bases_of(base)

    def _force_inherited(self) -> None:
        for edge in self.territory.graph.edges:
            top = top_level_of(edge.source)
            if edge.kind == "inherit" and edge.source in self.territory.units and self.is_local(top):
                if self.process == CLIENT or self.territory.owner.get(top) == self.process:
                    self.force_bases_of(edge.source)

    def _serves_live_units(self, module: str) -> bool:
        """Return whether routes or commands that stay here use a value of their module (`@app.route`): both stay."""
        known = self._live_bodies.get(module)
        if known is None:
            text = self.territory.text(module)
            live = [s for s in self.territory.units_of.get(module, ()) if s in self.territory.live_units]
            indexes = [i for s in live for i in (text.binders.get(qualname_of(s), ()) if text is not None else ())]
            known = self._live_bodies[module] = any(self.needs_value(module, i) for i in indexes)
        return known
