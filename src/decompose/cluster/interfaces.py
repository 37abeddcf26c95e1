"""Figures of what services publish to each other: how many operations, how alike they are, how often they are called.

Services `S_1..S_K`; an operation is published by its service when a unit of another service calls it.

Source:
    W. Jin, T. Liu, Y. Cai, R. Kazman, R. Mo, Q. Zheng, "Service candidate identification from monolithic systems based
    on execution traces" (IEEE TSE 2019), FoSCI; read by title and abstract, formulas as quoted by later work.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import combinations

from decompose.cluster.burdens import Calls, Services, service_by_unit

Message = tuple[Collection[str], Collection[str]]
"""Names or types of the parameters, and of the results, of one operation."""


def published(services: Services, calls: Calls) -> dict[str, tuple[str, ...]]:
    """Return the operations that each service publishes, sorted."""
    service = service_by_unit(services)
    found: dict[str, set[str]] = {name: set() for name in services}
    for source, target in calls:
        if source in service and target in service and service[source] != service[target]:
            found[service[target]].add(target)
    return {name: tuple(sorted(operations)) for name, operations in sorted(found.items())}


def operation_number(services: Services, calls: Calls) -> int:
    """Return OPN, the operations published in all; lower is better."""
    return sum(len(operations) for operations in published(services, calls).values())


def interaction_number(services: Services, calls: Calls) -> float:
    """Return IRN, the calls per run between services; lower is better."""
    service = service_by_unit(services)
    pairs = [(pair, n) for pair, n in calls.items() if pair[0] in service and pair[1] in service]
    return sum(n for (source, target), n in pairs if service[source] != service[target])


def interface_classes(services: Services, calls: Calls, class_by_unit: Mapping[str, str]) -> float:
    """Return IFN (FoSCI), the mean over services of the classes (or modules) that publish an operation."""
    found = published(services, calls)
    counts = [len({class_by_unit.get(operation, operation) for operation in held}) for held in found.values()]
    return sum(counts) / len(counts) if counts else 0.0


def message_cohesion(services: Services, calls: Calls, message_by_operation: Mapping[str, Message]) -> float:
    """Return CHM, the mean over services of the mean likeness of their operations' messages, 0 to 1; higher is better.

    Likeness of two operations: `(Jaccard of parameters + Jaccard of results) / 2`. A service of one operation counts 1,
    one that publishes nothing does not count.
    """
    empty: Message = ((), ())

    def likeness(first: str, second: str) -> float:
        a, b = message_by_operation.get(first, empty), message_by_operation.get(second, empty)
        return (_jaccard(a[0], b[0]) + _jaccard(a[1], b[1])) / 2

    return _mean_likeness(published(services, calls), likeness)


def domain_cohesion(services: Services, calls: Calls, terms_by_operation: Mapping[str, Collection[str]]) -> float:
    """Return CHD, the mean over services of the mean Jaccard index of their operations' terms, 0 to 1."""

    def likeness(first: str, second: str) -> float:
        return _jaccard(terms_by_operation.get(first, ()), terms_by_operation.get(second, ()))

    return _mean_likeness(published(services, calls), likeness)


def _mean_likeness(operations: Mapping[str, Sequence[str]], likeness: Callable[[str, str], float]) -> float:
    """Return the mean over services of the mean over pairs of operations."""
    found: list[float] = []
    for held in operations.values():
        pairs = [likeness(a, b) for a, b in combinations(held, 2)]
        if held:
            found.append(sum(pairs) / len(pairs) if pairs else 1.0)
    return sum(found) / len(found) if found else 0.0


def _jaccard(first: Collection[str], second: Collection[str]) -> float:
    """Return the Jaccard index of two collections; 1 when both are empty."""
    either = set(first) | set(second)
    return len(set(first) & set(second)) / len(either) if either else 1.0
