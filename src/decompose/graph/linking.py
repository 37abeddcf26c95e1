"""From facts to the code graph."""

from __future__ import annotations

from decompose.graph.assemble import assemble
from decompose.graph.data import with_data
from decompose.graph.effects import with_effects
from decompose.graph.solver import Solver
from decompose.ir.facts import SourceFacts
from decompose.ir.graph import CodeGraph


def link(facts: SourceFacts) -> CodeGraph:
    """Return the code graph of a tree: units, calls, inheritance, imports, data; roles are still empty."""
    solver = solve(facts)
    return with_data(with_effects(assemble(facts, solver), facts), solver)


def solve(facts: SourceFacts) -> Solver:
    """Return the solved points-to analysis of a tree; read it through `graph.solution`."""
    return Solver(facts).solve()
