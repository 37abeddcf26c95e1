"""Laws of the search: covers every node, keeps constraints, finds the optimum of small graphs, knows no node order."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from decompose.cluster.network import FINE, Network, Terms, aggregate, build, objective
from decompose.cluster.search import renumber, search

CONFLICT = ((0, 1000), (1000, 0))


def two_cliques(size: int, bridge: int = 1) -> list[tuple[int, int, int]]:
    cliques = [(a + o, b + o, 100) for o in (0, size) for a in range(size) for b in range(a)]
    return [*cliques, *[(i, i + size, 30) for i in range(bridge)]]


def best_of_all(network: Network) -> int:
    count = len(network)
    seen = {renumber(choice) for choice in product(range(count), repeat=count)}
    return max(objective(network, choice) for choice in seen)


def test_two_cliques_are_told_apart() -> None:
    network = build(10, two_cliques(5), sizes=[1] * 10, terms=Terms(density=200))

    assert search(network) == (0, 0, 0, 0, 0, 1, 1, 1, 1, 1)


def test_stage_conflict_parts_what_edges_would_join() -> None:
    edges = [(0, 1, 100), (1, 2, 60), (2, 3, 100)]
    masses = [((0, 10),), ((0, 10),), ((1, 10),), ((1, 10),)]

    joined = build(4, edges, sizes=[1] * 4, masses=masses, terms=Terms(conflict=CONFLICT))
    parted = build(4, edges, sizes=[1] * 4, masses=masses, terms=Terms(stage=500, conflict=CONFLICT))

    assert search(joined) == (0, 0, 0, 0)
    assert search(parted) == (0, 0, 1, 1)


def test_premium_merges_what_hardly_pays() -> None:
    edges = [(0, 1, 100), (1, 2, 10), (2, 3, 100)]

    free = build(4, edges, sizes=[1] * 4, terms=Terms(density=30))
    dear = build(4, edges, sizes=[1] * 4, terms=Terms(density=30, premium=60))

    assert search(free) == (0, 0, 1, 1)
    assert search(dear) == (0, 0, 0, 0)


def test_hubs_pull_their_members_together_and_cost_nothing() -> None:
    edges = [(0, 4, 100), (1, 4, 100), (2, 5, 100), (3, 5, 100)]

    found = search(build(6, edges, sizes=[1, 1, 1, 1, 0, 0], terms=Terms(density=20, premium=10)))

    assert found == (0, 0, 1, 1, 0, 1)


def test_cannot_link_holds_against_any_attraction() -> None:
    one, other = frozenset({(7, 0)}), frozenset({(7, 1)})
    network = build(3, [(0, 1, 9000), (1, 2, 1)], sizes=[1] * 3, terms=Terms(), apart=[one, other, frozenset()])

    found = search(network)

    assert found[0] != found[1]


def test_one_side_of_a_rule_may_stand_together() -> None:
    one, other = frozenset({(7, 0)}), frozenset({(7, 1)})
    network = build(3, [(0, 1, 50), (1, 2, 90)], sizes=[1] * 3, terms=Terms(), apart=[one, one, other])

    assert search(network) == (0, 0, 1)


def test_labels_never_share_a_cluster() -> None:
    network = build(4, [(0, 1, 500), (1, 2, 500), (2, 3, 500)], sizes=[1] * 4, terms=Terms(), labels=["a", "", "", "b"])

    found = search(network)

    assert found[0] != found[3]


def test_size_limit_holds() -> None:
    edges = [(a, b, 100) for a in range(6) for b in range(a)]

    found = search(build(6, edges, sizes=[1] * 6, terms=Terms(max_size=2)))

    assert max(found.count(cluster) for cluster in found) == 2


@st.composite
def networks(draw: st.DrawFn, largest: int = 12, *, weakest: int = 1, fewest: int = 0) -> Network:
    count = draw(st.integers(2, largest))
    node = st.integers(0, count - 1)
    edge = st.tuples(node, node, st.integers(weakest, 200))
    edges = draw(st.lists(edge, min_size=fewest, max_size=max(fewest, 3 * count)))
    masses = draw(st.lists(st.sampled_from([(), ((0, 10),), ((1, 10),)]), min_size=count, max_size=count))
    terms = Terms(
        density=draw(st.integers(0, 150)), stage=draw(st.integers(0, 400)), premium=draw(st.integers(0, 80)),
        conflict=CONFLICT,
    )  # fmt: skip
    return build(count, edges, sizes=[1] * count, masses=masses, terms=terms)


@settings(max_examples=60, deadline=None)
@given(networks(largest=7, weakest=60, fewest=8))
def test_small_graphs_are_solved_to_the_optimum_or_close(network: Network) -> None:
    found, best = objective(network, search(network)), best_of_all(network)
    trivial = max(objective(network, (0,) * len(network)), objective(network, range(len(network))))

    assert found <= best
    assert found >= trivial
    assert best - found <= 0.02 * max(abs(best), network.total * FINE)


@settings(max_examples=40, deadline=None)
@given(networks())
def test_every_node_gets_a_cluster_and_the_answer_repeats(network: Network) -> None:
    first, second = search(network), search(network)

    assert first == second == renumber(first)
    assert len(first) == len(network)


@settings(max_examples=40, deadline=None)
@given(networks(), st.randoms(use_true_random=False))
def test_folding_keeps_what_a_partition_is_worth(network: Network, random: object) -> None:
    groups = renumber([node % 3 for node in range(len(network))])
    count = max(groups) + 1

    folded = aggregate(network, groups, count)

    apart, together = tuple(range(count)), (0,) * count
    gain = objective(folded, together) - objective(folded, apart)
    assert gain == objective(network, [0] * len(network)) - objective(network, groups)
