"""What any proposal must beat: one service, one a file, one a folder, and community detection on the plain graph."""

from __future__ import annotations

from collections.abc import Mapping

import networkx as nx

from decompose.cluster.profile import System, profile_system
from decompose.cluster.relations import relate
from decompose.ir.graph import CodeGraph


def baselines(graph: CodeGraph, *, seed: int = 0) -> dict[str, dict[str, str]]:
    """Return the cluster of every module-level unit under each trivial or standard method, by the method's name.

    Args:
        graph: The graph.
        seed: Of Louvain.
    """
    system = profile_system(graph)
    plain = plain_graph(system)
    paths = {symbol: profile.path for symbol, profile in system.profiles.items()}
    return {
        "one service": dict.fromkeys(paths, "all"),
        "per file": paths,
        "per folder": {symbol: path.rpartition("/")[0] for symbol, path in paths.items()},
        "louvain": _named(nx.community.louvain_communities(plain, weight="weight", seed=seed)),
        "greedy modularity": _named(nx.community.greedy_modularity_communities(plain, weight="weight")),
        "label propagation": _named(nx.community.label_propagation_communities(plain)),
    }


def plain_graph(system: System) -> nx.Graph:
    """Return who uses whom as an undirected graph, weighted by the number of calls; every unit is a node."""
    plain = nx.Graph()
    plain.add_nodes_from(system.profiles)
    for relation in relate(system).pairs:
        known = plain.get_edge_data(relation.source, relation.target, {"weight": 0.0})["weight"]
        plain.add_edge(relation.source, relation.target, weight=known + relation.calls)
    return plain


def _named(communities: object) -> dict[str, str]:
    """Return the community of each node, named by its first member."""
    groups: list[list[str]] = sorted(sorted(group) for group in communities)  # type: ignore[attr-defined]
    return {symbol: group[0] for group in groups for symbol in group}


def agreeable(placed: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return an assignment as a scorer reads it."""
    return {symbol: {"service": service} for symbol, service in sorted(placed.items())}
