"""Stage `graph`: facts become the code graph, by a whole-program points-to analysis."""

from decompose.graph.export import callgraph
from decompose.graph.linking import link, link_calls, solve

__all__ = ["callgraph", "link", "link_calls", "solve"]
