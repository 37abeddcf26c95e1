"""Who only starts the others, and who is a step of theirs."""

from __future__ import annotations

import msgspec
from graphs import system

from decompose.cluster.conduct import conducted
from decompose.cluster.profile import System, profile_system
from decompose.cluster.relations import relate
from decompose.ir.graph import CodeGraph, RoleTag


def with_roles(graph: CodeGraph, symbol: str, **shares: float) -> CodeGraph:
    """Return the graph with several roles on one unit."""
    tags = tuple(RoleTag(role=role, confidence=share) for role, share in shares.items())
    units = tuple(msgspec.structs.replace(u, roles=tags) if u.symbol == symbol else u for u in graph.units)
    return msgspec.structs.replace(graph, units=units)


def conduct(graph: CodeGraph) -> System:
    profiled = profile_system(graph)
    return conducted(profiled, relate(profiled))


def test_a_schedule_that_names_what_it_starts_is_orchestration_and_nothing_else() -> None:
    graph = with_roles(system("dags.retrain:<module>"), "dags.retrain:<module>", training=0.4, orchestration=0.4)

    assert conduct(graph).profiles["dags.retrain:<module>"].stage == "orchestration"


def test_a_script_that_uses_own_code_keeps_its_work() -> None:
    graph = system("jobs.fit:<module> -> shop.fit:train", roles={"shop.fit:train": "training"})
    graph = with_roles(graph, "jobs.fit:<module>", training=0.6, orchestration=0.3)

    assert conduct(graph).profiles["jobs.fit:<module>"].stage == "training"


def test_a_step_that_wraps_one_stage_is_of_that_stage() -> None:
    graph = system(
        "run:Runner -> steps.prepare:Step", "run:Runner -> shop.fit:train", "steps.prepare:Step -> shop.load:read",
        roles={"run:Runner": "orchestration", "shop.fit:train": "training", "shop.load:read": "ingest"},
    )  # fmt: skip
    graph = with_roles(graph, "steps.prepare:Step", ingest=0.3, orchestration=0.5)

    profiles = conduct(graph).profiles

    assert profiles["steps.prepare:Step"].stage == "data"
    assert profiles["run:Runner"].stage == "orchestration"
