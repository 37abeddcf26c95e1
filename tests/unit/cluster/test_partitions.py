"""Partitions of small systems: what belongs together, what is copied, what is left out, what a person has fixed."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from graphs import system

from decompose.cluster import assignment, partitions
from decompose.cluster.problem import prepare
from decompose.ir.evidence import CoChange, FileHistory, History
from decompose.ir.graph import CodeGraph
from decompose.ir.plan import Limits, Plan, ServicePlan

ROLES = {
    "shop.load:read": "ingest", "shop.load:split": "ingest", "shop.fit:Trainer": "training", "shop.fit:tune": "tuning",
    "shop.serve:predict": "online_inference", "shop.serve:Model": "online_inference", "shop.prep:clean": "features",
}  # fmt: skip
EDGES = (
    "shop.run:main -> shop.load:read", "shop.run:main -> shop.fit:Trainer", "shop.load:read -> shop.load:split",
    "shop.fit:Trainer -> shop.fit:tune", "shop.serve:predict -> shop.serve:Model",
    "shop.fit:Trainer -> shop.prep:clean", "shop.serve:predict -> shop.prep:clean",
    "shop.fit:tune -> shop.log:info", "shop.serve:Model -> shop.log:info",
    "shop.serve:Model -> shop.util:load", "shop.fit:Trainer w> asset:model.pkl", "shop.util:load r> asset:model.pkl",
    "tests.test_fit:test_it -> shop.fit:tune", "nb.ipynb:cell_1 -> shop.fit:tune",
)  # fmt: skip


def shop(*extra: str, roles_more=None, entries_more=None, kinds_more=None, **more: object) -> CodeGraph:
    return system(
        *EDGES, *extra, roles=ROLES | {"shop.run:main": "orchestration"} | (roles_more or {}),
        kinds={"tests.test_fit": "test", "nb.ipynb": "notebook"} | (kinds_more or {}),
        entries={"shop.run:main": "main", "shop.serve:predict": "route"} | (entries_more or {}), **more,
    )  # fmt: skip


def test_every_unit_stands_in_exactly_one_cluster_of_every_partition() -> None:
    graph = shop()

    for partition in partitions(graph):
        placed = [symbol for cluster in partition.clusters for symbol in cluster.members]
        assert sorted(placed) == sorted(unit.symbol for unit in graph.units)


def test_stages_part_and_each_stays_whole() -> None:
    placed = assignment(partitions(shop())[0])

    assert placed["shop.fit:Trainer"] == placed["shop.fit:tune"]
    assert placed["shop.serve:predict"] == placed["shop.serve:Model"]
    assert placed["shop.fit:Trainer"] != placed["shop.serve:predict"]


def test_what_training_and_serving_both_run_is_shared_and_what_one_uses_is_its_own() -> None:
    placed = assignment(partitions(shop())[0])

    assert placed["shop.prep:clean"] == "shared"
    assert placed["shop.log:info"] == "shared"
    assert placed["shop.util:load"] == placed["shop.serve:Model"]


def test_what_reads_the_data_for_training_and_serving_is_copied_too() -> None:
    graph = system(
        *EDGES, "shop.fit:Trainer -> shop.db:rows", "shop.serve:predict -> shop.db:rows", "shop.db:rows -> shop.db:open_db",
        roles=ROLES | {"shop.run:main": "orchestration", "shop.db:rows": "ingest", "shop.db:open_db": "ingest"},
        entries={"shop.run:main": "main", "shop.serve:predict": "route"},
    )  # fmt: skip

    placed = assignment(partitions(graph)[0])

    assert placed["shop.db:rows"] == "shared"
    assert placed["shop.db:open_db"] == "shared"


def test_a_step_that_a_conductor_alone_calls_stays_with_its_stage() -> None:
    graph = shop(
        "shop.run:main -> shop.load:fetch",
        "shop.load:fetch -> shop.load:read",
        roles_more={"shop.load:fetch": "features"},
    )

    placed = assignment(partitions(graph)[0])

    assert placed["shop.load:fetch"] == placed["shop.load:read"]


@pytest.mark.parametrize("mounted", ["ab", "a"])
def test_routes_that_one_application_mounts_stay_with_it(mounted) -> None:
    parts = {f"api.{name}:f{i}": "gateway_ui" for name in "ab" for i in range(8)}
    chains = [f"api.{name}:f{i} -> api.{name}:f{i + 1}" for name in "ab" for i in range(7)]
    graph = shop(
        *chains, *(f"api.app:<module> i> api.{name}:<module>" for name in mounted),
        roles_more=parts | {"api.app:<module>": "gateway_ui"}, entries_more={"api.a:f0": "route", "api.b:f0": "route"},
    )  # fmt: skip

    placed = assignment(partitions(graph)[0])

    assert placed["api.a:f0"] == placed["api.app:<module>"]
    assert (placed["api.a:f0"] == placed["api.b:f0"]) == (mounted == "ab")


def test_a_part_that_nothing_starts_or_uses_goes_to_who_imports_it() -> None:
    chain = [f"shop.errors:E{i} => shop.errors:E0" for i in range(1, 3)]
    graph = shop("shop.serve:<module> i> shop.errors:<module>", *chain, roles_more={"shop.errors:E0": "monitoring"})

    placed = assignment(partitions(graph)[0])

    assert placed["shop.errors:E0"] == placed["shop.serve:predict"]


def test_tests_and_notebooks_are_offline() -> None:
    placed = assignment(partitions(shop())[0])

    assert placed["tests.test_fit:test_it"] == placed["nb.ipynb:cell_1"] == "offline"


def test_cases_that_only_tests_use_are_offline_wherever_they_stand() -> None:
    cases = ("shop.checks.base:Case", "shop.checks.more:check", "shop.checks.plain:load")
    graph = shop(
        "tests.test_fit:test_it -> shop.checks.base:Case", "shop.checks.base:Case -> shop.checks.more:check",
        "shop.run:main -> shop.checks.plain:load", "shop.checks:<module> i> shop.checks.base:<module>",
        externals={name.partition(":")[0]: ("unittest",) for name in cases}, kinds_more={"shop.checks": "package"},
    )  # fmt: skip

    placed = assignment(partitions(graph)[0])

    assert [placed[symbol] == "offline" for symbol in cases] == [True, True, False]


def test_a_test_that_imports_two_modules_draws_them_nowhere() -> None:
    graph = system(
        "test_all:<module> i> fit:<module>", "test_all:<module> i> serve:<module>", "fit:train -> fit:step",
        "serve:answer -> serve:load", kinds={"test_all": "test"},
        entries={"fit:<module>": "main", "serve:<module>": "main"},
    )  # fmt: skip
    bare = tuple(msgspec.structs.replace(m, statements=0) if m.name == "test_all" else m for m in graph.modules)

    drawn = {pull.other for pull in prepare(msgspec.structs.replace(graph, modules=bare)).pulls}

    assert "file:fit.py" in drawn
    assert "file:test_all.py" not in drawn


def test_dead_code_is_listed_and_not_when_entry_points_are_unknown() -> None:
    entries = {"shop.run:main": "main", "shop.serve:predict": "route"}
    known = system(*EDGES, "shop.fit:forgotten", roles=ROLES, entries=entries)
    unknown = system(*EDGES, "shop.fit:forgotten", roles=ROLES)

    assert assignment(partitions(known)[0])["shop.fit:forgotten"] == "dead"
    assert "dead" not in assignment(partitions(unknown)[0]).values()


def test_a_lock_holds_against_everything() -> None:
    plan = Plan(
        system="shop",
        services=(
            ServicePlan(name="a", members=("shop.fit:Trainer", "shop.serve:predict"), locked=("*",)),
            ServicePlan(name="b", members=("shop.fit:tune",), locked=("shop.fit:tune",)),
        ),
    )

    placed = assignment(partitions(shop(), previous=plan)[0])

    assert placed["shop.fit:Trainer"] == placed["shop.serve:predict"] != placed["shop.fit:tune"]


def test_what_is_kept_apart_never_shares_a_part_and_is_never_copied() -> None:
    graph = shop("shop.serve:predict -> shop.serve:cache", "shop.fit:tune -> shop.serve:cache")
    rule = ("shop.load:*", "shop.fit:*", "shop.serve:cache")
    plan = Plan(system="shop", apart=(rule,), services=(ServicePlan(name="all", members=("*",)),))

    for partition in partitions(graph, previous=plan):
        placed = assignment(partition)
        sides = [{placed[symbol] for symbol in placed if symbol.startswith(side.rstrip("*"))} for side in rule]
        assert len(set().union(*sides)) == sum(map(len, sides))
        assert placed["shop.serve:cache"] != "shared"


def test_no_part_is_larger_than_the_plan_allows() -> None:
    names = [f"shop.fit:f{i}" for i in range(12)]
    graph = shop(*(f"{a} -> {b}" for a, b in pairwise(names)), roles_more=dict.fromkeys(names, "training"))
    plan = Plan(system="shop", limits=Limits(max_size=5))

    free, held = partitions(graph)[0], partitions(graph, previous=plan)[0]

    assert free.metrics["largest"] > 5
    assert held.metrics["largest"] <= 5


def test_files_that_change_together_are_drawn_together() -> None:
    graph = system("a:f -> a:g", "b:f -> b:g", "c:f -> c:g", "a:f -> c:f")
    history = History(
        commits=9,
        files=tuple(FileHistory(path=f"{m}.py", commits=9) for m in "abc"),
        pairs=(CoChange(first="a.py", second="b.py", commits=9),),
    )

    without, with_history = (assignment(partitions(graph, history=h)[0]) for h in (None, history))

    assert without["a:f"] != without["b:f"]
    assert with_history["a:f"] == with_history["b:f"]


def shuffled(graph: CodeGraph, seed: int) -> CodeGraph:
    rng = random.Random(seed)
    pieces = {name: list(getattr(graph, name)) for name in ("modules", "units", "edges", "assets")}
    for found in pieces.values():
        rng.shuffle(found)
    return msgspec.structs.replace(graph, **{name: tuple(found) for name, found in pieces.items()})


def test_the_order_of_the_graph_changes_nothing() -> None:
    expected = msgspec.json.encode(partitions(shop()))

    assert all(msgspec.json.encode(partitions(shuffled(shop(), seed))) == expected for seed in range(5))


def test_no_hash_seed_changes_a_byte() -> None:
    program = "import test_partitions as t; print(t.digest())"
    folder = str(Path(__file__).parent)
    digests = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": folder},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in range(4)
    }  # fmt: skip

    assert digests == {f"{digest()}\n"}


def digest() -> str:
    return hashlib.blake2b(msgspec.json.encode(partitions(shop()))).hexdigest()
