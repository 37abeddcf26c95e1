"""Which entries form the pipeline, and what a service offers for inference."""

from __future__ import annotations

import msgspec
import pytest
from tests.unit.scaffold.monoliths import blueprint_of, graph_of

from decompose.ir.blueprint import JobStep
from decompose.ir.findings import Span
from decompose.ir.graph import EntryPoint, Parameter, RoleTag, Signature, TypeGuess, Unit
from decompose.scaffold.inference import claims_protocol_path, models_of
from decompose.scaffold.jobs import needs_words, pipeline_steps
from decompose.scaffold.operations import ServedOperation
from decompose.scaffold.territory import Territory


def territory(sources, steps=(), units=(), kind="job"):
    graph = graph_of(sources)
    blueprint = blueprint_of(graph, {"one": tuple(p.removesuffix(".py") for p in sources)}, kinds={"one": kind})
    known = {u.symbol for u in units}
    graph = msgspec.structs.replace(graph, units=(*(u for u in graph.units if u.symbol not in known), *units))
    members = tuple(sorted({*blueprint.services[0].members, *known}))
    service = msgspec.structs.replace(blueprint.services[0], members=members)
    blueprint = msgspec.structs.replace(blueprint, services=(service,), pipeline=tuple(steps))
    return Territory(blueprint, graph, {path: text.encode() for path, text in sources.items()})


def step(name, *outputs, after=()):
    return JobStep(
        service="one", entry=f"{name}:<module>", outputs=outputs, after=tuple(f"{a}:<module>" for a in after)
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("p.add_argument('path')", True),
        ("p.add_argument('path', nargs='?')", False),
        ("p.add_argument('--rate', default=1)", False),
        ("p.add_argument('--data', required=True)", True),
        ("p.add_subparsers(dest='command', required=True)", True),
        ("p.add_subparsers()", False),
        ("click.argument('name')", True),
        ("click.argument('name', required=False)", False),
        ("click.option('--name')", False),
        ("print('x')", False),
    ],
)
def test_programs_that_need_words_are_told_from_others(line, expected):
    found = territory({"main.py": f"import click, argparse\np = argparse.ArgumentParser()\n{line}\n"})

    assert needs_words(found, "main:<module>") is expected


@pytest.mark.parametrize(
    ("steps", "kept"),
    [
        ([step("all", "a", "b"), step("first", "a"), step("second", "b", after=("first",))], ["first", "second"]),
        ([step("all", "a", "b", "c"), step("first", "a"), step("second", "b")], ["all"]),
        ([step("all", "a", "b"), step("first", "a")], ["all"]),
        ([step("x", "a"), step("y", "a")], ["x"]),
        ([step("x"), step("y", "a")], ["x", "y"]),
    ],
)
def test_everything_is_made_once(steps, kept):
    sources = {f"{s.entry.partition(':')[0]}.py": "print()\n" for s in steps}

    assert [s.name for s in pipeline_steps(territory(sources, steps))] == kept


def test_a_step_keeps_what_it_waits_for_and_what_it_needs():
    steps = [
        JobStep(service="one", entry="a:<module>", outputs=("asset:x/{}.csv",)),
        JobStep(service="one", entry="b:<module>", after=("a:<module>",), inputs=("asset:x/{}.csv", "table:t")),
    ]

    first, second = pipeline_steps(territory({"a.py": "print()\n", "b.py": "print()\n"}, steps))

    assert (first.outputs, first.is_closed) == (("x/*.csv",), True)
    assert (second.after, second.inputs, second.is_closed) == (("a",), ("x/*.csv",), False)


def unit(name, *parameters, role="online_inference", entry="", flags=(), lines=(1, 1)):
    return Unit(
        symbol=f"app:{name}", kind="function", module="app", span=Span("app.py", lines[0], end_line=lines[1]),
        signature=Signature(parameters=parameters), roles=(RoleTag(role=role, confidence=1.0),), flags=flags,
        entry=EntryPoint(kind="route", framework="flask", detail=entry) if entry else None,
    )  # fmt: skip


FRAME = Parameter("frame", types=(TypeGuess("pandas.DataFrame"),))


def models(*units, text="pass\n", kind="service"):
    found = territory({"app.py": text}, units=units, kind=kind)
    operations = [ServedOperation(u.symbol.partition(":")[2], u.symbol, (), False, (), "", "") for u in units]
    return [
        (m.name, m.symbol, m.path, [p.form for p in m.parameters])
        for m in models_of(found, found.blueprint.services[0], operations, has_web=True)
    ]


def test_functions_over_data_are_models_and_those_over_live_objects_are_not():
    score = unit("score", FRAME, Parameter("threshold", annotation="float", default="0.5"))
    loaded = unit("apply", Parameter("model"), FRAME)
    numbers = unit("band", Parameter("value", annotation="float"))
    stream = unit("batches", FRAME, flags=("generator",))
    trainer = unit("fit", FRAME, role="training")

    assert models(score, loaded, numbers, stream, trainer) == [("score", "app:score", "", ["frame", "scalar"])]


def test_json_routes_are_models_and_forms_are_not():
    text = "def a():\n    return request.get_json()\ndef b():\n    return request.form\n"
    typed = unit("typed", Parameter("row"), entry="POST /predict")
    json_route = unit("a", entry="POST /predict/raw", lines=(1, 2))
    form = unit("b", entry="POST /form", lines=(3, 4))
    variable = unit("c", Parameter("row"), entry="POST /predict/{version}")
    reading = unit("d", Parameter("row"), entry="GET /score")

    assert models(typed, json_route, form, variable, reading, text=text) == [
        ("predict", "", "/predict", []),
        ("predict_raw", "", "/predict/raw", []),
    ]


def test_a_job_has_no_models():
    assert models(unit("score", FRAME), kind="job") == []


@pytest.mark.parametrize(("path", "expected"), [("POST /v2/predict", True), ("POST /predict/v2", False)])
def test_the_protocol_gives_way_to_the_monoliths_own_routes(path, expected):
    assert claims_protocol_path(territory({"app.py": "pass\n"}, units=[unit("a", entry=path)])) is expected
