"""The smaller examples are taken apart, run, verified by their own tests and put beside the monolith, as a user does it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NEEDED = {"demand": "sklearn", "digits": "torch"}
"""A library without which an example does nothing; torch is too large to be among the project's own requirements."""
CHECKS = {"demand": 8, "digits": 16}
"""Checks that there are at least."""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("services")]


def decompose(folder: Path, *words: str) -> str:
    command = [sys.executable, "-m", "decompose", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module", params=sorted(NEEDED))
def workspace(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    name = request.param
    if importlib.util.find_spec(NEEDED[name]) is None:
        pytest.skip(f"{NEEDED[name]} is not installed")
    folder = tmp_path_factory.mktemp(name)
    decompose(folder, "propose", str(EXAMPLES / name))
    decompose(folder, "generate", str(EXAMPLES / name), "-o", "services")
    return folder


def test_its_own_tests_pass_across_the_services(workspace: Path) -> None:
    result = json.loads(decompose(workspace, "verify", "services", "--json"))

    outcomes = {check["name"]: check["outcome"] for check in result["checks"]}
    assert {name: outcome for name, outcome in outcomes.items() if outcome != "equal"} == {}
    assert len(outcomes) >= next(count for name, count in CHECKS.items() if workspace.name.startswith(name))
    assert len(result["services_started"]) >= 2


def test_monolith_and_services_are_put_side_by_side(workspace: Path) -> None:
    figures = json.loads(decompose(workspace, "compare", "services", "--predict", "--json"))

    assert figures
