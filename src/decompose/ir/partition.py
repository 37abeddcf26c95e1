"""Partitions: which unit stands in which cluster, and how good that is."""

from __future__ import annotations

from typing import Protocol

from decompose.ir.graph import CodeGraph, Record

SHARED = "shared"
"""Cluster of library code that is copied into every service that needs it."""
OFFLINE = "offline"
"""Cluster of what is not deployed: tests, packaging, prototype notebooks, one-off scripts."""
DEAD = "dead"
"""Cluster of what no entry point reaches."""


class Reason(Record):
    """One reason for a boundary or an assignment."""

    text: str
    weight: float = 0.0
    """Contribution to the objective, in its unit."""
    evidence: tuple[str, ...] = ()
    """`path:line what`."""


class Cluster(Record):
    """One group of units."""

    name: str
    kind: str
    """`service`, `job`, `gateway`, `library`, `offline` or `dead`."""
    members: tuple[str, ...]
    """Symbols of module-level units, sorted."""
    reasons: tuple[Reason, ...] = ()


class Partition(Record):
    """One way to divide the system; every unit stands in exactly one cluster."""

    name: str
    """`recommended`, `coarser`, `finer`, or the name of a baseline."""
    clusters: tuple[Cluster, ...]
    metrics: dict[str, float] = {}  # noqa: RUF012  (msgspec copies an empty default)
    """Figures of `cluster.metrics` by name."""
    objective: float = 0.0


class Partitioner(Protocol):
    """Divides a system; other distributions offer theirs as entry points of the group `decompose.partitioners`."""

    def __call__(self, graph: CodeGraph, *, seed: int) -> Partition:
        """Return one partition.

        A cluster of another name than `shared`, `offline` and `dead` becomes a service; kinds, owners, reasons and the
        verdict are worked out from it. Module-level units that it leaves out go where the built-in search puts them if
        that is no service, and are an error otherwise.

        Args:
            graph: The graph with roles.
            seed: Of whatever is random.
        """
