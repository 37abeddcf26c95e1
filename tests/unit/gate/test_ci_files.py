"""What other repositories take from this one: the pre-commit hook, the action, and the words about them."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from decompose.gate.contracts import CODES

ROOT = Path(__file__).parents[3]


def load(name: str) -> Any:
    return YAML(typ="safe").load((ROOT / name).read_text("utf-8"))


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = load("action.yml")["runs"]["steps"]
    return found


def test_the_hook_names_a_command_that_exists() -> None:
    (hook,) = load(".pre-commit-hooks.yaml")

    words = shlex.split(hook["entry"])
    done = subprocess.run([sys.executable, "-m", *words, "--help"], capture_output=True, text=True)

    assert done.returncode == 0
    assert "--baseline" in done.stdout
    assert not hook["pass_filenames"]


def test_no_input_is_pasted_into_a_script_of_the_action() -> None:
    assert all("${{" not in step["run"] for step in steps())


@pytest.mark.parametrize(("code", "clean"), [(0, "true"), (1, "false"), (2, "false")])
def test_the_action_hands_on_the_answer(tmp_path: Path, code: int, clean: str) -> None:
    tool = tmp_path / "decompose" / "bin" / "decompose"
    tool.parent.mkdir(parents=True)
    tool.write_text(f'#!/bin/sh\nprintf "%s|" "$@" > said\nexit {code}\n')
    tool.chmod(0o755)
    output = tmp_path / "output"
    env = {
        "PATH": os.environ["PATH"], "RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(output),
        "PLAN": "my plan.yaml", "BASELINE": "$(touch hurt)", "SARIF": "out.sarif",
    }  # fmt: skip

    done = subprocess.run(["bash", "-euo", "pipefail", "-c", steps()[1]["run"]], cwd=tmp_path, env=env)

    assert done.returncode == code
    assert output.read_text() == f"clean={clean}\n"
    said = (tmp_path / "said").read_text()
    assert said == "check|--plan|my plan.yaml|--format|github|--sarif|out.sarif|--baseline|$(touch hurt)|"
    assert not (tmp_path / "hurt").exists()


def test_the_page_about_the_gate_lists_every_contract() -> None:
    page = (ROOT / "docs" / "check.md").read_text("utf-8")

    assert [name for name, code in CODES.items() if f"| `{name}` | {code} |" not in page] == []
