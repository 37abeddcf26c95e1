"""Agreement of partitions, against examples worked by hand and laws."""

from math import isclose

from hypothesis import given, settings
from hypothesis import strategies as st

from decompose.cluster import agreement

FOUND, WANTED = "aabbb", "xxxyy"
labels = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), min_size=2, max_size=20)


def test_adjusted_rand() -> None:
    # pairs together in both: xx of a (1), yy of b (1); found 1 + 3, wanted 3 + 1; expected 16 / 10
    assert isclose(agreement.adjusted_rand(FOUND, WANTED), (2 - 1.6) / (4 - 1.6))


def test_pairwise() -> None:
    precision, recall, f1 = agreement.pairwise(FOUND, WANTED)

    assert (precision, recall, f1) == (2 / 4, 2 / 4, 0.5)


def test_mojofm() -> None:
    # one move (the third unit); the furthest partition of sizes 2 and 3 is n - groups = 5 - 2 moves away
    assert isclose(agreement.mojofm(FOUND, WANTED), 100 * (1 - 1 / 3))


def test_service_f1_matches_one_to_one() -> None:
    # a against x: 2 of 3; b against y: 2 of 3
    assert agreement.service_f1(FOUND, WANTED) == 1.0
    assert agreement.service_f1("aaaaa", WANTED) == 2 * 1 / 3


def test_cluster_coverage() -> None:
    assert agreement.cluster_coverage(FOUND, WANTED) == 1.0
    assert agreement.cluster_coverage("aaaaa", WANTED) == 1 / 2


def test_cluster_overlap() -> None:
    assert agreement.cluster_overlap(FOUND, WANTED) == {("a", "x"): 2 / 3, ("b", "x"): 1 / 3, ("b", "y"): 2 / 3}


def test_architecture_similarity() -> None:
    # one unit moves, no cluster comes or goes; each side costs 2 clusters and 5 units, added and moved, from nothing
    assert isclose(agreement.architecture_similarity(FOUND, WANTED), 100 * (1 - 1 / 24))
    # one cluster comes, two units move; 1 + 10 and 2 + 10 from nothing
    assert isclose(agreement.architecture_similarity("aaaaa", WANTED), 100 * (1 - 3 / 23))


def test_nearest_cluster_scores() -> None:
    # a: 2 of 2 and 2 of 3; b: 2 of 3 and 2 of 2
    precision, recall = agreement.nearest_cluster_scores(FOUND, WANTED)

    assert isclose(precision, (1 + 2 / 3) / 2)
    assert isclose(recall, (2 / 3 + 1) / 2)
    assert agreement.nearest_cluster_scores("abcde", WANTED) == (1.0, 0.0)  # more than twice as many: by pairs


@settings(deadline=None)
@given(labels)
def test_a_partition_agrees_with_itself_whatever_the_names(pairs: list[tuple[str, str]]) -> None:
    side = [first for first, _ in pairs]
    renamed = [f"other {name}" for name in side]

    assert isclose(agreement.adjusted_rand(side, renamed), 1.0)
    assert isclose(agreement.mojofm(side, renamed), 100.0)
    assert agreement.service_f1(side, renamed) == 1.0
    assert isclose(agreement.mutual_information(side, renamed), 1.0) or len(set(side)) == 1


@settings(deadline=None)
@given(labels)
def test_figures_stay_in_their_range(pairs: list[tuple[str, str]]) -> None:
    found, wanted = [a for a, _ in pairs], [b for _, b in pairs]

    assert -1.0 <= agreement.adjusted_rand(found, wanted) <= 1.0 + 1e-9
    assert 0.0 <= agreement.mojofm(found, wanted) <= 100.0
    assert 0.0 <= agreement.service_f1(found, wanted) <= 1.0
