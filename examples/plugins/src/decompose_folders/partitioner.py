"""Every folder of code is a service: the split that a repository already suggests."""

from __future__ import annotations

from decompose.ir.graph import CodeGraph
from decompose.ir.partition import SHARED, Cluster, Partition
from decompose.ir.units import index_units


def by_folder(graph: CodeGraph, *, seed: int) -> Partition:
    """Return one cluster for each package below the top one; what stands beside them is shared.

    Args:
        graph: The analysed system.
        seed: Not needed: nothing here is random.
    """
    index = index_units(graph)
    members: dict[str, list[str]] = {}
    for symbol, unit in index.units.items():
        module = index.modules[unit.module]
        if module.kind in ("test", "notebook", "packaging"):
            continue  # what is not deployed may be left out
        parts = unit.module.split(".")
        members.setdefault(parts[1] if len(parts) > 2 else SHARED, []).append(symbol)
    clusters = (
        Cluster(name=name, kind="library" if name == SHARED else "service", members=tuple(sorted(held)))
        for name, held in sorted(members.items())
    )
    return Partition(name="folders", clusters=tuple(clusters))
