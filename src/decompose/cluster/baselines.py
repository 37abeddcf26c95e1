"""What any proposal must beat: one service, one a file, one a folder, and community detection on the plain graph."""

from __future__ import annotations

from collections.abc import Mapping

import networkx as nx

from decompose.cluster.network import Terms, build
from decompose.cluster.profile import System, profile_system
from decompose.cluster.relations import relate
from decompose.cluster.search import search
from decompose.ir.graph import CodeGraph

LEIDEN_SCALE = 10
"""Edge weights are whole tenths of a call for the search."""


def baselines(graph: CodeGraph, *, seed: int = 0) -> dict[str, dict[str, str]]:
    """Return the cluster of every module-level unit under each trivial or standard method, by the method's name.

    Args:
        graph: The graph.
        seed: Of Louvain and Leiden.
    """
    system = profile_system(graph)
    plain = plain_graph(system)
    paths = {symbol: profile.path for symbol, profile in system.profiles.items()}
    return {
        "one service": dict.fromkeys(paths, "all"),
        "per file": paths,
        "per folder": {symbol: path.rpartition("/")[0] for symbol, path in paths.items()},
        "louvain": _named(nx.community.louvain_communities(plain, weight="weight", seed=seed)),
        "leiden": _leiden(plain, seed),
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


def _leiden(plain: nx.Graph, seed: int) -> dict[str, str]:
    """Return Leiden communities by modularity: our own search, with degrees for sizes and nothing but edges and density.

    `2m (kept - density * sum_{i<j together} k_i k_j / 2m) = 2m * 2m * modularity`, up to a constant, for `density` 1.
    """
    nodes = sorted(plain)
    number = {node: i for i, node in enumerate(nodes)}
    degrees = {node: round(LEIDEN_SCALE * degree) for node, degree in plain.degree(weight="weight")}
    network = build(
        len(nodes),
        ((number[a], number[b], round(LEIDEN_SCALE * w)) for a, b, w in plain.edges(data="weight")),
        sizes=[degrees[node] for node in nodes],
        terms=Terms(density=1, conflict=((0,),)),
    )
    found = search(network, seed=seed)
    groups: dict[int, list[str]] = {}
    for node, group in zip(nodes, found, strict=True):
        groups.setdefault(group, []).append(node)
    return _named(groups.values())


def _named(communities: object) -> dict[str, str]:
    """Return the community of each node, named by its first member."""
    groups: list[list[str]] = sorted(sorted(group) for group in communities)  # type: ignore[attr-defined]
    return {symbol: group[0] for group in groups for symbol in group}


def agreeable(placed: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return an assignment as a scorer reads it."""
    return {symbol: {"service": service} for symbol, service in sorted(placed.items())}
