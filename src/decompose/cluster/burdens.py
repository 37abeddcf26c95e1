"""Figures of what a partition burdens its services with beside calls: shared data, stages, change, bytes, dependencies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from math import log

Calls = Mapping[tuple[str, str], float]
"""Calls per run by (caller, callee)."""
Services = Mapping[str, Sequence[str]]
"""Units by service."""


def transaction_entropy(services: Services, accessors: Mapping[str, Iterable[str]]) -> float:
    """Return DB, the mean over assets of the entropy of the services that touch it; 0 when none is shared.

    Source:
        V. Nitin et al., CARGO (2022), there over tables.
    """
    service = service_by_unit(services)
    touching = [[service[unit] for unit in units if unit in service] for units in accessors.values()]
    values = [entropy_of(names) for names in touching if names]
    return sum(values) / len(values) if values else 0.0


def stage_purity(services: Services, stages: Mapping[str, str]) -> float:
    """Return the mean over services of the share of their commonest stage, 0 to 1; units without one do not count."""
    values: list[float] = []
    for units in services.values():
        found = [stages[unit] for unit in units if unit in stages]
        if found:
            values.append(max(found.count(stage) for stage in set(found)) / len(found))
    return sum(values) / len(values) if values else 1.0


def stage_split(services: Services, stages: Mapping[str, str]) -> float:
    """Return the mean over stages of the number of services that hold some of it; 1 is best."""
    holders: dict[str, set[str]] = {}
    for name, units in services.items():
        for unit in units:
            if unit in stages:
                holders.setdefault(stages[unit], set()).add(name)
    return sum(map(len, holders.values())) / len(holders) if holders else 1.0


def cochange_cohesion(services: Services, change_sets: Iterable[Iterable[str]]) -> float:
    """Return the mean over commits of 1 / (services touched), 0 to 1; commits that touch none do not count.

    Args:
        services: Units by service.
        change_sets: Units changed by each commit.
    """
    service = service_by_unit(services)
    touched = [{service[unit] for unit in units if unit in service} for units in change_sets]
    values = [1 / len(names) for names in touched if names]
    return sum(values) / len(values) if values else 1.0


def cochange_ratio(services: Services, pairs: Mapping[tuple[str, str], int]) -> float:
    """Return REI, mean co-change across services over mean co-change inside (ECF / ICF); want < 1.

    Args:
        services: Units by service.
        pairs: Number of commits in which two units changed together.

    Source:
        W. Jin et al., FoSCI (TSE 2019).
    """
    service = service_by_unit(services)
    inside, across = [0, 0], [0, 0]
    for a, b in combinations(sorted(service), 2):
        side = inside if service[a] == service[b] else across
        side[0] += pairs.get((a, b), 0) + pairs.get((b, a), 0)
        side[1] += 1
    icf = inside[0] / inside[1] if inside[1] else 0.0
    ecf = across[0] / across[1] if across[1] else 0.0
    return ecf / icf if icf else 0.0


def cut_bytes(services: Services, calls: Calls, bytes_by_call: Calls) -> float:
    """Return data-cut bytes: the sum over calls that cross services of calls times estimated bytes per call."""
    service = service_by_unit(services)
    return sum(n * bytes_by_call.get(pair, 0.0) for pair, n in calls.items() if service[pair[0]] != service[pair[1]])


def closure_ratio(services: Services, closure_mb: Mapping[str, float], monolith_mb: float) -> float:
    """Return the heaviest service's dependency closure over the monolith's, both in MB of wheels, 0 to 1."""
    return max((closure_mb.get(name, 0.0) for name in services), default=0.0) / monolith_mb if monolith_mb else 0.0


def service_by_unit(services: Services) -> dict[str, str]:
    """Return the service of each unit."""
    return {unit: name for name, units in sorted(services.items()) for unit in units}


def entropy_of(values: Sequence[str]) -> float:
    """Return the entropy of the values' frequencies, in nats."""
    counts = Counter(values)
    return -sum(n / len(values) * log(n / len(values)) for _, n in sorted(counts.items()))
