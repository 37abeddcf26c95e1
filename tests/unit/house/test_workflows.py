"""Workflow files have the least privileges: nothing by default, reading alone for a job, actions pinned by commit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def jobs(path: Path) -> dict[str, Any]:
    loaded = YAML(typ="safe").load(path.read_text("utf-8"))
    assert loaded["permissions"] == {}, "nothing but what a job asks for"
    found: dict[str, Any] = loaded["jobs"]
    return found


def test_there_are_workflows() -> None:
    assert {path.name for path in FILES} >= {"ci.yml", "weekly.yml"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_job_may_only_read_and_ends(path: Path) -> None:
    for name, job in jobs(path).items():
        assert job["permissions"] == {"contents": "read"}, name
        assert job["timeout-minutes"] <= 90, name


@pytest.mark.parametrize("path", [*FILES, ROOT / "action.yml"], ids=lambda path: path.name)
def test_actions_are_pinned_and_no_input_enters_a_script(path: Path) -> None:
    text = path.read_text("utf-8")

    for used in re.findall(r"uses: *(\S+)", text):
        assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", used), used
    for script in re.findall(r"run: (?:\|\n((?: {8,}.*\n|\n)+)|(.+))", text):
        assert "${{" not in "".join(script)
    assert "pull_request_target" not in text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_token_stays_in_the_checkout(path: Path) -> None:
    for job in jobs(path).values():
        for step in job["steps"]:
            if str(step.get("uses", "")).startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
