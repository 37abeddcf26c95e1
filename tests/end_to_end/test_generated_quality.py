"""What is generated is linted, formatted and typed as strictly as the house itself, with the settings it carries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import decompose

EXAMPLE = Path(__file__).parents[2] / "examples" / "churn"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    system = decompose.analyze(EXAMPLE)
    tree = decompose.generate(decompose.propose(system), system, root=EXAMPLE)
    folder = tmp_path_factory.mktemp("generated") / "out"
    for path in tree:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(tree.files[path])
    return folder


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False)


def test_ruff_finds_nothing(workspace: Path) -> None:
    for command in (("ruff", "check", "."), ("ruff", "format", "--check", ".")):
        done = run(workspace, *command, "--no-cache")

        assert done.returncode == 0, done.stdout[-3000:]


def test_mypy_strict_finds_nothing(workspace: Path) -> None:
    done = run(workspace, "mypy")

    assert done.returncode == 0, done.stdout[-3000:]


def test_everything_compiles(workspace: Path) -> None:
    done = run(workspace, "compileall", "-q", ".")

    assert done.returncode == 0, done.stdout[-3000:]
