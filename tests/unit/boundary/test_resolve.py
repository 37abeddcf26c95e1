"""A plan resolved against a graph: operations, contracts, what is shared, who owns what, what is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from decompose import graph, source
from decompose.boundary import hazard_report, resolve
from decompose.boundary.closure import closure_of
from decompose.boundary.system import view
from decompose.boundary.types import codec_of, names_in
from decompose.errors import PlanError
from decompose.ir.blueprint import Blueprint, Operation
from decompose.ir.plan import Plan, ServicePlan
from decompose.knowledge.distributions import candidates, name_of

WEB = """
import os
from shop.errors import Bad
from shop.ml import Model, Point, score

def handle(frame):
    rows = [1]
    try:
        score(frame, rows)
    except Bad:
        return None
    model = Model(3)
    model.fit(rows)
    return Point(os.environ["MODE"], rows)
"""
ML = """
from dataclasses import dataclass
import pandas as pd
from sklearn.linear_model import Ridge
from shop.errors import Bad

@dataclass(frozen=True)
class Point:
    x: str
    y: list

class Model:
    def __init__(self, k: int):
        self.k = k
        self.seen = []

    def fit(self, rows):
        self.seen.extend(rows)

    @property
    def size(self) -> int:
        return len(self.seen)

    def _private(self):
        return None

def score(frame: pd.DataFrame, rows, k: int = 3) -> float:
    rows.append(Ridge(alpha=k).alpha)
    frame.to_csv("out/scores.csv")
    if k < 0:
        raise Bad("negative")
    return 1.0
