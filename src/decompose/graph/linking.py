"""From facts to the code graph."""

from __future__ import annotations

from decompose.graph.assemble import assemble
from decompose.graph.effects import with_effects
from decompose.graph.solver import Solver
from decompose.ir.facts import SourceFacts
from decompose.ir.graph import CodeGraph


def link(facts: SourceFacts) -> CodeGraph:
    """Return the code graph of a tree: units, calls, inheritance, imports, with evidence; roles are still empty."""
    return with_effects(assemble(facts, solve(facts)), facts)


def solve(facts: SourceFacts) -> Solver:
    """Return the solved points-to analysis of a tree; read it through `graph.solution`."""
    return Solver(facts).solve()
