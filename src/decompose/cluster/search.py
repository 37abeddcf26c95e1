"""Deterministic multilevel local moving (Leiden-style) with must-link, cannot-link, fixed and size constraints.

Nodes are moved one at a time to the neighbouring cluster that gains most, clusters are refined and folded into single
nodes, and so on until nothing gains; then whole clusters are merged where that gains. Everything is whole numbers and
visited in node order, so that the result depends on the input and the seed alone.

Source:
    V. Traag, L. Waltman, N. J. van Eck, "From Louvain to Leiden: guaranteeing well-connected communities" (2019);
    the moving, refining and folding steps; the objective is `network.objective`.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from typing import Any

from decompose.cluster.network import FINE, Network, aggregate, are_apart, objective

MAX_LEVELS = 30
MAX_ROUNDS = 12
MERGE_LIMIT = 400
"""Clusters above which only neighbours are tried for merging: all pairs would be quadratic."""
POLISH_LIMIT = 20_000
"""Nodes times clusters above which a node is not tried in clusters that it has no attraction to."""
RESTART_BUDGET = 60_000
"""Edges visited per restart times restarts, so that small systems are searched more often than large ones."""
MAX_RESTARTS = 12


def search(network: Network, *, start: Sequence[int] | None = None, seed: int = 0) -> tuple[int, ...]:
    """Return the best partition found, as the cluster number of each node; numbers follow the first member.

    Args:
        network: The problem; nodes with one label must already be one node (`aggregate` them).
        start: Cluster of each node to begin with; each alone by default.
        seed: Of the orders in which nodes are visited in the restarts.
    """
    edges = 1 + sum(map(len, network.adjacency))
    restarts = max(1, min(MAX_RESTARTS, RESTART_BUDGET // edges))
    best: tuple[int, ...] | None = None
    for attempt in range(restarts):
        order = list(range(len(network)))
        if attempt:
            random.Random(seed * 1000 + attempt).shuffle(order)  # noqa: S311  (an order, not a secret)
        found = _climb(network, _beginning(network, start, attempt), order)
        if best is None or (objective(network, found), best) > (objective(network, best), found):
            best = found
    return best if best is not None else ()


def _beginning(network: Network, start: Sequence[int] | None, attempt: int) -> list[int]:
    """Return where an attempt begins: as given or each alone, every other time all together where that is allowed."""
    if attempt % 2 and not any(network.labels) and not any(network.apart) and not network.terms.max_size:
        return [0] * len(network)
    return list(start) if start is not None else list(range(len(network)))


def renumber(cluster_by_node: Sequence[int]) -> tuple[int, ...]:
    """Return the same partition with clusters numbered in the order of their first members."""
    number: dict[int, int] = {}
    return tuple(number.setdefault(cluster, len(number)) for cluster in cluster_by_node)


def _climb(network: Network, clusters: list[int], order: list[int]) -> tuple[int, ...]:
    """Return a partition that neither moving a node, nor a group, nor merging two clusters improves."""
    current = renumber(clusters)
    for _ in range(MAX_ROUNDS):
        improved = _polish(network, _merge(network, _multilevel(network, list(current), order)), order)
        if improved == current or objective(network, improved) <= objective(network, current):
            break
        current = improved
    return current


def _multilevel(network: Network, clusters: list[int], order: list[int]) -> tuple[int, ...]:
    """Return the partition after moving, refining and folding until a level changes nothing."""
    level, place = network, list(range(len(network)))
    for _ in range(MAX_LEVELS):
        _Moves(level, clusters).run(order)
        refined = _refine(level, clusters)
        groups = max(refined, default=-1) + 1
        if groups == len(level):
            break
        cluster_by_group = [0] * groups
        for node, group in enumerate(refined):
            cluster_by_group[group] = clusters[node]
        level = aggregate(level, refined, groups)
        place = [refined[group] for group in place]
        clusters, order = cluster_by_group, list(range(groups))
    return renumber([clusters[group] for group in place])


def _refine(network: Network, clusters: Sequence[int]) -> tuple[int, ...]:
    """Return groups inside the clusters: each node alone first, then moved only within its cluster."""
    moves = _Moves(network, list(range(len(network))), within=clusters, premium=0)
    moves.run(list(range(len(network))), passes=1)
    return renumber(moves.clusters)


def _merge(network: Network, clusters: Sequence[int]) -> tuple[int, ...]:
    """Return the partition after joining, best pair first, the clusters that are worth more together."""
    current = renumber(clusters)
    count = max(current, default=-1) + 1
    if count < 2:
        return current
    level = aggregate(network, current, count)
    moves = _Moves(level, list(range(count)), everywhere=count <= MERGE_LIMIT)
    moves.run(list(range(count)))
    final = moves.clusters
    return renumber([final[group] for group in current])


def _polish(network: Network, clusters: tuple[int, ...], order: Sequence[int]) -> tuple[int, ...]:
    """Return the partition after single moves to any cluster, neighbour or not, where there are few enough to try."""
    if len(network) * (max(clusters, default=0) + 1) > POLISH_LIMIT:
        return clusters
    moves = _Moves(network, list(clusters), everywhere=True)
    moves.run(order)
    return renumber(moves.clusters)


class _Moves:
    """The state of one level: what each cluster holds, and the moves that gain."""

    def __init__(
        self,
        network: Network,
        clusters: list[int],
        *,
        within: Sequence[int] | None = None,
        premium: int | None = None,
        everywhere: bool = False,
    ) -> None:
        self.network, self.clusters, self.within, self.everywhere = network, clusters, within, everywhere
        terms = network.terms
        self.scale = FINE * network.total
        self.premium = self.scale * (terms.premium if premium is None else premium)
        self.density = FINE * terms.density
        self.stages = len(terms.conflict)
        self.rows = tuple(tuple(terms.stage * value for value in row) for row in terms.conflict)
        spaces = max(len(network), max(clusters, default=-1) + 1) + 1
        self.size = [0] * spaces
        self.nodes = [0] * spaces
        self.pull = [[0] * self.stages for _ in range(spaces)]
        self.label: dict[int, dict[str, int]] = {}
        self.apart: dict[int, dict[tuple[int, int], int]] = {}
        self.own = [self._own_charge(node) for node in range(len(network))]
        for node, cluster in enumerate(clusters):
            self._place(node, cluster, 1)
        self.is_free = not (any(network.labels) or any(network.apart) or terms.max_size)
        self.held = {cluster for cluster, nodes in enumerate(self.nodes) if nodes}
        self.free = [c for c in range(spaces - 1, -1, -1) if not self.nodes[c]]

    def run(self, order: Sequence[int], *, passes: int = 0) -> None:
        """Move nodes until none gains (or once each, with `passes`), neighbours of a moved node again."""
        queue, waiting = deque(order), [True] * len(self.network)
        budget = len(order) * (passes or 40)
        while queue and budget:
            node = queue.popleft()
            waiting[node] = False
            budget -= 1
            if not self._improve(node) or passes:
                continue
            here = self.clusters[node]
            for other in self.network.adjacency[node]:
                if not waiting[other] and self.clusters[other] != here:
                    waiting[other] = True
                    queue.append(other)

    def _improve(self, node: int) -> bool:
        """Move a node to the cluster that gains most; ties go to staying, then to the lowest cluster."""
        home, clusters, within = self.clusters[node], self.clusters, self.within
        if within is not None and self.nodes[home] > 1:
            return False
        attraction: dict[int, int] = {}
        for other, weight in self.network.adjacency[node].items():
            if within is None or within[other] == within[node]:
                cluster = clusters[other]
                attraction[cluster] = attraction.get(cluster, 0) + weight
        size, masses = self.network.sizes[node], self.network.masses[node]
        # what it is worth where it is, as if it stood outside
        charge = self.density * size * (self.size[home] - size) - self.own[node]
        for stage, mass in masses:
            charge += mass * self.pull[home][stage]
        if size and self.size[home] == size:
            charge += self.premium
        best, best_value = home, self.scale * attraction.get(home, 0) - charge
        rate = self.density * size
        for cluster in self._candidates(node, attraction):
            if cluster == home:
                continue
            held = self.size[cluster]
            value = self.scale * attraction.get(cluster, 0) - rate * held
            # charges only grow from here on: what is behind already cannot come first
            if value < best_value or not (self.is_free or self._allows(node, cluster)):
                continue
            pull = self.pull[cluster]
            for stage, mass in masses:
                value -= mass * pull[stage]
            if size and not held:
                value -= self.premium
            if value > best_value or (value == best_value and best != home and cluster < best):
                best, best_value = cluster, value
        if best == home:
            return False
        self._move(node, home, best)
        return True

    def _candidates(self, node: int, attraction: dict[int, int]) -> set[int]:
        """Return the clusters that a node may try: its neighbours', an empty one, or all."""
        found = set(attraction)
        if self.everywhere:
            found |= self.held
        if self.within is None and self.free and self.nodes[self.clusters[node]] > 1:
            found.add(self.free[-1])
        return found

    def _allows(self, node: int, cluster: int) -> bool:
        """Return whether the constraints let a node into a cluster."""
        limit = self.network.terms.max_size
        if limit and self.network.sizes[node] and self.size[cluster] + self.network.sizes[node] > limit:
            return False
        label = self.network.labels[node]
        if label and any(other != label for other in self.label.get(cluster, ())):
            return False
        return not are_apart(self.network.apart[node], self.apart.get(cluster, ()))

    def _move(self, node: int, home: int, target: int) -> None:
        """Take a node out of one cluster and put it into another."""
        if not self.nodes[target]:
            self.held.add(self.free.pop())  # the only empty cluster that is ever offered
        self._place(node, home, -1)
        self._place(node, target, 1)
        self.clusters[node] = target
        if not self.nodes[home]:
            self.free.append(home)
            self.held.discard(home)

    def _place(self, node: int, cluster: int, sign: int) -> None:
        """Add a node to what a cluster holds, or take it away."""
        self.nodes[cluster] += sign
        self.size[cluster] += sign * self.network.sizes[node]
        pull = self.pull[cluster]
        for stage, mass in self.network.masses[node]:
            row, amount = self.rows[stage], sign * mass
            for other in range(self.stages):
                pull[other] += amount * row[other]
        if self.network.labels[node]:
            _count(self.label.setdefault(cluster, {}), self.network.labels[node], sign)
        for side in self.network.apart[node]:
            _count(self.apart.setdefault(cluster, {}), side, sign)

    def _own_charge(self, node: int) -> int:
        """Return the stage charge of a node against itself, which no move changes."""
        masses = self.network.masses[node]
        return sum(m * n * self.rows[a][b] for a, m in masses for b, n in masses)


def _count(counts: dict[Any, int], key: Any, sign: int) -> None:
    """Change a count, dropping it at zero."""
    counts[key] = counts.get(key, 0) + sign
    if not counts[key]:
        del counts[key]
