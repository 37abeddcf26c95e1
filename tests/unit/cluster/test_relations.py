"""What units share: mutable state binds, a random generator does not."""

from __future__ import annotations

import msgspec
from graphs import system

from decompose.cluster.profile import profile_system
from decompose.cluster.relations import relate
from decompose.ir.findings import Span
from decompose.ir.graph import Edge, State


def shared_by_two(state: str, kind: str) -> frozenset[str]:
    """Return the states that bind two jobs which both touch this one."""
    graph = system("prepare:main -> prepare:clean", "fit:main -> fit:train")
    uses = (
        Edge(source="prepare:clean", target=state, kind="state_write"),
        Edge(source="fit:train", target=state, kind="state_read"),
    )
    graph = msgspec.structs.replace(
        graph,
        edges=(*graph.edges, *uses),
        states=(State(symbol=state, kind=kind, span=Span(path="prepare.py"), is_mutated=True),),
    )
    return frozenset(relate(profile_system(graph)).states)


def test_a_cache_that_two_jobs_change_binds_them() -> None:
    assert shared_by_two("state:shop.cache:ROWS", "cache") == {"state:shop.cache:ROWS"}


def test_the_random_numbers_of_two_jobs_do_not() -> None:
    assert shared_by_two("state:numpy.random:<rng>", "rng") == frozenset()
