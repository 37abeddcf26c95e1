"""From facts to the code graph."""

from __future__ import annotations

import msgspec

from decompose.graph.assemble import assemble
from decompose.graph.data import data_layer
from decompose.graph.effects import with_effects
from decompose.graph.solver import Solver
from decompose.ir.facts import SourceFacts
from decompose.ir.graph import CodeGraph


def link(facts: SourceFacts) -> CodeGraph:
    """Return the code graph of a tree: calls, data, state and effects, with evidence; roles are still empty."""
    solver = solve(facts)
    graph = assemble(facts, solver)
    layer = data_layer(solver, graph.units)
    edges = sorted((*graph.edges, *layer.edges), key=lambda e: (e.source, e.target, e.kind, e.parameter))
    graph = msgspec.structs.replace(
        graph,
        units=layer.units,
        edges=tuple(edges),
        assets=layer.assets,
        states=layer.states,
        findings=tuple(sorted({*graph.findings, *layer.findings})),
    )
    return with_effects(graph, facts)


def solve(facts: SourceFacts) -> Solver:
    """Return the solved points-to analysis of a tree: its objects, frames and cells (see `graph.core.Core`)."""
    return Solver(facts).solve()
