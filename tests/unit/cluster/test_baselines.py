"""The baselines on a graph whose communities are plain to see."""

from __future__ import annotations

from itertools import combinations

from graphs import system

from decompose.cluster.baselines import baselines
from decompose.ir.graph import CodeGraph


def cliques() -> CodeGraph:
    """Three files of four functions that all call each other, in a ring by one call each."""
    names = [[f"{m}:f{i}" for i in range(4)] for m in ("p.a", "p.b", "q.c")]
    inside = [f"{x} -> {y}" for group in names for x, y in combinations(group, 2)]
    ring = [f"{names[i][0]} -> {names[(i + 1) % 3][1]}" for i in range(3)]
    return system(*inside, *ring)


def test_leiden_and_louvain_find_the_cliques() -> None:
    found = baselines(cliques())
    files = found["per file"]

    for method in ("leiden", "louvain"):
        parts = found[method]
        assert {(parts[a] == parts[b]) == (files[a] == files[b]) for a, b in combinations(sorted(files), 2)} == {True}


def test_trivial_baselines_say_what_their_names_say() -> None:
    found = baselines(cliques())

    assert set(found["one service"].values()) == {"all"}
    assert set(found["per folder"].values()) == {"p", "q"}
    assert all(len(parts) == 12 for parts in found.values())
