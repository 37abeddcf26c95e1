"""Evidence: a traced run, the git history, the price of a hop."""

from __future__ import annotations

import json
import subprocess
import sys
from math import isclose
from pathlib import Path

import pytest

from decompose.errors import LaunchError, RecordError
from decompose.evidence import aligned, calibrate, read_history, read_trace, record_trace
from decompose.evidence.calibrate import fit_line
from decompose.ir.graph import CodeGraph, Module

PROGRAM = """\
import sys
class Net:
    def fit(self, rows):
        return [self.step(row) for row in rows]
    def step(self, row):
        return row * 2
def numbers(n):
    for i in range(n):
        yield i
def main():
    total = sum(Net().fit(list(numbers(4))))
    sys.exit(total)
if __name__ == "__main__":
    main()
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "run.py").write_text(PROGRAM)
    return tmp_path


def calls_of(path: Path) -> dict[tuple[str, str], int]:
    return {(call.caller, call.callee): call.calls for call in read_trace(path).calls}


def test_a_script_is_counted_and_keeps_its_exit_code(program: Path) -> None:
    code = record_trace([sys.executable, str(program / "src/run.py")], root=program, output=program / "o/trace.json")

    assert code == 12
    assert calls_of(program / "o/trace.json") == {
        ("", "src.run:<module>"): 1, ("src.run:<module>", "src.run:main"): 1, ("src.run:main", "src.run:Net.fit"): 1,
        ("src.run:Net.fit", "src.run:Net.step"): 4, ("src.run:main", "src.run:numbers"): 1,
    }  # fmt: skip


def test_sizes_and_types_are_sampled(program: Path) -> None:
    record_trace([sys.executable, str(program / "src/run.py")], root=program, output=program / "t.json")

    fit = next(call for call in read_trace(program / "t.json").calls if call.callee == "src.run:Net.fit")

    assert fit.argument_types == {"rows": "builtins.list"}
    assert fit.result_type == "builtins.list"
    assert fit.argument_bytes > 0


def test_symbols_follow_the_graph_where_a_layout_folder_has_no_name(program: Path) -> None:
    record_trace([sys.executable, str(program / "src/run.py")], root=program, output=program / "t.json")
    module = Module(name="run", path="src/run.py", kind="script")

    trace = aligned(
        read_trace(program / "t.json"), CodeGraph(name="s", digest="", modules=(module,), units=(), edges=())
    )

    assert ("run:main", "run:Net.fit") in {(call.caller, call.callee) for call in trace.calls}


@pytest.mark.parametrize("command", [[], ["ls"], ["no-such-command"], [sys.executable, "-c", "1"], [sys.executable]])
def test_what_is_no_python_program_is_refused(command: list[str], tmp_path: Path) -> None:
    with pytest.raises(LaunchError):
        record_trace(command, root=tmp_path, output=tmp_path / "t.json")

    assert not (tmp_path / "t.json").exists()


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"command": 3}'])
def test_a_damaged_trace_is_an_error(text: str, tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(text)

    with pytest.raises(RecordError):
        read_trace(tmp_path / "t.json")


def git(root: Path, *words: str) -> None:
    identity = ["-c", "user.name=Anna", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "-C", str(root), *identity, *words], check=True, capture_output=True)


def test_history_counts_what_changed_together(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    for number in range(3):
        for name in ("a.py", "b.py", "notes.txt")[: 3 - number // 2]:
            (tmp_path / name).write_text(str(number))
        if number == 2:
            (tmp_path / "b.py").write_text("1")
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-q", "-m", "x")

    history = read_history(tmp_path)

    assert history is not None
    assert [(file.path, file.commits) for file in history.files] == [("a.py", 3), ("b.py", 2)]
    assert {file.authors for file in history.files} == {("anna",)}
    assert [(pair.first, pair.second, pair.commits) for pair in history.pairs] == [("a.py", "b.py", 2)]
    assert history.change_sets == (("a.py",), ("a.py", "b.py"), ("a.py", "b.py"))


def test_a_folder_without_git_has_no_history(tmp_path: Path) -> None:
    assert read_history(tmp_path) is None
    assert read_history(tmp_path / "missing") is None


def test_a_line_through_points_on_a_line_is_that_line() -> None:
    base, slope = fit_line([(0.0, 2.0), (100.0, 3.0), (1000.0, 12.0)])

    assert isclose(base, 2.0)
    assert isclose(slope, 0.01)


def test_a_measured_hop_is_remembered(tmp_path: Path) -> None:
    (tmp_path / "hop.json").write_text(json.dumps({"base_ms": 7.0, "samples": 3}))

    assert calibrate(tmp_path).base_ms == 7.0


def test_a_damaged_memory_is_measured_again(tmp_path: Path) -> None:
    (tmp_path / "hop.json").write_text("{")

    assert calibrate(tmp_path).samples != 3
    assert calibrate(tmp_path) == calibrate(tmp_path)
