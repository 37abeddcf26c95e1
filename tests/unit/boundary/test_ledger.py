"""Price and worth of a boundary, each figure against an example worked by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

from decompose import api
from decompose.boundary import as_text, ledger, resolve
from decompose.boundary.ledger import BoundaryEntry
from decompose.boundary.wheels import UNKNOWN_MB, closure_mb
from decompose.ir.evidence import FileHistory, History, HopCost, Trace, TracedCall
from decompose.ir.graph import CodeGraph, ResourceTag
from decompose.ir.plan import Plan, ServicePlan

sys.path.insert(0, str(Path(__file__).parents[1] / "cluster"))

from graphs import system

EDGES = (
    "serve:predict -> fit:load", "serve:predict -> serve:shape", "fit:train -> fit:load", "fit:train w> asset:model.pkl",
    "serve:shape r> asset:model.pkl", "serve:predict w> table:answers", "fit:load w> table:answers", "serve:health",
)  # fmt: skip
PLAN = Plan(
    system="shop",
    services=(
        ServicePlan(name="inference", kind="service", members=("serve:*",)),
        ServicePlan(name="training", kind="job", members=("fit:*",)),
    ),
)
TRACE = Trace(
    command=("run",), seconds=1.0,
    calls=(TracedCall(caller="serve:predict", callee="fit:load", calls=20, argument_bytes=900.0, result_bytes=100.0),),
)  # fmt: skip
HISTORY = History(
    commits=3,
    files=(FileHistory("serve.py", 2, ("ann",)), FileHistory("fit.py", 2, ("ann", "bob"))),
    change_sets=(("serve.py",), ("fit.py",), ("serve.py", "fit.py")),
)


def shop() -> CodeGraph:
    graph = system(
        *EDGES,
        roles={"serve:predict": "online_inference", "serve:shape": "online_inference", "fit:train": "training"},
        entries={"serve:predict": "route", "serve:health": "route", "fit:train": "main"}, sizes=dict.fromkeys(
            ("serve:predict", "serve:shape", "serve:health", "fit:train", "fit:load"), 40
        ),
        externals={"serve": ("fastapi",), "fit": ("sklearn",)},
    )  # fmt: skip
    gpu = (ResourceTag(resource="gpu"),)
    units = tuple(msgspec.structs.replace(u, resources=gpu) if u.symbol == "fit:train" else u for u in graph.units)
    return msgspec.structs.replace(graph, units=units)


@pytest.fixture(scope="module")
def entry() -> BoundaryEntry:
    graph = shop()
    blueprint = resolve(PLAN, graph, trace=TRACE, hop=HopCost(base_ms=0.5, ms_per_byte=1e-3))
    (found,) = ledger(PLAN, graph, blueprint, history=HISTORY)
    return found


@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [
        ("calls", 20.0, "a run"),
        ("bytes", 1000.0, "a call"),
        ("wire", 20 * (0.5 + 1000 * 1e-3), "ms a run"),
        ("handed over", 1.0, "assets"),
        ("shared state", 0.0, "states"),
        ("transactions cut", 1.0, "calls"),  # both ends of predict -> load write to a table
        ("other work", 1.0, "of 1"),
        ("other rhythm", 1.0, "of 1"),
        ("other hardware", 1.0, "traits"),
        # scikit-learn 49, scipy 143, numpy 71, joblib 2; fastapi 2, pydantic 10, starlette 1: all less the lighter side
        ("libraries saved", 265.0, "MB"),
        ("entry points that go on", 2.0, "of 3"),  # health and train; predict calls the other side
        ("commits to one side alone", 2.0, "of 3"),
        ("authors of one side alone", 1.0, "of 2"),
    ],
)
def test_terms(entry: BoundaryEntry, name: str, value: float, unit: str) -> None:
    found = {term.name: term for term in entry.terms}[name]

    assert (found.value, found.unit) == (pytest.approx(value), unit)


def test_two_sentences_and_a_table_with_the_lines(entry: BoundaryEntry) -> None:
    text = as_text(entry)

    assert entry.pays
    assert "`inference` answers requests all day, `training` runs and ends" in entry.sentences[0]
    assert entry.sentences[1].startswith("The price is 20 calls a run (30 ms on the wire) and 1 asset handed over")
    assert "serve.py:1" in text
    assert "inference: 13 of 278 MB" in text


def test_a_closure_counts_each_distribution_once() -> None:
    assert closure_mb(["pandas>=2", "scipy"]) == 81 + 143 + 71
    assert closure_mb(["nobody-knows-this==1.0"]) == UNKNOWN_MB
    assert closure_mb([]) == 0


def test_two_services_of_the_plan_are_explained_by_their_boundary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("decompose.evidence.calibrate", lambda folder: HopCost())

    found = api.explanation(shop(), ["inference", "training"], PLAN)

    assert found["text"].startswith("`inference` | `training`: pays")
    assert [entry["second"] for entry in found["boundaries"]] == ["training"]
