"""The search problem of a system: who takes part, what may not part, what pulls; and the same in whole numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import log10

from decompose.cluster.claims import without_empty_registries
from decompose.cluster.conduct import conducted
from decompose.cluster.constraints import Constraints, constraints_of
from decompose.cluster.contract import atoms, libraries
from decompose.cluster.network import Network, Terms, build
from decompose.cluster.process import answering
from decompose.cluster.profile import System, profile_system
from decompose.cluster.pulls import Pull, pulls
from decompose.cluster.relations import Relations, relate
from decompose.cluster.scope import Scope, scope_of
from decompose.cluster.stages import conflicts
from decompose.cluster.weights import Weights
from decompose.ir.evidence import History, HopCost, Trace
from decompose.ir.graph import CodeGraph
from decompose.ir.plan import Plan

TYPICAL_SIZE = 100
"""Units of size at which charges are divided by the size itself."""


@dataclass(frozen=True)
class Problem:
    """A system made ready for the search."""

    system: System
    relations: Relations
    scope: Scope
    libraries: frozenset[str]
    atoms: tuple[tuple[str, ...], ...]
    pulls: tuple[Pull, ...]
    weights: Weights
    constraints: Constraints

    @cached_property
    def network(self) -> Network:
        """The problem as numbers, without what drives units apart."""
        number = {symbol: i for i, atom in enumerate(self.atoms) for symbol in atom}
        hubs = sorted({end for pull in self.pulls for end in (pull.unit, pull.other)} - number.keys())
        number.update({hub: len(self.atoms) + i for i, hub in enumerate(hubs)})
        profiles, locked = self.system.profiles, self.constraints.locked
        sizes = [sum(profiles[symbol].size for symbol in atom) for atom in self.atoms]
        labels = [next((locked[s] for s in atom if s in locked), "") for atom in self.atoms]
        return build(
            len(self.atoms) + len(hubs),
            ((number[pull.unit], number[pull.other], pull.weight) for pull in self.pulls),
            sizes=sizes + [0] * len(hubs),
            masses=[_mass(self.system, atom) for atom in self.atoms] + [()] * len(hubs),
            labels=labels + [""] * len(hubs),
            apart=[self.constraints.sides_of(atom) for atom in self.atoms] + [frozenset()] * len(hubs),
            total=_scale(sum(sizes), self.weights),
            terms=Terms(),
        )


def prepare(
    graph: CodeGraph,
    *,
    trace: Trace | None = None,
    history: History | None = None,
    previous: Plan | None = None,
    weights: Weights | None = None,
) -> Problem:
    """Return the search problem of a graph.

    Args:
        graph: The graph with roles.
        trace: Calls that a run showed.
        history: What changed together.
        previous: An earlier plan, with the locks and limits that a person set.
        weights: How much each signal counts.
    """
    chosen = weights or Weights()
    system = profile_system(graph)
    constraints = constraints_of(previous, system.profiles)
    relations = relate(system, trace)
    system = answering(conducted(without_empty_registries(system, relations), relations))
    scope = scope_of(system, relations)
    found = frozenset(libraries(system, relations, scope.core) - constraints.fixed)
    members = [symbol for symbol in scope.core if symbol not in found]
    return Problem(
        system=system,
        relations=relations,
        scope=scope,
        libraries=found,
        atoms=tuple(atoms(system, relations, members, constraints=constraints, offline=scope.offline)),
        pulls=tuple(pulls(system, relations, scope, members, weights=chosen, history=history)),
        weights=chosen,
        constraints=constraints,
    )


def drawn_to(problem: Problem, cluster_by_unit: Mapping[str, str]) -> Problem:
    """Return the same problem with a pull of each unit to where it stands: it moves for a good reason only."""
    members = (symbol for atom in problem.atoms for symbol in atom if symbol in cluster_by_unit)
    inertia = (Pull(s, f"before:{cluster_by_unit[s]}", problem.weights.inertia, "inertia") for s in members)
    return replace(problem, pulls=(*problem.pulls, *inertia))


def network_of(problem: Problem, factor: float = 1.0) -> Network:
    """Return a problem as numbers: the atoms first, then the hubs in order of name.

    Args:
        problem: The system.
        factor: On everything that drives units apart.
    """
    weights = problem.weights
    terms = Terms(
        density=round(weights.density * factor),
        stage=round(weights.stage * factor),
        premium=round(weights.premium / factor),
        conflict=conflicts(),
        max_size=problem.constraints.max_size,
    )
    return replace(problem.network, terms=terms)


def priced(weights: Weights | None, hop: HopCost | None) -> Weights:
    """Return the weights with the price of a call for the order of magnitude of this machine's hop.

    Only the order: a measured time varies from run to run, and a proposal must not.
    """
    chosen = weights or Weights()
    if hop is None or not hop.samples or hop.base_ms <= 0:
        return chosen
    factor = min(2.0, max(0.5, 1.0 + round(log10(hop.base_ms / HopCost().base_ms))))
    return replace(chosen, call=round(chosen.call * factor))


def _scale(size: int, weights: Weights) -> int:
    """Return what charges between pairs are divided by: the size, less for a small system and more for a large one.

    A system of 40 units does as many kinds of work as one of 400, with fewer edges between the kinds; divided by the
    size alone, small systems would hardly be parted and large ones fall to pieces. Bounded to half and double.
    """
    factor: float = (max(size, 1) / TYPICAL_SIZE) ** (weights.scaling - 1.0)
    return max(1, round(size * min(2.0, max(0.5, factor))))


def _mass(system: System, atom: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Return the stage mass of a group of units."""
    total: dict[int, int] = {}
    for symbol in atom:
        for stage, mass in system.profiles[symbol].mass:
            total[stage] = total.get(stage, 0) + mass
    return tuple(sorted(total.items()))
