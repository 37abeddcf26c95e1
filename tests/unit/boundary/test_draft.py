"""From partition to plan: names, kinds, owners, reasons; and again with what a person has changed."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from decompose import gate
from decompose.boundary.diff import diff_plans
from decompose.boundary.draft import draft
from decompose.boundary.kinds import portray
from decompose.boundary.planfile import parse_plan, render_plan
from decompose.boundary.proposal import proposal
from decompose.cluster import partitions
from decompose.ir.findings import Span
from decompose.ir.graph import Unit
from decompose.ir.membership import membership
from decompose.ir.plan import Plan

sys.path.insert(0, str(Path(__file__).parents[1] / "cluster"))

from graphs import system
from test_partitions import shop


def plan_of(previous: Plan | None = None) -> Plan:
    graph = shop()
    return draft(graph, partitions(graph, previous=previous), previous=previous)


def service(plan: Plan, name: str):
    return next(s for s in plan.services if s.name == name)


def test_parts_are_named_and_classed_by_what_they_do() -> None:
    kinds = {s.name: s.kind for s in plan_of().services}

    assert kinds["training"] == "job"
    assert kinds["inference"] == "service"


def test_a_statement_counts_once_whatever_it_stands_in() -> None:
    span = Span("m.py")
    units = (
        Unit("m:<module>", kind="module", module="m", span=span, statements=20),
        Unit("m:A", kind="class", module="m", span=span, statements=9),
        Unit("m:A.run", kind="method", module="m", span=span, parent="m:A", statements=7),
        Unit("m:f", kind="function", module="m", span=span, statements=6),
    )
    graph = msgspec.structs.replace(shop(), units=units, edges=())

    found = portray(graph, {"m:<module>": "a", "m:A": "a", "m:f": "b"})

    assert (found["a"].statements, found["b"].statements) == (14, 6)


def test_entries_mean_what_the_partition_says() -> None:
    graph = shop()
    placed = membership(plan_of(), graph)

    assert placed["shop.prep:clean"] == "shared"
    assert placed["shop.fit:tune"] == "training"
    assert placed["nb.ipynb:cell_1"] == "offline"


def test_a_service_owns_what_it_alone_writes() -> None:
    assert service(plan_of(), "training").owns == ("asset:model.pkl",)


def test_every_service_says_why_in_two_sentences() -> None:
    for found in plan_of().services:
        assert found.because.count(". ") == 1, found.because
        assert found.because.endswith(".")


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), units=st.integers(20, 90), stages=st.integers(1, 6))
def test_proposing_again_on_any_unchanged_system_is_a_fixed_point(seed: int, units: int, stages: int) -> None:
    rng = random.Random(seed)
    roles = ("ingest", "training", "evaluation", "online_inference", "gateway_ui", "monitoring")[:stages]
    names = [f"pkg.m{rng.randrange(units // 5)}:f{i}" for i in range(units)]
    edges = [f"{rng.choice(names)} -> {rng.choice(names)}" for _ in range(2 * units)]
    graph = system(
        *(edge for edge in edges if len(set(edge.split())) == 3),
        roles={name: rng.choice(roles) for name in names if rng.random() < 0.7},
        entries={name: rng.choice(("main", "route")) for name in rng.sample(names, 4)},
    )

    first = draft(graph, partitions(graph))
    read = parse_plan(render_plan(first), "decompose.yaml")
    again = draft(graph, partitions(graph, previous=read), previous=read)

    assert again == first
    assert not [v for v in gate.check(first, graph).violations if v.contract == "acyclic"]


def test_proposing_again_changes_nothing() -> None:
    first = plan_of()
    text = render_plan(first)

    again = plan_of(parse_plan(text, "decompose.yaml"))

    assert render_plan(again, text) == text


def test_names_notes_and_reasons_of_a_person_stay() -> None:
    first = plan_of()
    words = {"name": "fitting", "because": "Anna runs it", "note": "ask her"}
    mine = [s.model_copy(update=words) if s.name == "training" else s for s in first.services]

    again = plan_of(first.model_copy(update={"services": tuple(mine)}))

    assert (service(again, "fitting").because, service(again, "fitting").note) == ("Anna runs it", "ask her")
    assert [change.kind for change in diff_plans(first.model_copy(update={"services": tuple(mine)}), again)] == []


def test_moving_a_unit_is_one_difference() -> None:
    first, graph = plan_of(), shop()
    moved = first.model_copy(
        update={
            "services": tuple(
                s.model_copy(update={"members": (*s.members, "shop.fit:tune")}) if s.name == "inference" else s
                for s in first.services
            )
        }
    )

    changes = diff_plans(first, moved, graph)

    assert [change.text for change in changes] == ["`shop.fit:tune`: `training` -> `inference`"]


def test_the_proposal_names_every_unit_and_asset() -> None:
    graph = shop()

    found = proposal(plan_of(), graph)

    assert {unit.symbol for unit in graph.units} <= found["units"].keys()
    assert found["units"]["nb.ipynb"]["service"] == "offline"
    assert found["units"]["shop.fit:Trainer"] == {"service": "training", "role": "training"}
    assert found["assets"] == [
        {"name": "model.pkl", "kind": "file", "read_by": ["shop.util:load"], "written_by": ["shop.fit:Trainer"]}
    ]


def test_with_an_earlier_plan_one_new_function_moves_nothing_else() -> None:
    graph, grown = shop(), shop("shop.fit:Trainer -> shop.fit:extra")
    first = draft(graph, partitions(graph))

    again = draft(grown, partitions(grown, previous=first), previous=first)

    before, after = membership(first, graph), membership(again, grown)
    assert {symbol: after[symbol] for symbol in before} == before
    assert after["shop.fit:extra"] == "training"
