"""From facts to the code graph."""

from __future__ import annotations

import msgspec

from decompose.graph.assemble import assemble
from decompose.graph.data import data_layer
from decompose.graph.effects import with_effects
from decompose.graph.hiding import hide
from decompose.graph.registered import with_registered
from decompose.graph.routes import join_routes
from decompose.graph.skew import skew_findings
from decompose.graph.solver import Solver
from decompose.ir.facts import SourceFacts
from decompose.ir.graph import CodeGraph
from decompose.knowledge import Knowledge, load
from decompose.resources import room_for_recursion, without_collection


def link(facts: SourceFacts, knowledge: Knowledge | None = None) -> CodeGraph:
    """Return the code graph of a tree: calls, data, state and effects, with evidence; roles are still empty.

    Args:
        facts: What scanning the tree gave.
        knowledge: What libraries' APIs do; the built-in files by default.
    """
    with room_for_recursion(), without_collection():
        return _link(facts, knowledge or load())


def link_calls(facts: SourceFacts, knowledge: Knowledge | None = None) -> CodeGraph:
    """Return the graph of a tree with modules, units, calls and inheritance alone: no data, state or effects."""
    with room_for_recursion(), without_collection():
        return assemble(facts, solve(facts, knowledge or load()))


def _link(facts: SourceFacts, knowledge: Knowledge) -> CodeGraph:
    solver = solve(facts, knowledge)
    graph = with_registered(assemble(facts, solver), solver)
    layer = data_layer(solver, graph.units, knowledge)
    edges = sorted((*graph.edges, *layer.edges), key=lambda e: (e.source, e.target, e.kind, e.parameter))
    graph = msgspec.structs.replace(
        graph,
        units=layer.units,
        edges=tuple(edges),
        assets=layer.assets,
        states=layer.states,
        findings=tuple(sorted({*graph.findings, *layer.findings})),
    )
    if facts.repositories:
        graph = join_routes(graph, facts.repositories)
    skewed = sorted({*graph.findings, *skew_findings(graph, knowledge)})
    return hide(with_effects(msgspec.structs.replace(graph, findings=tuple(skewed)), facts))


def solve(facts: SourceFacts, knowledge: Knowledge | None = None) -> Solver:
    """Return the solved points-to analysis of a tree: its objects, frames and cells (see `graph.core.Core`)."""
    return Solver(facts, knowledge).solve()
