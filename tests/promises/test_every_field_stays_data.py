"""Whatever text stands in any field of any record of the graph and of the plan, no output takes it for structure."""

from __future__ import annotations

import csv
import io
import itertools
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from filled import filled, spoilt, texts_of, untouched
from msgspec.structs import replace
from test_names_of_the_code_stay_data import CANARY, TEXT, _dot_outside_of_strings, _tags

from decompose.boundary.planfile import parse_plan, render_plan
from decompose.cli import console
from decompose.ir.codec import decode_graph, encode_graph
from decompose.ir.graph import CodeGraph
from decompose.ir.plan import Plan, ServicePlan
from decompose.views.dot import dot_source
from decompose.views.explain import explanation
from decompose.views.export import export
from decompose.views.html import page
from decompose.views.markdown import markdown
from decompose.views.mermaid import mermaid
from decompose.views.scene import LEVELS
from decompose.views.text import findings, plan_summary, plan_tree, summary

NAMES_OF_SERVICES = ".services.name"
"""The one text of a plan that a pattern holds to letters: no hostile one gets in."""


def full_graph() -> CodeGraph:
    """Return a graph of which every field of every record is filled, and whose symbols belong together."""
    graph: CodeGraph = filled(CodeGraph)
    modules = graph.modules
    units = tuple(
        replace(
            unit,
            symbol=f"{module.name}:{unit.symbol}",
            module=module.name,
            kind="function",
            parent=f"{module.name}:{unit.parent}",
        )
        for unit, module in zip(graph.units, modules, strict=True)
    )
    assets = tuple(replace(asset, symbol=f"asset:{asset.name}") for asset in graph.assets)
    states = tuple(replace(s, symbol=f"state:{m.name}:{s.symbol}") for s, m in zip(graph.states, modules, strict=True))
    ends = (
        (units[1].symbol, "call"),
        (assets[0].symbol, "read"),
        (assets[1].symbol, "write"),
        (states[0].symbol, "state_write"),
    )
    edges = tuple(
        replace(
            filled(type(graph.edges[0]), itertools.count(1000 + 100 * n)), source=units[0].symbol, target=end, kind=kind
        )
        for n, (end, kind) in enumerate(ends)
    )
    return replace(graph, units=units, assets=assets, states=states, edges=edges)


def full_plan(graph: CodeGraph) -> Plan:
    """Return a plan of which every field is filled, with the units of a graph in its services."""
    plan: Plan = filled(Plan, itertools.count(5000))
    named = [
        ServicePlan.model_validate(
            service.model_dump() | {"name": f"service{n}", "members": [graph.units[n].symbol, f"plain{7000 + n}"]}
        )
        for n, service in enumerate(plan.services)
    ]
    return plan.model_copy(update={"services": tuple(named)})


GRAPH = full_graph()
PLAN = full_plan(GRAPH)
WHERE = {unit.symbol: f"service{n}" for n, unit in enumerate(GRAPH.units)}


@pytest.fixture(params=range(len(TEXT)))
def hostile(request: pytest.FixtureRequest) -> str:
    return TEXT[request.param]


def _spoilt(hostile: str) -> tuple[CodeGraph, Plan, dict[str, str]]:
    graph = spoilt(GRAPH, hostile)
    return graph, spoilt(PLAN, hostile), {unit.symbol: f"service{n}" for n, unit in enumerate(graph.units)}


def test_no_field_is_left_out() -> None:
    assert len(texts_of(CodeGraph)) > 60 and len(texts_of(Plan)) > 15
    assert untouched(GRAPH) & texts_of(CodeGraph) == set()
    assert untouched(PLAN) & texts_of(Plan) == {NAMES_OF_SERVICES}


def test_json_gives_back_every_field(hostile: str) -> None:
    graph, plan, _ = _spoilt(hostile)

    assert decode_graph(encode_graph(graph), path=Path("graph.json")) == graph
    assert Plan.model_validate_json(plan.model_dump_json()) == plan


def test_the_plan_file_gives_back_every_field(hostile: str) -> None:
    plan = _spoilt(hostile)[1]

    assert parse_plan(render_plan(plan), "decompose.yaml") == plan


@pytest.mark.parametrize("level", LEVELS)
def test_dot(level: str, hostile: str) -> None:
    graph, plan, where = _spoilt(hostile)

    bare = _dot_outside_of_strings(dot_source(graph, plan=plan, membership=where, level=level))

    assert CANARY not in bare
    assert bare.count("\n") == _dot_outside_of_strings(
        dot_source(GRAPH, plan=PLAN, membership=WHERE, level=level)
    ).count("\n")


def test_mermaid_and_markdown(hostile: str) -> None:
    graph, plan, where = _spoilt(hostile)

    assert _lines(mermaid(graph, plan=plan, membership=where)) == _lines(mermaid(GRAPH, plan=PLAN, membership=WHERE))
    shown, plain = markdown(graph, plan, membership=where), markdown(GRAPH, PLAN, membership=WHERE)
    assert _lines(shown) == _lines(plain)
    assert _tags(shown) == _tags(plain)


def test_graphml_and_csv(hostile: str) -> None:
    graph = _spoilt(hostile)[0]

    shown, plain = (ET.fromstring(export(one, "graphml")) for one in (graph, GRAPH))
    rows = list(csv.reader(io.StringIO(export(graph, "csv").decode().replace("\0", ""), newline="")))

    assert [element.tag for element in shown.iter()] == [element.tag for element in plain.iter()]
    assert {len(row) for row in rows} == {9} and len(rows) == len(GRAPH.edges) + 1
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)


def test_the_page(hostile: str) -> None:
    graph, plan, where = _spoilt(hostile)
    lines = {module.path: [hostile] for module in graph.modules}

    shown = page(graph, plan, membership=where, lines=lines, other=(plan, where))

    assert _tags(shown) == _tags(page(GRAPH, PLAN, membership=WHERE, other=(PLAN, WHERE)))


def test_the_terminal(hostile: str, capsys: pytest.CaptureFixture[str]) -> None:
    graph, plan, where = _spoilt(hostile)
    told_of = explanation(graph, [graph.units[0].symbol], membership=where)["text"]
    tree = plan_tree(plan, graph, membership=where)
    for text in (summary(graph), findings(graph), plan_summary(plan, graph, membership=where), tree, told_of):
        console.show(text)

    told = capsys.readouterr()

    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", told.out + told.err)


def _lines(text: str) -> int:
    return len(re.split(r"[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", text))