"""
ERRORS = "class Bad(Exception):\n    pass\n"


@pytest.fixture
def blueprint(tmp_path: Path) -> Blueprint:
    package = tmp_path / "shop"
    package.mkdir()
    for name, text in {"__init__": "", "web": WEB, "ml": ML, "errors": ERRORS}.items():
        (package / f"{name}.py").write_text(text)
    (tmp_path / "requirements.txt").write_text("pandas==2.2.0\nscikit-learn>=1.4\n")
    plan = Plan(
        system="shop",
        services=(
            ServicePlan(name="web", members=("shop.web:*",)),
            ServicePlan(name="ml", kind="job", members=("shop.ml:*", "shop.errors:*")),
        ),
    )
    return resolve(plan, graph.link(source.scan(tmp_path)))


def operation(blueprint: Blueprint, symbol: str) -> Operation:
    return next(o for s in blueprint.services for o in s.operations if o.symbol == symbol)


def test_functions_and_classes_that_others_use_become_operations(blueprint: Blueprint) -> None:
    kinds = {o.symbol: o.kind for s in blueprint.services for o in s.operations}

    assert kinds["shop.ml:score"] == "function"
    assert kinds["shop.ml:Model"] == "constructor"
    assert kinds["shop.ml:Model.fit"] == "method"
    assert kinds["shop.ml:Model.size"] == "property"
    assert "shop.ml:Model._private" not in kinds


def test_contracts_say_how_each_value_crosses(blueprint: Blueprint) -> None:
    score = operation(blueprint, "shop.ml:score")
    fields = {field.name: field for field in score.parameters}

    assert (fields["frame"].codec, fields["frame"].confidence) == ("frame", "certain")
    assert fields["k"].default == "3"
    assert fields["rows"].codec == "json"
    assert score.raises == ("shop.errors:Bad",)
    assert score.callers == ("web",)
    assert operation(blueprint, "shop.ml:Model").result.codec == "handle"


def test_what_the_callee_changes_is_copied_back_where_it_is_seen(blueprint: Blueprint) -> None:
    fields = {field.name: field.is_copied_back for field in operation(blueprint, "shop.ml:score").parameters}

    assert fields == {"frame": False, "rows": True, "k": False}


def test_definitions_that_both_sides_need_are_shared_with_a_note(blueprint: Blueprint) -> None:
    assert {"shop.errors:Bad", "shop.ml:Point"} <= set(blueprint.shared)
    assert "shop.ml:Model" not in blueprint.shared
    assert {f.symbol for f in blueprint.findings if f.code == "DC402"} >= {"shop.errors:Bad", "shop.ml:Point"}


def test_each_service_installs_and_reads_only_what_it_needs(blueprint: Blueprint) -> None:
    web, ml = blueprint.services

    assert "scikit-learn>=1.4" not in web.requirements
    assert ml.requirements == ("pandas==2.2.0", "scikit-learn>=1.4")
    assert web.environment == ("MODE",)
    assert ml.environment == ()
    assert web.depends_on == ("ml",)


def test_cut_edges_carry_verdict_and_hazards(blueprint: Blueprint) -> None:
    edge = next(e for e in blueprint.cut_edges if e.target == "shop.ml:score")

    assert (edge.from_service, edge.to_service, edge.verdict) == ("web", "ml", "safe-with-adapter")
    assert {1, 10} <= {hazard.number for hazard in edge.hazards}
    assert all(hazard.strategy and hazard.sites for hazard in edge.hazards)
    assert edge.cost_ms > 0


def test_a_module_without_a_requirement_line_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import polars\nimport json\n\ndef f():\n    return polars\n")
    system = view(graph.link(source.scan(tmp_path)))

    needs = closure_of(system, system.index.units)

    assert needs.requirements == ("polars",)
    assert needs.unpinned == ("polars",)


def test_a_cut_that_names_no_module_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f():\n    return 1\n")
    system = graph.link(source.scan(tmp_path))

    with pytest.raises(PlanError, match="no module or symbol `nowhere`"):
        hazard_report(system, {"one": ["a"], "two": ["nowhere"]})


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("scikit-learn==1.5", "scikit-learn"),
        ("Foo_Bar[x]>=1 ; python_version>'3'", "foo-bar"),
        ("-e .", ""),
        ("# x", ""),
    ],
)
def test_requirement_lines_have_one_name(line: str, name: str) -> None:
    assert name_of(line) == name


def test_import_names_lead_to_distributions() -> None:
    assert candidates("sklearn")[0] == "scikit-learn"
    assert "opencv-python" in candidates("cv2")
    assert candidates("polars")[0] == "polars"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("pd.DataFrame", "frame"), ("np.ndarray", "array"), ("Iterator", "stream"), ("Callable", "callback"),
        ("str", "json"), ("sqlite3.Connection", "handle"), ("None", "none"), ("sklearn.linear_model.Ridge", "model"),
        ("Any", None),
    ],
)  # fmt: skip
def test_type_names_choose_codecs(text: str, codec: str | None) -> None:
    assert codec_of(names_in(text)[0]) == codec


NETS = """
import torch
from shop.acts import load, soft

class Net(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return soft(x) * load("w.bin")
"""
ACTS = """
import torch

def soft(x: torch.Tensor) -> torch.Tensor:
    return twice(torch.nn.functional.softplus(x))

def twice(x: torch.Tensor) -> torch.Tensor:
    return 2 * x

def load(path) -> torch.Tensor:
    with open(path) as stream:
        return torch.tensor([float(stream.read())])

def plain(x: torch.Tensor) -> torch.Tensor:
    return x
"""
USER = """
from shop.acts import plain

def show(x):
    return plain(x)
"""


def test_what_a_network_elsewhere_computes_with_is_shared_unless_it_has_a_life_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    for name, text in {"__init__": "", "nets": NETS, "acts": ACTS, "user": USER}.items():
        (tmp_path / "shop" / f"{name}.py").write_text(text)
    system = graph.link(source.scan(tmp_path))
    services = (
        ServicePlan(name="nets", kind="job", members=("shop.nets:*", "shop.user:*")),
        ServicePlan(name="acts", kind="job", members=("shop.acts:*",)),
    )

    blueprint = resolve(Plan(system="shop", services=services), system)

    assert {"shop.acts:soft", "shop.acts:twice"} <= set(blueprint.shared)
    assert not {"shop.acts:load", "shop.acts:plain"} & set(blueprint.shared)
