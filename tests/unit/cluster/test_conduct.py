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


def test_a_program_that_uses_steps_in_one_go_conducts_nothing() -> None:
    graph = system(
        "fit:main -> shop.load:read", "fit:main -> shop.learn:train", "shop.learn:train w> asset:artifacts/model.pkl",
        roles={"fit:main": "orchestration", "shop.load:read": "ingest", "shop.learn:train": "training"},
    )  # fmt: skip
    graph = with_roles(graph, "fit:main", training=0.3, orchestration=0.5)

    profile = conduct(graph).profiles["fit:main"]

    assert profile.stage == "training"
    assert "fit:main" not in conduct(graph).conductors


def test_who_starts_steps_that_each_leave_something_behind_conducts() -> None:
    graph = system(
        "run:main -> shop.load:read", "run:main -> shop.learn:train", "shop.learn:train w> asset:artifacts/model.pkl",
        "shop.load:read w> asset:data/clean.csv",
        roles={"run:main": "orchestration", "shop.load:read": "ingest", "shop.learn:train": "training"},
    )  # fmt: skip
    graph = with_roles(graph, "run:main", training=0.3, orchestration=0.5)

    assert conduct(graph).profiles["run:main"].stage == "orchestration"


def test_a_main_block_is_what_it_runs() -> None:
    graph = system("fit:<module> -> fit:train", roles={"fit:train": "training"}, entries={"fit:<module>": "main"})
    graph = with_roles(graph, "fit:<module>", orchestration=0.6)

    assert conduct(graph).profiles["fit:<module>"].stage == "training"


def test_what_calls_an_orchestrator_stays_what_it_is() -> None:
    graph = system("flows:build -> flows:describe", roles={"flows:describe": "config_util"})
    named = with_roles(graph, "flows:build", orchestration=0.6)
    tags = (RoleTag(role="orchestration", confidence=0.6, evidence=("flows.py:1 calls `azureml.pipeline.Pipeline`",)),)
    units = tuple(msgspec.structs.replace(u, roles=tags) if u.symbol == "flows:build" else u for u in graph.units)

    assert conduct(named).profiles["flows:build"].stage == ""
    assert conduct(msgspec.structs.replace(graph, units=units)).profiles["flows:build"].stage == "orchestration"


def test_a_route_answers_and_conducts_nothing() -> None:
    graph = system(
        "web:retrain -> shop.load:read", "web:retrain -> shop.learn:train", "shop.learn:train w> asset:artifacts/model.pkl",
        "shop.load:read w> asset:data/clean.csv",
        roles={"shop.load:read": "ingest", "shop.learn:train": "training"}, entries={"web:retrain": "route"},
    )  # fmt: skip
    graph = with_roles(graph, "web:retrain", gateway_ui=0.3, orchestration=0.5)

    assert conduct(graph).profiles["web:retrain"].stage == "ui"
