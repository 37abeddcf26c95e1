"""Figures of a partition by itself; each with its formula and where it comes from.

Services `S_1..S_K`, `n_i` units in `S_i`, `N` units, directed call multigraph with volumes `w`. `mu_i` is the number of
unordered connected unit pairs inside `S_i`, `sigma_ij` the connected pairs between `S_i` and `S_j`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from math import log

from decompose.cluster.burdens import (
    Calls,
    Services,
    entropy_of,
    service_by_unit,
    stage_purity,
    stage_split,
    transaction_entropy,
)
from decompose.cluster.profile import System
from decompose.cluster.relations import Relations


def measure(system: System, relations: Relations, services: Services) -> dict[str, float]:
    """Return the figures of a partition by name, rounded to four places, sorted.

    Units outside the services (shared, offline, dead) count in `coverage` alone.
    """
    calls = {(r.source, r.target): r.calls for r in relations.pairs if r.kind == "call"}
    service = service_by_unit(services)
    inner = {pair: n for pair, n in calls.items() if pair[0] in service and pair[1] in service}
    stage = {unit: system.profiles[unit].stage for unit in service if system.profiles[unit].stage}
    accessors = {asset: [unit for unit, _ in touches] for asset, touches in relations.assets.items()}
    figures = {
        "services": float(len(services)),
        "coverage": len(service) / max(1, len(system.profiles)),
        "largest": float(max(map(system.size_of, services.values()), default=0)),
        "sm": structural_modularity(services, inner),
        "icp": call_percentage(services, inner),
        "icp_log": call_percentage(services, inner, logarithmic=True),
        "ifn": interface_number(services, inner),
        "ned": extreme_share(services),
        "cmq": cluster_quality(services, inner),
        "mq": modularization_quality(services, inner),
        "turbo_mq": turbo_mq(services, inner),
        "modularity": modularity(services, inner),
        "cohesion": cohesion(services, inner),
        "db_entropy": transaction_entropy(services, accessors),
        "stage_purity": stage_purity(services, stage),
        "stage_split": stage_split(services, stage),
    }
    return {name: round(value, 4) for name, value in sorted(figures.items())}


def structural_modularity(services: Services, calls: Calls) -> float:
    """Return SM, cohesion less coupling; higher is better, at most about 0.5.

    `(1/K) sum_i mu_i / n_i^2 - (2/(K(K-1))) sum_{i!=j, ordered} sigma_ij / (2 n_i n_j)`

    Source:
        W. Jin et al., FoSCI (TSE 2019), as the code of Mono2Micro and CO-GCN computes it: coupling counts both orders.
    """
    inside, between = _pairs(services, calls)
    size = {name: len(units) for name, units in services.items() if units}
    count = len(size)
    if not count:
        return 0.0
    cohesive = sum(inside.get(name, 0) / n**2 for name, n in size.items()) / count
    if count == 1:
        return cohesive
    coupled = sum(2 * pairs / (2 * size[a] * size[b]) for (a, b), pairs in between.items())
    return cohesive - 2 * coupled / (count * (count - 1))


def call_percentage(services: Services, calls: Calls, *, logarithmic: bool = False) -> float:
    """Return ICP, the share of calls that cross services, 0 to 1; lower is better.

    `sum_inter w / sum_all w`, or with `ln w + 1` for `w`; self calls do not count.

    Source:
        V. Nitin et al., CARGO (2022); A. Kalia et al., Mono2Micro (2021) for the logarithmic form.
    """
    service = service_by_unit(services)
    crossing = whole = 0.0
    for (a, b), n in calls.items():
        if a == b:
            continue
        volume = log(n) + 1 if logarithmic else n
        whole += volume
        crossing += volume if service[a] != service[b] else 0.0
    return crossing / whole if whole else 0.0


def interface_number(services: Services, calls: Calls) -> float:
    """Return IFN, connected unit pairs between services for each service: `(1/K) sum_{i<j} sigma_ij`; lower is better.

    Source:
        A. Kalia et al., Mono2Micro (2021), which counts unit pairs, not interfaces.
    """
    _, between = _pairs(services, calls)
    return sum(between.values()) / len(services) if services else 0.0


def extreme_share(services: Services) -> float:
    """Return NED, the share of units in services of fewer than 5 or more than 20 units; lower is better.

    `1 - (sum of n_i with 5 <= n_i <= 20) / N`

    Source:
        A. Kalia et al., Mono2Micro (2021).
    """
    sizes = [len(units) for units in services.values()]
    return 1 - sum(n for n in sizes if 5 <= n <= 20) / sum(sizes) if sum(sizes) else 0.0


def use_case_purity(services: Services, use_cases: Mapping[str, Iterable[str]], *, entropy: bool = False) -> float:
    """Return BCP, how many use cases a service mixes; lower is better.

    `mean_i ln(number of distinct use cases in S_i)`, or the mean entropy of their frequencies.

    Args:
        services: Units by service.
        use_cases: Use cases (entry points that reach it) by unit.
        entropy: Whether to weigh by frequency, as CARGO does.

    Source:
        A. Kalia et al., Mono2Micro (2021); V. Nitin et al., CARGO (2022) for the entropy.
    """
    values: list[float] = []
    for units in services.values():
        seen = [case for unit in units for case in use_cases.get(unit, ())]
        values.append((entropy_of(seen) if entropy else log(len(set(seen)))) if seen else 0.0)
    return sum(values) / len(values) if values else 0.0


def modularization_quality(services: Services, calls: Calls) -> float:
    """Return MQ: `sum_i 2 m_i / (2 m_i + out_i)`, `m_i` distinct directed calls inside, `out_i` out of the service.

    Source:
        A. Kalia et al., Mono2Micro (2021).
    """
    inside, out, _ = _directed(services, calls)
    return sum(2 * m / (2 * m + out.get(name, 0)) for name, m in sorted(inside.items()))


def turbo_mq(services: Services, calls: Calls) -> float:
    """Return TurboMQ: `sum_i 2 m_i / (2 m_i + sum_j (e_ij + e_ji))`, with calls out of and into the service.

    Source:
        B. Mitchell, S. Mancoridis, Bunch (2006).
    """
    inside, out, into = _directed(services, calls)
    return sum(2 * m / (2 * m + out.get(name, 0) + into.get(name, 0)) for name, m in sorted(inside.items()))


def cluster_quality(services: Services, calls: Calls) -> float:
    """Return CMQ: the share of services of more than one unit, less `mean_{i<j} sigma_ij / (2 n_i n_j)`.

    Source:
        C. Ghlissi et al. (2026), as read in their code; its cohesion asks only whether a service has two units.
    """
    _, between = _pairs(services, calls)
    names = sorted(services)
    if not names:
        return 0.0
    cohesive = sum(len(services[name]) > 1 for name in names) / len(names)
    pairs = list(combinations(names, 2))
    coupled = sum(between.get(pair, 0) / (2 * len(services[pair[0]]) * len(services[pair[1]])) for pair in pairs)
    return cohesive - (coupled / len(pairs) if pairs else 0.0)


def modularity(services: Services, calls: Calls) -> float:
    """Return Newman's modularity of the undirected call graph, -0.5 to 1: `sum_i (in_i / 2m - (deg_i / 2m)^2)`.

    Source:
        M. Newman, M. Girvan, "Finding and evaluating community structure in networks" (2004).
    """
    service = service_by_unit(services)
    inside: dict[str, float] = {}
    degree: dict[str, float] = {}
    for (a, b), n in calls.items():
        if a != b:
            for unit in (a, b):
                degree[service[unit]] = degree.get(service[unit], 0.0) + n
            if service[a] == service[b]:
                inside[service[a]] = inside.get(service[a], 0.0) + 2 * n
    whole = sum(degree.values())
    return sum(inside.get(name, 0.0) / whole - (d / whole) ** 2 for name, d in degree.items()) if whole else 0.0


def cohesion(services: Services, calls: Calls) -> float:
    """Return the mean over services of `2 m_i / (2 m_i + ext_i)`, weighted by calls, both directions.

    Source:
        V. Nitin et al., CARGO (2022).
    """
    service = service_by_unit(services)
    inside, outside = dict.fromkeys(services, 0.0), dict.fromkeys(services, 0.0)
    for (a, b), n in calls.items():
        if a == b:
            continue
        if service[a] == service[b]:
            inside[service[a]] += n
        else:
            outside[service[a]] += n
            outside[service[b]] += n
    values = [2 * m / (2 * m + outside[name]) if m or outside[name] else 1.0 for name, m in inside.items()]
    return sum(values) / len(values) if values else 0.0


def _pairs(services: Services, calls: Calls) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """Return connected unordered unit pairs inside each service and between each two (sorted names)."""
    service = service_by_unit(services)
    inside: dict[str, int] = {}
    between: dict[tuple[str, str], int] = {}
    for a, b in calls:
        if a == b or (a > b and (b, a) in calls):  # a pair that calls both ways counts once
            continue
        first, second = service[a], service[b]
        if first == second:
            inside[first] = inside.get(first, 0) + 1
        else:
            pair = (first, second) if first < second else (second, first)
            between[pair] = between.get(pair, 0) + 1
    return inside, between


def _directed(services: Services, calls: Calls) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Return distinct directed calls inside, out of and into each service."""
    service = service_by_unit(services)
    inside: dict[str, int] = {}
    out: dict[str, int] = {}
    into: dict[str, int] = {}
    for a, b in calls:
        if a == b:
            continue
        if service[a] == service[b]:
            inside[service[a]] = inside.get(service[a], 0) + 1
        else:
            out[service[a]] = out.get(service[a], 0) + 1
            into[service[b]] = into.get(service[b], 0) + 1
    return inside, out, into
