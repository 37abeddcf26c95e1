"""How far the search is from the proven optimum on real systems: `python …/optimum.py SECONDS ROOT…` (needs scipy).

The clique-partitioning programme of M. Grötschel, Y. Wakabayashi (1989), solved by HiGHS: a 0/1 variable for every two
units says that they stand together, triangles keep that transitive, a unit without an earlier companion opens a cluster
and pays the premium. Hubs (a file, an asset) choose among the units, and need no triangles among themselves.
"""

from __future__ import annotations

import sys
from itertools import combinations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

import decompose
from decompose.cluster.network import FINE, Network, objective
from decompose.cluster.problem import network_of, prepare
from decompose.cluster.search import search

MAX_UNITS = 40
"""Groups of units above which the programme is too large to prove anything in a minute."""


class Rows:
    """Constraints `sum coefficient * variable <= limit`, collected row by row."""

    def __init__(self) -> None:
        """Begin without any."""
        self.cells: list[tuple[int, int, float]] = []
        self.limits: list[float] = []

    def add(self, limit: float, *cells: tuple[int, float]) -> None:
        """Add one row."""
        self.cells += [(len(self.limits), column, value) for column, value in cells]
        self.limits.append(limit)

    def constraint(self, columns: int) -> LinearConstraint:
        """Return all rows as one constraint."""
        rows, cols, values = zip(*self.cells, strict=True)
        matrix = coo_array((values, (rows, cols)), shape=(len(self.limits), columns))
        return LinearConstraint(matrix, ub=np.array(self.limits))


def optimum(network: Network, units: int, seconds: float) -> tuple[float, bool]:
    """Return the best objective that the solver found or proved an upper bound of, and whether it is proven.

    Args:
        network: The problem; the first `units` nodes hold code, the rest are hubs.
        units: Nodes that hold code.
        seconds: Time limit.
    """
    nodes, scale = len(network), FINE * network.total
    pairs = list(combinations(range(units), 2)) + [(i, h) for h in range(units, nodes) for i in range(units)]
    pairs += [(h, k) for h in range(units, nodes) for k in network.adjacency[h] if k > h]
    column = {pair: i for i, pair in enumerate(pairs)}
    gain = np.zeros(len(pairs) + units)
    for (a, b), i in column.items():
        gain[i] = network.adjacency[a].get(b, 0) - charge(network, a, b) / scale
    gain[len(pairs) :] = -network.terms.premium
    rows = Rows()
    for i, j, k in combinations(range(units), 3):
        x, y, z = column[i, j], column[j, k], column[i, k]
        rows.add(1, (x, 1), (y, 1), (z, -1))
        rows.add(1, (x, 1), (z, 1), (y, -1))
        rows.add(1, (y, 1), (z, 1), (x, -1))
    for h in range(units, nodes):
        for i, j in combinations(range(units), 2):
            rows.add(1, (column[i, h], 1), (column[j, h], 1), (column[i, j], -1))
    for h, k in (pair for pair in pairs if pair[0] >= units):
        for i in range(units):  # two hubs together stand where the same units stand
            rows.add(1, (column[h, k], 1), (column[i, h], 1), (column[i, k], -1))
            rows.add(1, (column[h, k], 1), (column[i, k], 1), (column[i, h], -1))
    for j in range(units):
        opens = [(column[i, j], -1.0) for i in range(j)]
        rows.add(-1, (len(pairs) + j, -1), *opens)
    solved = milp(
        -gain, constraints=rows.constraint(len(gain)), integrality=np.ones(len(gain)), bounds=Bounds(0, 1),
        options={"time_limit": seconds},
    )  # fmt: skip
    return -solved.mip_dual_bound, solved.status == 0


def charge(network: Network, a: int, b: int) -> int:
    """Return what two nodes in one cluster are charged, in units of the objective."""
    terms = network.terms
    stages = sum(m * n * terms.conflict[s][t] for s, m in network.masses[a] for t, n in network.masses[b])
    return FINE * terms.density * network.sizes[a] * network.sizes[b] + terms.stage * stages


def main() -> None:
    """Print a row for each system."""
    seconds = float(sys.argv[1])
    print("| system | groups | hubs | found | optimum | gap |\n|---|---|---|---|---|---|")
    for root in sys.argv[2:]:
        problem = prepare(decompose.analyze(root, cache=False))
        network, units = network_of(problem), len(problem.atoms)
        if units > MAX_UNITS:
            continue
        found = objective(network, search(network)) / (FINE * network.total)
        best, proven = optimum(network, units, seconds)
        name = root.rstrip("/").rpartition("/")[2]
        mark = "" if proven else " (bound, not proven)"
        print(
            f"| {name} | {units} | {len(network) - units} | {found:.1f} | {best:.1f}{mark} "
            f"| {(best - found) / max(1, abs(best)):.2%} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
