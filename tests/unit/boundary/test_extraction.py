"""In which order services leave a monolith, and what must not be asked twice."""

from __future__ import annotations

import msgspec
import pytest

from decompose.boundary import extract, extraction_order
from decompose.boundary.extraction import unrepeatable
from decompose.errors import PlanError
from decompose.ir.blueprint import ArtifactFile, ArtifactSet, Blueprint, CutEdge, JobStep, ServiceBlueprint
from decompose.ir.findings import Span
from decompose.ir.graph import CodeGraph, Edge, Effect, Unit

EMPTY = CodeGraph(name="toy", digest="", modules=(), units=(), edges=())


def edge(source, target, verdict="safe", cost_ms=1.0):
    return CutEdge(
        source=f"{source}:f", target=f"{target}:f", from_service=source, to_service=target, kind="call", verdict=verdict,
        cost_ms=cost_ms, why="it is so",
    )  # fmt: skip


def system(*edges, gateways=()):
    names = sorted({name for e in edges for name in (e.from_service, e.to_service)})
    services = tuple(ServiceBlueprint(name=n, kind="gateway" if n in gateways else "service") for n in names)
    return Blueprint(system="toy", services=services, cut_edges=edges)


def order(*edges, **options):
    return [step.service for step in extraction_order(system(*edges, **options))]


def test_what_calls_nothing_comes_first_and_the_gateway_has_no_turn():
    assert order(edge("web", "b"), edge("b", "c"), edge("c", "a"), gateways=("web",)) == ["a", "c", "b"]


def test_of_two_that_call_nothing_the_one_that_is_reached_as_it_stands_comes_first():
    assert order(edge("web", "a", "needs-change"), edge("web", "b"), gateways=("web",)) == ["b", "a"]
    assert order(edge("web", "a", cost_ms=9), edge("web", "b"), gateways=("web",)) == ["b", "a"]


def test_what_cannot_be_reached_comes_last_of_all():
    assert order(edge("web", "a", "forbidden"), edge("b", "a"), edge("web", "b"), gateways=("web",)) == ["b", "a"]


def test_each_turn_gives_its_reasons_and_what_it_still_needs():
    first, second = extraction_order(system(edge("a", "b"), edge("b", "a", "needs-change")))

    assert (first.service, first.needs) == ("b", ("a",))
    assert "`a`" in first.because[0]
    assert second.needs == ()
    assert "1 of the 1 dependencies on it need a change first: it is so" in second.because


def test_an_extraction_names_the_code_that_it_carries_a_copy_of():
    blueprint, extraction = extract(system(edge("a", "b"), edge("b", "c")), EMPTY, ["b"])

    assert [service.name for service in blueprint.services] == ["b"]
    assert extraction.services == ("b",)
    assert [(f.code, f.symbol) for f in blueprint.findings] == [("DC411", "c:f")]


def test_nothing_of_an_extraction_speaks_of_services_that_stay_inside():
    whole = msgspec.structs.replace(
        system(edge("a", "b")),
        artifacts=(ArtifactSet(name="models", files=(ArtifactFile(pattern="m.pkl", writers=("a",), readers=("b",)),)),),
        pipeline=(JobStep(service="a", entry="a:f"), JobStep(service="b", entry="b:f", after=("a:f",))),
    )

    blueprint, _ = extract(whole, EMPTY, ["b"])

    assert blueprint.artifacts == ()
    assert blueprint.pipeline == (JobStep(service="b", entry="b:f"),)


@pytest.mark.parametrize(("name", "hint"), [("bb", "`b`"), ("web", "gateway")])
def test_an_unknown_service_and_the_monoliths_own_door_are_refused(name, hint):
    with pytest.raises(PlanError, match=hint):
        extract(system(edge("web", "b"), gateways=("web",)), EMPTY, [name])


def test_a_function_must_not_run_twice_when_anything_that_it_calls_must_not():
    units = tuple(
        Unit(symbol=f"m:{name}", kind="function", module="m", span=Span("m.py"), effects=effects)
        for name, effects in {"draw": (Effect(kind="uses_rng"),), "middle": (), "top": (), "pure": ()}.items()
    )
    edges = (
        Edge(source="m:top", target="m:middle", kind="call"),
        Edge(source="m:middle", target="m:draw", kind="call"),
    )
    edges += (
        Edge(source="m:pure", target="asset:x", kind="read"),
        Edge(source="m:save", target="asset:x", kind="write"),
    )

    found = unrepeatable(CodeGraph(name="toy", digest="", modules=(), units=units, edges=edges))

    assert found == {
        "m:draw": "it draws random numbers", "m:middle": "it draws random numbers", "m:save": "it writes files",
        "m:top": "it draws random numbers",
    }  # fmt: skip
