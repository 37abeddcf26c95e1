"""Queueing, scaling, availability and cost formulas; pure functions of plain numbers.

Times are in milliseconds and rates in events per second unless a name says otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


def hop_ms(payload_bytes: float, *, base_ms: float, ms_per_byte: float) -> float:
    """Return the round trip of one call between processes.

    Source:
        Linear cost `h(B) = a + b B`, fitted on the user's machine by `evidence.calibrate`.
    """
    return base_ms + payload_bytes * ms_per_byte


def erlang_c(offered_load: float, servers: int) -> float:
    """Return the probability that an arrival has to wait in an M/M/c queue.

    Args:
        offered_load: a = arrival rate * mean service time, in servers.
        servers: c, at least 1.

    Returns:
        A probability; 1 when the queue is not stable (`offered_load >= servers`).

    Source:
        A. K. Erlang (1917); the recursion over Erlang B is the numerically stable form.
    """
    if offered_load >= servers:
        return 1.0
    if offered_load <= 0:
        return 0.0
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = offered_load * blocked / (count + offered_load * blocked)
    return blocked / (1 - (offered_load / servers) * (1 - blocked))


def waiting_ms(
    rate_per_s: float, service_ms: float, servers: int = 1, *, arrival_cv2: float = 1.0, service_cv2: float = 1.0
) -> float:
    """Return the mean time in the queue of a G/G/c station; exact for M/M/c.

    Args:
        rate_per_s: Arrivals per second.
        service_ms: Mean service time.
        servers: Workers that serve in parallel.
        arrival_cv2: Squared coefficient of variation of the times between arrivals, 1 for Poisson.
        service_cv2: The same of the service times, 1 for exponential, 0 for constant.

    Returns:
        Milliseconds; infinity when the station is overloaded.

    Source:
        Erlang C, scaled by (Ca² + Cs²)/2 (Allen-Cunneen): A. O. Allen, "Probability, Statistics, and Queueing Theory"
        (1990).
    """
    load = rate_per_s * service_ms / 1000
    if load >= servers:
        return math.inf
    if load <= 0:
        return 0.0
    plain = erlang_c(load, servers) * service_ms / (servers - load)
    return plain * (arrival_cv2 + service_cv2) / 2


def capacity_per_s(demands_ms: Mapping[str, float], servers: Mapping[str, int]) -> tuple[float, str]:
    """Return the highest rate that all stations can take, and the station that is exhausted first.

    Args:
        demands_ms: Visits times service time of each station, per request.
        servers: Workers of each station; 1 when absent.

    Source:
        Utilisation law, `X_max = min_k c_k / (v_k s_k)`: P. J. Denning and J. P. Buzen (1978).
    """
    limits = {name: servers.get(name, 1) * 1000 / demand for name, demand in demands_ms.items() if demand > 0}
    if not limits:
        return math.inf, ""
    bottleneck = min(sorted(limits), key=lambda name: limits[name])
    return limits[bottleneck], bottleneck


def usl_per_s(replicas: float, *, single_per_s: float, contention: float, coherence: float) -> float:
    """Return the throughput of `replicas` replicas.

    Args:
        replicas: N.
        single_per_s: X(1).
        contention: sigma, the serial share, 0 to 1.
        coherence: kappa, the cost of keeping every pair in agreement.

    Source:
        Universal Scalability Law: N. J. Gunther, "Guerrilla Capacity Planning" (2007).
    """
    return replicas * single_per_s / (1 + contention * (replicas - 1) + coherence * replicas * (replicas - 1))


def availability(path: Sequence[float], replicas: int = 1) -> float:
    """Return the availability of an entry point whose synchronous path needs every one of `path`.

    Source:
        Series of parallel groups, `prod_k (1 - (1 - A_k)^r)`: K. S. Trivedi, "Probability and Statistics with
        Reliability" (2002).
    """
    return math.prod(1 - (1 - part) ** replicas for part in path)


def failure_blast_radius(needs: Mapping[str, frozenset[str]], rates: Mapping[str, float], dead: str) -> float:
    """Return the share of requests that fail while one part is dead.

    Args:
        needs: Parts on the synchronous path of each entry point.
        rates: Requests per second of each entry point; 1 when absent.
        dead: The part.
    """
    total = sum(rates.get(entry, 1.0) for entry in needs)
    lost = sum(rates.get(entry, 1.0) for entry, parts in needs.items() if dead in parts)
    return lost / total if total else 0.0


def change_blast_radius(change_sets: Sequence[frozenset[str]], services: int) -> float:
    """Return the mean share of services that a commit makes rebuild; commits that touch none are left out.

    Args:
        change_sets: Services touched by each commit.
        services: Number of services.

    Returns:
        0 to 1; NaN when no commit touches a service.
    """
    touched = [len(found) / services for found in change_sets if found]
    return sum(touched) / len(touched) if touched and services else math.nan


def replicas_needed(rate_per_s: float, demand_ms: float, *, workers: int = 1, highest_load: float = 0.7) -> int:
    """Return how many replicas keep the load of each below `highest_load`, at least one."""
    return max(1, math.ceil(rate_per_s * demand_ms / 1000 / (workers * highest_load) - 1e-9))


def cost_per_hour(replicas: int, *, cpu: float, memory_mb: float, gpu: int, prices: Mapping[str, float]) -> float:
    """Return what the replicas cost.

    Args:
        replicas: Number of them.
        cpu: Cores of one.
        memory_mb: Memory of one, in MiB.
        gpu: Devices of one.
        prices: Price per hour of one `cpu`, one `memory_gb` and one `gpu`.
    """
    one = cpu * prices.get("cpu", 0.0) + memory_mb / 1024 * prices.get("memory_gb", 0.0) + gpu * prices.get("gpu", 0.0)
    return replicas * one


def mean_response_ms(
    rate_per_s: float, stations: Mapping[str, tuple[float, float]], servers: Mapping[str, int], *, fixed_ms: float = 0.0
) -> float:
    """Return the mean response time of an open network in which a request visits every station.

    Args:
        rate_per_s: Requests per second.
        stations: Demand (visits times service time, in ms) and squared coefficient of variation of each.
        servers: Workers of each station; 1 when absent.
        fixed_ms: Time that needs no server.

    Source:
        Sum over an open product-form network, `T = sum_k (Wq_k + s_k)`: J. R. Jackson (1957).
    """
    waits = sum(
        waiting_ms(rate_per_s, demand, servers.get(name, 1), service_cv2=cv2) + demand
        for name, (demand, cv2) in stations.items()
    )
    return fixed_ms + waits
