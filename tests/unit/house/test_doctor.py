"""`decompose doctor` says what is there, what is missing, and how to mend it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from decompose.workflow import installation, report_installation


def test_this_installation_is_sound() -> None:
    result = report_installation()

    assert result.is_yes
    assert {check["name"] for check in result.figures["checks"]} >= {"interpreter", "core packages", "drawing", "git"}


def test_a_missing_core_package_is_broken_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "_version", lambda name: None if name == "libcst" else "1.0")

    result = report_installation()

    assert not result.is_yes
    assert "libcst" in result.summary
    assert "mend: pip install decompose-ml" in result.summary


def test_a_missing_extra_leaves_the_main_job_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "_version", lambda name: None if name == "simpy" else "1.0")

    result = report_installation()

    assert result.is_yes
    assert "without simpy there is no verify, compare" in result.summary


def test_the_command_prints_json(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "decompose", "doctor", "--json"], cwd=tmp_path, capture_output=True, text=True
    )

    assert done.returncode == 0
    assert json.loads(done.stdout)["checks"][0]["name"] == "interpreter"
