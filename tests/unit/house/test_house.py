"""The house tests itself: layers, public names, quick start, every command with help and documentation."""

import importlib.util
import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

import decompose

ROOT = Path(__file__).resolve().parents[3]
COMMANDS = (
    "analyze", "propose", "review", "generate", "verify", "compare", "check", "trace", "explain", "export", "hazards",
    "schema", "doctor", "mcp",
)  # fmt: skip


def run(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [sys.executable, "-m", "decompose", *words], capture_output=True, text=True, check=False, **options
    )


def test_layers_hold() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout


def test_heavy_libraries_stay_out_of_the_start() -> None:
    code = (
        "import sys, json, decompose.cli.app\n"
        "heavy = {'libcst', 'networkx', 'pydantic', 'jinja2', 'graphviz', 'sqlglot', 'ruamel', 'rich'}\n"
        "print(json.dumps(sorted(heavy & set(sys.modules))))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == []


def test_no_stage_hides_a_public_function() -> None:
    for name in decompose.__all__:
        public = getattr(decompose, name)
        if inspect.isfunction(public):
            assert importlib.util.find_spec(f"decompose.{name}") is None


@pytest.mark.parametrize("name", [n for n in decompose.__all__ if not n.startswith("__")])
def test_public_names_are_documented(name: str) -> None:
    assert inspect.getdoc(getattr(decompose, name))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    done = run(command, "--help")

    assert done.returncode == 0
    assert "Usage:" in done.stdout
    assert len(done.stdout.splitlines()) > 5


def test_the_version_is_printed() -> None:
    assert run("--version").stdout.strip() == decompose.__version__


def test_a_path_that_does_not_exist_is_one_clear_message(tmp_path: Path) -> None:
    done = run("analyze", "no/such/folder", cwd=tmp_path)

    assert done.returncode == 2
    assert done.stdout == ""
    assert "no/such/folder" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_one_clear_message(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    done = run("analyze", "empty", cwd=tmp_path)

    assert done.returncode == 2
    assert "empty" in done.stderr
    assert "hint:" in done.stderr


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    done = run("--debug", "analyze", "no/such/folder", cwd=tmp_path)

    assert done.returncode != 0
    assert "Traceback" in done.stderr
