"""What an edit moves: `python …/stability.py ROOT…` adds 1 % new functions and edits white space, and counts.

A unit has moved when its part is not the one that most of its old part's units are in now. Without and with the earlier
plan to start from.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Mapping
from math import ceil

import msgspec

import decompose
from decompose.boundary import draft, membership
from decompose.cluster import assignment, partitions
from decompose.ir.graph import CodeGraph, Edge, Site, Unit

SEEDS = 5


def grown(graph: CodeGraph, *, share: float = 0.01, seed: int = 0) -> CodeGraph:
    """Return the graph with new functions in some of its modules, each called by a function there."""
    rng = random.Random(seed)
    hosts = [unit for unit in graph.units if unit.kind == "function" and unit.entry is None]
    chosen = rng.sample(hosts, min(len(hosts), ceil(share * len(hosts))))
    new = [Unit(symbol=f"{u.module}:added_{i}", kind="function", module=u.module, span=u.span, statements=5)
           for i, u in enumerate(chosen)]  # fmt: skip
    edges = [
        Edge(
            source=host.symbol, target=unit.symbol, kind="call", sites=(Site(path=host.span.path, line=host.span.line),)
        )
        for host, unit in zip(chosen, new, strict=True)
    ]
    return msgspec.structs.replace(graph, units=(*graph.units, *new), edges=(*graph.edges, *edges))


def moved(before: Mapping[str, str], after: Mapping[str, str]) -> float:
    """Return the share of units that are not where most of their old companions are."""
    cells: dict[str, Counter[str]] = {}
    for unit, part in before.items():
        cells.setdefault(part, Counter())[after[unit]] += 1
    stayed = sum(max(row.values()) for row in cells.values())
    return 1 - stayed / max(1, len(before))


def main() -> None:
    """Print a row for each system: mean and largest share moved, in per cent."""
    print("| system | units | moved, no plan | moved, earlier plan |\n|---|---|---|---|")
    for root in sys.argv[1:]:
        graph = decompose.analyze(root, cache=False)
        first = partitions(graph)
        before, plan = assignment(first[0]), draft(graph, first)
        alone, guided = [], []
        for seed in range(SEEDS):
            more = grown(graph, seed=seed)
            alone.append(100 * moved(before, assignment(partitions(more)[0])))
            again = draft(more, partitions(more, previous=plan), previous=plan)
            guided.append(100 * moved(membership(plan, graph), membership(again, more)))
        name = root.rstrip("/").rpartition("/")[2]
        print(f"| {name} | {len(before)} | {_range(alone)} | {_range(guided)} |", flush=True)


def _range(shares: list[float]) -> str:
    """Return mean and largest of some shares."""
    return f"{sum(shares) / len(shares):.1f} % (largest {max(shares):.1f} %)"


if __name__ == "__main__":
    main()
