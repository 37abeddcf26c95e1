"""Figures of how functionalities (what a user starts) run over services that own the entities.

A functionality is the sequence of its accesses, each an entity and a mode (`read` or `write`). Its local transactions
are the longest runs of accesses within one service; it is distributed when it has more than one.

Source:
    The INESC-ID group's monolith decomposition tool ("mono2micro"), as read in its code; N. Santos, A. Rito Silva,
    "A complexity metric for microservices architecture migration" (ICSA 2020).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from decompose.cluster.burdens import Services, service_by_unit

Access = tuple[str, str]
"""Entity and mode."""
Functionalities = Mapping[str, Sequence[Access]]
"""Accesses in order, by functionality."""


def functional_cohesion(entities: Services, functionalities: Functionalities) -> float:
    """Return the mean over services of the mean share of their entities that a functionality touching them uses.

    `mean_i mean_{f touching i} #(entities of i touched by f) / n_i`, 0 to 1; higher is better.
    """
    found: list[float] = []
    for held in entities.values():
        used = [{entity for entity, _ in accesses} & set(held) for accesses in functionalities.values()]
        shares = [len(touched) / len(held) for touched in used if touched]
        if shares:
            found.append(sum(shares) / len(shares))
    return sum(found) / len(found) if found else 0.0


def functional_coupling(entities: Services, functionalities: Functionalities) -> float:
    """Return how much of the others' entities a service depends on: those accessed right after its own.

    `mean_i 1/(K-1) sum_j #(entities of j that i depends on) / n_j`, 0 to 1; lower is better.
    """
    service = service_by_unit(entities)
    needed: dict[tuple[str, str], set[str]] = {}
    for accesses in functionalities.values():
        for (before, _), (after, _) in pairwise(accesses):
            here, there = service.get(before), service.get(after)
            if here and there and here != there:
                needed.setdefault((here, there), set()).add(after)
    if len(entities) < 2:
        return 0.0
    shares = sum(len(found) / len(entities[there]) for (_, there), found in needed.items())
    return shares / (len(entities) - 1) / len(entities)


def migration_complexity(entities: Services, functionalities: Functionalities) -> float:
    """Return the mean over functionalities of how many others each of its local transactions has to reckon with.

    `mean_f sum_{lt of f} #(union over (e, mode) in lt of {distributed f' != f that touches e in another mode})`, zero
    for a functionality that stays in one service; lower is better.
    """
    service = service_by_unit(entities)
    pieces = {name: local_transactions(service, accesses) for name, accesses in functionalities.items()}
    distributed = {name: set(functionalities[name]) for name, found in pieces.items() if len(found) > 1}
    total = 0
    for name in distributed:
        for piece in pieces[name]:
            others = {
                other
                for other, accesses in distributed.items()
                if other != name and any(e == entity and m != mode for entity, mode in piece for e, m in accesses)
            }
            total += len(others)
    return total / len(functionalities) if functionalities else 0.0


def hops(entities: Services, functionalities: Functionalities) -> float:
    """Return the mean number of times that a functionality goes from one service to another; lower is better."""
    service = service_by_unit(entities)
    counts = [max(0, len(local_transactions(service, accesses)) - 1) for accesses in functionalities.values()]
    return sum(counts) / len(counts) if counts else 0.0


def team_size_reduction(services: Services, authors_by_unit: Mapping[str, Collection[str]]) -> float:
    """Return TSR, the mean number of authors of a service over the authors of all, 0 to 1; lower is better."""
    teams = [{author for unit in units for author in authors_by_unit.get(unit, ())} for units in services.values()]
    everybody = set().union(*teams)
    return sum(map(len, teams)) / len(teams) / len(everybody) if everybody else 0.0


def local_transactions(service: Mapping[str, str], accesses: Sequence[Access]) -> list[list[Access]]:
    """Return the longest runs of accesses within one service, in order; entities of no service are left out."""
    found: list[list[Access]] = []
    for entity, mode in accesses:
        if entity not in service:
            continue
        if found and service[found[-1][-1][0]] == service[entity]:
            found[-1].append((entity, mode))
        else:
            found.append([(entity, mode)])
    return found
