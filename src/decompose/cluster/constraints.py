"""What a person has fixed in the plan: locks, units to keep apart, and the largest size of a service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from decompose.cluster.network import Sides
from decompose.ir.membership import keeps_apart, locks
from decompose.ir.plan import Plan


@dataclass(frozen=True)
class Constraints:
    """What every partition must keep to."""

    locked: Mapping[str, str] = field(default_factory=dict)
    """Service by unit, for units that are locked to one."""
    sides: Mapping[str, Sides] = field(default_factory=dict)
    """Pairs of (rule, side) by unit: units on two sides of one rule never share a service."""
    max_size: int = 0
    """Largest size of a service; 0 for no limit."""

    @property
    def fixed(self) -> frozenset[str]:
        """Units that only the search places: no later step moves or copies them."""
        return frozenset((*self.locked, *self.sides))

    def sides_of(self, units: Iterable[str]) -> Sides:
        """Return the sides of all rules on which some units stand."""
        return frozenset().union(*(self.sides.get(unit, frozenset()) for unit in units))


def constraints_of(plan: Plan | None, symbols: Iterable[str]) -> Constraints:
    """Return what a plan fixes of the units of a system."""
    if plan is None:
        return Constraints()
    known = sorted(symbols)
    sides: dict[str, set[tuple[int, int]]] = {}
    for number, rule in enumerate(keeps_apart(plan, known)):
        for side, units in enumerate(rule):
            for unit in units:
                sides.setdefault(unit, set()).add((number, side))
    return Constraints(
        locked=locks(plan, known),
        sides={unit: frozenset(found) for unit, found in sorted(sides.items())},
        max_size=plan.limits.max_size,
    )
