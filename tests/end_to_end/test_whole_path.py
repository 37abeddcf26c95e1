"""The whole path on the bundled example, as a user types it: analyze, propose, generate, verify."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "churn"
PATCHING_TESTS = {
    "tests/test_models.py::test_weak_models_are_stopped",
    "tests/test_serving.py::test_each_version_is_read_once",
}
"""They reach into the inside of a module that has moved to another process."""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("services")]


def decompose(folder: Path, *words: str, expect: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "decompose", *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == expect, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("path")
    decompose(folder, "analyze", str(EXAMPLE), "--html", "graph.html")
    decompose(folder, "propose", str(EXAMPLE))
    decompose(folder, "generate", "-o", "services")
    return folder


def test_analyze_leaves_a_graph_a_picture_and_a_page(workspace: Path) -> None:
    graph = json.loads((workspace / ".decompose" / "graph.json").read_bytes())

    assert graph["name"] == "churn"
    assert {"call", "inherit", "import", "value", "read", "write"} <= {edge["kind"] for edge in graph["edges"]}
    assert (workspace / ".decompose" / "graph.svg").read_text().lstrip().startswith("<?xml")
    assert "<script" in (workspace / "graph.html").read_text()


def test_the_call_graph_of_the_example_is_exported_for_benchmarks(workspace: Path) -> None:
    callgraph = json.loads(decompose(workspace, "export", str(EXAMPLE), "--format", "callgraph"))

    assert "churn.models.evaluate.Evaluator.run" in callgraph["churn.pipeline.run_training"]


def test_every_unit_of_the_example_is_placed_and_has_a_role(workspace: Path) -> None:
    found = json.loads(decompose(workspace, "propose", str(EXAMPLE), "--json"))

    assert all(unit["service"] and unit["role"] for unit in found["units"].values())
    assert found["verdict"]["decision"] in ("split", "split partly")
    assert len(found["verdict"]["because"]) == 3
    assert len(found["services"]) >= 3


def test_the_hazards_of_a_plan_are_told_for_each_edge_that_it_cuts(workspace: Path) -> None:
    found = json.loads(decompose(workspace, "hazards", str(EXAMPLE), "--cut", "decompose.yaml", "--json"))["edges"]

    assert found == json.loads(decompose(workspace, "hazards", str(EXAMPLE), "--json"))["edges"]
    assert len(found) >= 10
    assert {edge["verdict"] for edge in found} <= {"safe", "safe-with-adapter", "needs-change", "forbidden"}
    assert all(bool(edge["hazards"]) == (edge["verdict"] != "safe") for edge in found)
    assert all((EXAMPLE / path).is_file() for edge in found for path, _ in edge["lines"])


def test_generating_again_changes_nothing(workspace: Path) -> None:
    before = {p: p.read_bytes() for p in sorted((workspace / "services").rglob("*")) if p.is_file()}

    decompose(workspace, "generate", "-o", "services")

    after = {p: p.read_bytes() for p in sorted((workspace / "services").rglob("*")) if p.is_file()}
    assert after == before


def test_the_examples_own_tests_pass_across_the_services(workspace: Path) -> None:
    result = json.loads(decompose(workspace, "verify", "services", "--json"))

    outcomes = {check["name"]: check["outcome"] for check in result["checks"]}
    assert len(outcomes) >= 100
    assert {name for name, outcome in outcomes.items() if outcome == "unreachable"} <= PATCHING_TESTS
    assert {name for name, outcome in outcomes.items() if outcome not in ("equal", "unreachable")} == set()
    assert len(result["services_started"]) >= 3
