"""Who is touched: by a change of the source, by the death of a service, by a failed step of the pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from decompose.ir.blueprint import Blueprint, JobStep
from decompose.ir.evidence import History
from decompose.ir.graph import CodeGraph
from decompose.ir.reports import Kill
from decompose.ir.symbols import module_of


def services_by_file(blueprint: Blueprint, graph: CodeGraph) -> dict[str, frozenset[str]]:
    """Return the services that must be rebuilt when a file changes; all of them when it holds shared code."""
    path_by_module = {module.name: module.path for module in graph.modules}
    found: dict[str, set[str]] = {}
    for service in blueprint.services:
        for member in service.members:
            path = path_by_module.get(module_of(member))
            if path is not None:
                found.setdefault(path, set()).add(service.name)
    everyone = {service.name for service in blueprint.services}
    for member in blueprint.shared:
        path = path_by_module.get(module_of(member))
        if path is not None:
            found.setdefault(path, set()).update(everyone)
    return {path: frozenset(names) for path, names in sorted(found.items())}


def touched_services(history: History, owners: Mapping[str, frozenset[str]]) -> list[frozenset[str]]:
    """Return the services that each of the last commits touches; commits beside the services give the empty set."""
    none: frozenset[str] = frozenset()
    return [none.union(*(owners.get(path, none) for path in paths)) for paths in history.change_sets]


def synchronous_needs(blueprint: Blueprint) -> dict[str, frozenset[str]]:
    """Return, for each service, every service that must be alive for it to answer, itself included."""
    direct: dict[str, set[str]] = {service.name: set() for service in blueprint.services}
    for edge in blueprint.cut_edges:
        if edge.kind == "call" and edge.from_service in direct and edge.to_service in direct:
            direct[edge.from_service].add(edge.to_service)
    return {name: _closure(name, direct) for name in sorted(direct)}


def _closure(name: str, direct: Mapping[str, set[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += sorted(direct.get(one, ()))
    return frozenset(found)


def predicted_kills(needs: Mapping[str, frozenset[str]], services: Iterable[str]) -> tuple[Kill, ...]:
    """Return which entry points fail when each service dies in turn, and when the monolith does.

    Args:
        needs: Services on the synchronous path of each entry point.
        services: All services.
    """
    entries = sorted(needs)
    kills = [Kill(killed="monolith", failed=tuple(entries))]
    for name in sorted(services):
        failed = tuple(entry for entry in entries if name in needs[entry])
        kills.append(Kill(killed=name, failed=failed, alive=tuple(e for e in entries if e not in failed)))
    return tuple(kills)


def redone_share(steps: Sequence[JobStep], seconds: Mapping[str, float], *, is_resumable: bool) -> float:
    """Return the expected share of a pipeline's work that is done twice when it fails at a random moment.

    A monolith starts again from the beginning: the expected loss is half of the whole. Resumable steps lose only what
    the failed step had done: `sum_i t_i² / (2 T²)`.

    Args:
        steps: The steps of the pipeline.
        seconds: Time of each step, by service; equal times when none is known.
        is_resumable: Whether finished steps are kept.
    """
    if not is_resumable or not steps:
        return 0.5
    times = [seconds.get(step.service, 0.0) for step in steps]
    if not sum(times):
        times = [1.0] * len(steps)
    total = sum(times)
    return sum(time * time for time in times) / (2 * total * total)
