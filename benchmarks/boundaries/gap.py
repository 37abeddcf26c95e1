"""How far the search is from the optimum on small graphs, by trying every partition: `python …/gap.py 60 8`."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator

from decompose.cluster.network import Network, Terms, build, objective
from decompose.cluster.search import search

CONFLICT = ((0, 700, 900), (700, 0, 500), (900, 500, 0))


def restricted_growth(count: int) -> Iterator[list[int]]:
    """Yield every partition of `count` nodes once, as cluster numbers."""
    stack: list[list[int]] = [[0]]
    while stack:
        head = stack.pop()
        if len(head) == count:
            yield head
            continue
        stack += [[*head, cluster] for cluster in range(max(head) + 2)]


def made_up(count: int, rng: random.Random) -> Network:
    """Return a small problem with the weights of real ones."""
    edges = [(a, b, rng.randint(20, 300)) for a in range(count) for b in range(a) if rng.random() < 0.4]
    masses = [((rng.randrange(3), 8),) for _ in range(count)]
    terms = Terms(density=80, stage=500, premium=120, conflict=CONFLICT)
    return build(count, edges, sizes=[rng.randint(1, 4) for _ in range(count)], masses=masses, terms=terms)


def main() -> None:
    """Print how many graphs are solved exactly, and the mean and largest gap."""
    graphs, count = (int(word) for word in sys.argv[1:3])
    rng, gaps = random.Random(0), []
    for _ in range(graphs):
        network = made_up(count, rng)
        best = max(objective(network, choice) for choice in restricted_growth(count))
        gaps.append((best - objective(network, search(network))) / max(1, abs(best)))
    print(
        f"{sum(gap == 0 for gap in gaps)} of {graphs} exact, mean gap {sum(gaps) / graphs:.4%}, largest {max(gaps):.2%}"
    )


if __name__ == "__main__":
    main()
