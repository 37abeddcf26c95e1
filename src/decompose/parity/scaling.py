"""What more processes bring: the monolith repeated whole, or the service that is exhausted first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from decompose.ir.reports import Figure, Scaling, Side
from decompose.parity import queueing
from decompose.parity.demand import EntryDemand, demand_by_service
from decompose.parity.prices import Prices

STEPS = 6
"""Processes that are added."""
CONTENTION, COHERENCE = 0.05, 0.001
"""Universal Scalability Law of stateless replicas behind one balancer: the lower bound of the interval, assumed."""


def scalings(
    demands: Mapping[Side, tuple[EntryDemand, ...]], prices: Prices, memory_mb: Mapping[str, float]
) -> Iterator[Scaling]:
    """Yield the throughput of every entry point with more and more processes, each on a core of its own.

    Args:
        demands: What a request asks of the parts, by side.
        prices: What surrounds the user's code.
        memory_mb: Memory of one process of each part; the whole under `monolith`.
    """
    for side, entries in demands.items():
        for demand in entries:
            work = demand_by_service(demand.step, prices)
            work[demand.step.service] += prices.front_ms
            yield from _grown(demand.entry, side, work, memory_mb)


def _grown(entry: str, side: Side, work: Mapping[str, float], memory_mb: Mapping[str, float]) -> Iterator[Scaling]:
    replicas = dict.fromkeys(work, 1)
    added = ""
    for _ in range(STEPS):
        rate, bottleneck = queueing.capacity_per_s(work, replicas)
        yield Scaling(
            entry=entry,
            side=side,
            processes=sum(replicas.values()),
            per_s=Figure(value=rate, low=_contended(work, replicas), high=rate, unit="1/s"),
            memory_mb=round(sum(count * memory_mb.get(name, 0.0) for name, count in replicas.items()), 1),
            added=added,
        )
        replicas[bottleneck] += 1
        added = bottleneck


def _contended(work: Mapping[str, float], replicas: Mapping[str, int]) -> float:
    """Return the throughput when replicas of a part get into each other's way.

    Source:
        Utilisation law over parts, each scaled by the Universal Scalability Law: N. J. Gunther (2007).
    """
    return min(
        queueing.usl_per_s(replicas[name], single_per_s=1000 / ms, contention=CONTENTION, coherence=COHERENCE)
        for name, ms in work.items()
        if ms > 0
    )
