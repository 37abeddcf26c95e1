"""Every figure against an example worked by hand."""

from math import isclose, log

from decompose.cluster import burdens, metrics

# S1 = {a, b, c}, S2 = {d, e}; inside S1: a->b (2 calls), b->a (1), b->c (1); inside S2: d->e (4);
# across: c->d (1), e->a (1)
SERVICES = {"s1": ("a", "b", "c"), "s2": ("d", "e")}
CALLS = {("a", "b"): 2.0, ("b", "a"): 1.0, ("b", "c"): 1.0, ("d", "e"): 4.0, ("c", "d"): 1.0, ("e", "a"): 1.0}


def test_structural_modularity() -> None:
    # mu_1 = 2 of 9, mu_2 = 1 of 4; sigma = 2 pairs: each order 2 / (2*3*2) = 1/6, both 1/3; times 2/(2*1)
    assert isclose(metrics.structural_modularity(SERVICES, CALLS), (2 / 9 + 1 / 4) / 2 - 1 / 3)


def test_call_percentage() -> None:
    assert isclose(metrics.call_percentage(SERVICES, CALLS), 2 / 10)
    assert isclose(metrics.call_percentage(SERVICES, CALLS, logarithmic=True), 2 / (6 + log(2) + log(4)))


def test_self_calls_do_not_count() -> None:
    assert metrics.call_percentage({"s": ("a",)}, {("a", "a"): 5.0}) == 0.0


def test_interface_number() -> None:
    assert metrics.interface_number(SERVICES, CALLS) == 2 / 2


def test_extreme_share() -> None:
    services = {"small": ("a",) * 4, "right": ("b",) * 10, "large": ("c",) * 26}

    assert isclose(metrics.extreme_share(services), 1 - 10 / 40)


def test_use_case_purity() -> None:
    cases = {"a": ["train"], "b": ["train", "serve"], "d": ["serve"]}

    assert isclose(metrics.use_case_purity(SERVICES, cases), (log(2) + log(1)) / 2)
    share = -(2 / 3 * log(2 / 3) + 1 / 3 * log(1 / 3))
    assert isclose(metrics.use_case_purity(SERVICES, cases, entropy=True), share / 2)


def test_modularization_quality() -> None:
    # m_1 = 3, out 1; m_2 = 1, out 1
    assert isclose(metrics.modularization_quality(SERVICES, CALLS), 6 / 7 + 2 / 3)


def test_cluster_quality() -> None:
    # both services have two units or more; sigma = 2 pairs of 2 * 3 * 2
    assert isclose(metrics.cluster_quality(SERVICES, CALLS), 1 - 2 / 12)
    assert metrics.cluster_quality({}, {}) == 0.0


def test_turbo_mq() -> None:
    # both ways: s1 has one out and one in, s2 as well
    assert isclose(metrics.turbo_mq(SERVICES, CALLS), 6 / 8 + 2 / 4)


def test_modularity() -> None:
    # 10 calls: degrees s1 = 4*2 + 2 = 10, s2 = 4*2 + 2 = 10, of 20; inside s1 8, s2 8
    assert isclose(metrics.modularity(SERVICES, CALLS), 16 / 20 - 2 * (10 / 20) ** 2)


def test_cohesion() -> None:
    # s1: 2*4 / (2*4 + 2), s2: 2*4 / (2*4 + 2)
    assert isclose(metrics.cohesion(SERVICES, CALLS), 8 / 10)


def test_transaction_entropy() -> None:
    accessors = {"orders": ["a", "d"], "users": ["a", "b"]}

    assert isclose(burdens.transaction_entropy(SERVICES, accessors), (log(2) + 0) / 2)


def test_stage_purity_and_split() -> None:
    stages = {"a": "data", "b": "data", "c": "training", "d": "training"}

    assert isclose(burdens.stage_purity(SERVICES, stages), (2 / 3 + 1) / 2)
    assert isclose(burdens.stage_split(SERVICES, stages), (1 + 2) / 2)


def test_cochange() -> None:
    assert isclose(burdens.cochange_cohesion(SERVICES, [["a", "b"], ["a", "d"], ["z"]]), (1 + 1 / 2) / 2)
    # inside: 3 + 1 pairs with 4 common commits; across: 6 pairs with 3
    ratio = burdens.cochange_ratio(SERVICES, {("a", "b"): 4, ("a", "d"): 3})
    assert isclose(ratio, (3 / 6) / (4 / 4))


def test_cut_bytes_and_closure_ratio() -> None:
    assert burdens.cut_bytes(SERVICES, CALLS, {("c", "d"): 100.0, ("a", "b"): 7.0}) == 100.0
    assert burdens.closure_ratio(SERVICES, {"s1": 200.0, "s2": 50.0}, 400.0) == 0.5
