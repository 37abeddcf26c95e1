import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decompose.parity import queueing


def test_erlang_c_agrees_with_the_textbook():
    assert queueing.erlang_c(2.0, 3) == pytest.approx(4 / 9)
    assert queueing.erlang_c(0.5, 1) == pytest.approx(0.5)
    assert queueing.erlang_c(3.0, 3) == 1.0
    assert queueing.erlang_c(0.0, 3) == 0.0


def test_waiting_in_m_m_1_is_rho_over_mu_minus_lambda():
    assert queueing.waiting_ms(50, 10) == pytest.approx(10.0)
    assert queueing.waiting_ms(50, 10, service_cv2=0.0) == pytest.approx(5.0)
    assert queueing.waiting_ms(101, 10) == math.inf
    assert queueing.waiting_ms(0, 10) == 0.0


def test_splitting_workers_into_fixed_groups_costs_the_pooling_loss():
    """5 ms + 20 ms stages, four workers pooled against one and three, with a 2 ms hop (100 requests a second)."""
    pooled = queueing.mean_response_ms(100, {"all": (25.0, 1.0)}, {"all": 4})
    split = queueing.mean_response_ms(100, {"a": (5.0, 1.0), "b": (20.0, 1.0)}, {"a": 1, "b": 3}, fixed_ms=2.0)

    assert pooled == pytest.approx(30.3, abs=0.1)
    assert split == pytest.approx(40.9, abs=0.1)


def test_capacity_is_that_of_the_bottleneck():
    assert queueing.capacity_per_s({"a": 5.0, "b": 20.0}, {"b": 2}) == (100.0, "b")
    assert queueing.capacity_per_s({}, {}) == (math.inf, "")


def test_scaling_stops_where_coherence_costs_more_than_a_replica_brings():
    law = [queueing.usl_per_s(n, single_per_s=100, contention=0.05, coherence=0.02) for n in range(1, 20)]

    assert law[0] == pytest.approx(100)
    assert max(law) > law[-1]


def test_a_chain_is_less_available_than_its_parts_and_replicas_mend_it():
    assert queueing.availability([0.99, 0.99]) == pytest.approx(0.9801)
    assert queueing.availability([0.99, 0.99], replicas=2) == pytest.approx(0.9998, abs=1e-5)


def test_blast_radii_count_requests_and_services():
    needs = {"e1": frozenset({"a", "b"}), "e2": frozenset({"b"})}

    assert queueing.failure_blast_radius(needs, {"e1": 3.0, "e2": 1.0}, "a") == pytest.approx(0.75)
    assert queueing.failure_blast_radius(needs, {}, "b") == 1.0
    assert queueing.change_blast_radius([frozenset("a"), frozenset("ab"), frozenset()], 4) == pytest.approx(0.375)
    assert math.isnan(queueing.change_blast_radius([frozenset()], 4))


def test_replicas_and_cost():
    assert queueing.replicas_needed(100, 7.0) == 1
    assert queueing.replicas_needed(100, 7.1) == 2
    prices = {"cpu": 0.04, "memory_gb": 0.01, "gpu": 1.0}
    assert queueing.cost_per_hour(2, cpu=1, memory_mb=1024, gpu=1, prices=prices) == pytest.approx(2.1)


@given(st.floats(0.01, 0.99), st.integers(1, 30))
def test_more_servers_never_wait_longer(utilisation, servers):
    rate = utilisation * 1000

    assert queueing.waiting_ms(rate, 1.0, servers + 1) <= queueing.waiting_ms(rate, 1.0, servers) + 1e-12
