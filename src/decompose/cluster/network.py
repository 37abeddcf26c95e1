"""The search problem in whole numbers: nodes, attractions, sizes, stages and constraints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

FINE = 100_000
"""Objectives are whole numbers in 1 / (FINE * total size) of an attraction: 1000 for the per mille of a stage conflict
times 10 * 10 for masses in tenths."""

StageMass = tuple[tuple[int, int], ...]
"""Pairs of (stage number, mass), sorted by stage; the masses of a node sum to at most its size."""


Sides = frozenset[tuple[int, int]]
"""Pairs of (rule, side): nodes on two sides of one rule never share a cluster."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the objective charges besides cut attractions; whole numbers in units of attraction."""

    density: int = 0
    """Charge for two units of size in one cluster, divided by the total size: the resolution of the search."""
    stage: int = 0
    """Charge for two units of size of stages in full conflict in one cluster, divided by the total size."""
    premium: int = 0
    """Charge for every cluster that holds code: what it costs to run one more service."""
    conflict: tuple[tuple[int, ...], ...] = ()
    """How much two stages want to stand apart, 0 to 1000, symmetric, zero on the diagonal."""
    max_size: int = 0
    """Largest size of a cluster; 0 for no limit."""


@dataclass(frozen=True, slots=True)
class Network:
    """A weighted graph with the constraints of a partition.

    Nodes of size 0 are hubs (a file, a folder, an asset): they pull their members together and count for nothing else.
    """

    adjacency: tuple[Mapping[int, int], ...]
    """Attraction to each neighbour, by node; symmetric, without loops."""
    sizes: tuple[int, ...]
    masses: tuple[StageMass, ...]
    terms: Terms
    labels: tuple[str, ...] = ()
    """Name of the cluster in which the node is fixed; empty when it is free. Two labels never share a cluster."""
    apart: tuple[Sides, ...] = ()
    """Cannot-link: the sides of rules on which a node stands."""
    total: int = field(default=1)
    """What charges between pairs are divided by: the size of the original network or what stands for it, at least 1."""

    def __len__(self) -> int:
        return len(self.sizes)


def build(
    count: int,
    edges: Iterable[tuple[int, int, int]],
    *,
    sizes: Sequence[int],
    masses: Sequence[StageMass] = (),
    terms: Terms,
    labels: Sequence[str] = (),
    apart: Sequence[Sides] = (),
    total: int = 0,
) -> Network:
    """Return a network; parallel edges are added up, loops are dropped, weights of zero or less vanish.

    `total` is what charges between pairs are divided by; the sum of the sizes when zero.
    """
    adjacency: list[dict[int, int]] = [{} for _ in range(count)]
    for a, b, weight in edges:
        if a != b:
            adjacency[a][b] = adjacency[a].get(b, 0) + weight
            adjacency[b][a] = adjacency[b].get(a, 0) + weight
    return Network(
        adjacency=tuple({n: w for n, w in sorted(row.items()) if w > 0} for row in adjacency),
        sizes=tuple(sizes),
        masses=tuple(masses) or ((),) * count,
        terms=terms,
        labels=tuple(labels) or ("",) * count,
        apart=tuple(apart) or (frozenset(),) * count,
        total=max(1, total or sum(sizes)),
    )


def aggregate(network: Network, group_by_node: Sequence[int], groups: int) -> Network:
    """Return the network whose nodes are the groups `0..groups-1` of another one's nodes."""
    adjacency: list[dict[int, int]] = [{} for _ in range(groups)]
    sizes = [0] * groups
    masses: list[dict[int, int]] = [{} for _ in range(groups)]
    labels = [""] * groups
    apart: list[Sides] = [frozenset()] * groups
    for node, group in enumerate(group_by_node):
        sizes[group] += network.sizes[node]
        labels[group] = labels[group] or network.labels[node]
        if network.apart[node]:
            apart[group] |= network.apart[node]
        for stage, mass in network.masses[node]:
            masses[group][stage] = masses[group].get(stage, 0) + mass
        row = adjacency[group]
        for other, weight in network.adjacency[node].items():
            target = group_by_node[other]
            if target != group:
                row[target] = row.get(target, 0) + weight
    return Network(
        adjacency=tuple(adjacency),
        sizes=tuple(sizes),
        masses=tuple(tuple(sorted(mass.items())) for mass in masses),
        terms=network.terms,
        labels=tuple(labels),
        apart=tuple(apart),
        total=network.total,
    )


def objective(network: Network, cluster_by_node: Sequence[int]) -> int:
    """Return what a partition is worth: attraction kept, less density, stage conflict and premium.

    With attraction `w`, size `s`, mass `m`, conflict `D` and total size `T`:
    `T * sum_{i<j together} w_ij - density * sum_{i<j together} s_i s_j
    - stage * sum_{i<j together} sum_ab m_ia D_ab m_jb / FINE - premium * T * (clusters that hold code)`.
    The charge within one node is left out: no partition can avoid it.

    Source:
        The density term is the constant Potts model of V. Traag et al., "Narrow scope for resolution-limit-free
        community detection" (2011), with 1/T for its unit; the stage term is ours.
    """
    terms, kept, charge = network.terms, 0, 0
    size: dict[int, int] = {}
    mass: dict[int, dict[int, int]] = {}
    for node, cluster in enumerate(cluster_by_node):
        kept += sum(w for other, w in network.adjacency[node].items() if cluster_by_node[other] == cluster)
        held, here = size.get(cluster, 0), mass.setdefault(cluster, {})
        charge += FINE * terms.density * network.sizes[node] * held
        size[cluster] = held + network.sizes[node]
        for stage, amount in network.masses[node]:
            charge += terms.stage * amount * sum(terms.conflict[stage][b] * m for b, m in here.items())
        for stage, amount in network.masses[node]:
            here[stage] = here.get(stage, 0) + amount
    clusters = sum(held > 0 for held in size.values())
    return FINE * network.total * (kept // 2 - terms.premium * clusters) - charge


def are_apart(first: Iterable[tuple[int, int]], second: Iterable[tuple[int, int]]) -> bool:
    """Return whether a rule keeps what stands on two sets of sides apart."""
    return any(rule == other and side != across for rule, side in first for other, across in second)
