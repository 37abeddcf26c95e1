"""Runs the monolith's own pytest suite in a copy of it, and reads what became of each test."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from decompose.errors import LaunchError
from decompose.ir.graph import Record
from decompose.parity.launch import end_group, tail
from decompose.parity.probe.pytest_report import VARIABLE
from decompose.parity.sandbox import PROBE, child_environment

CaseOutcome = Literal["passed", "failed", "error", "skipped", "xfailed", "xpassed", "unfinished"]
_USAGE_ERROR = 4


class CaseResult(Record):
    """What became of one test."""

    id: str
    outcome: CaseOutcome
    seconds: float = 0.0
    exception: str = ""
    """Dotted class of what was raised."""
    message: str = ""
    place: str = ""
    """Innermost `path:line` inside the tree at which it was raised."""
    source: str = ""
    """`path:line` of the test itself."""


class SuiteRun(Record):
    """One run of the suite."""

    tests: tuple[CaseResult, ...]
    seconds: float = 0.0
    exit_code: int = 0
    is_finished: bool = True
    """Whether pytest came to its end by itself."""
    log: str = ""
    """The last lines that it printed."""


class Line(msgspec.Struct):
    """One line of the plugin's report."""

    id: str
    phase: str
    outcome: str
    xfail: bool = False
    seconds: float = 0.0
    location: tuple[str, int | None] = ("", 0)
    exception: str = ""
    message: str = ""
    frames: list[tuple[str, int]] = []


def run_suite(
    tree: Path,
    *,
    probe: Path,
    arguments: Sequence[str] = (),
    python: Path,
    environment: Mapping[str, str] | None = None,
    timeout_s: float = 1800.0,
) -> SuiteRun:
    """Run pytest in `tree` and return every test's outcome.

    Args:
        tree: Copy of the monolith, with or without facades.
        probe: Folder that holds the probe package.
        arguments: Further pytest arguments: paths, `-k`, `-m` …
        python: Interpreter of the user's environment.
        environment: Variables for the client side of a running workspace.
        timeout_s: Longest run, in seconds; what had finished by then still counts.

    Raises:
        LaunchError: If pytest cannot be run at all.
    """
    with tempfile.TemporaryDirectory(prefix="decompose-suite-", ignore_cleanup_errors=True) as folder:
        report, log = Path(folder, "report.jsonl"), Path(folder, "pytest.log")
        command = [
            str(python),
            "-m",
            "pytest",
            "-q",
            "-p",
            f"{PROBE}.pytest_report",
            "-p",
            "no:cacheprovider",
            *arguments,
        ]
        variables = child_environment({**(environment or {}), VARIABLE: str(report)}, python_path=[probe])
        with log.open("wb") as stream:
            process = subprocess.Popen(
                command,
                cwd=tree,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                process.wait(timeout=timeout_s)
            except subprocess.TimeoutExpired:
                pass
            finally:
                end_group(process, grace_s=2.0)
        lines = _read(report)
        if not lines:
            raise LaunchError(f"pytest did not run in the copy of the monolith:\n{tail(log, 15)}", hint=_hint(log))
        return _collect(lines, tree, tail(log, 30))


def _hint(log: Path) -> str:
    if "No module named pytest" in tail(log, 5):
        return "install pytest into the interpreter given as `python`"
    return "run the suite by hand in the monolith first"


def _read(report: Path) -> list[Line]:
    if not report.exists():
        return []
    return [msgspec.json.decode(line, type=Line) for line in report.read_bytes().splitlines() if line.endswith(b"}")]


def _collect(lines: Iterable[Line], tree: Path, log: str) -> SuiteRun:
    """Fold the phases of each test into one result."""
    results: dict[str, CaseResult] = {}
    finish = ""
    for line in lines:
        if line.phase == "finish":
            finish = line.outcome
            continue
        result = _result(line, tree)
        earlier = results.get(line.id)
        results[line.id] = result if earlier is None else _worse(earlier, result)
    seconds = sum(result.seconds for result in results.values())
    ordered = tuple(results[key] for key in sorted(results))
    return SuiteRun(
        tests=ordered,
        seconds=seconds,
        exit_code=int(finish or -1),
        is_finished=bool(finish) and finish != str(_USAGE_ERROR),
        log=log,
    )


def _worse(earlier: CaseResult, later: CaseResult) -> CaseResult:
    """Return the phase that decides, with the time of both; setup alone decides nothing."""
    rank = ["unfinished", "passed", "skipped", "xpassed", "xfailed", "error", "failed"]
    chosen = max(earlier, later, key=lambda result: rank.index(result.outcome))
    return msgspec.structs.replace(chosen, seconds=earlier.seconds + later.seconds)


def _result(line: Line, tree: Path) -> CaseResult:
    path, number = line.location
    return CaseResult(
        id=line.id,
        outcome=_outcome(line),
        seconds=line.seconds,
        exception=line.exception.removeprefix("builtins."),
        message=line.message,
        place=_place(line.frames, tree),
        source=f"{path}:{(number or 0) + 1}" if path else "",
    )


def _outcome(line: Line) -> CaseOutcome:
    if line.xfail:
        return "xfailed" if line.outcome == "skipped" else "xpassed"
    if line.outcome == "passed":
        return "passed" if line.phase == "call" else "unfinished"
    if line.outcome == "skipped":
        return "skipped"
    return "failed" if line.phase == "call" else "error"


def _place(frames: Iterable[tuple[str, int]], tree: Path) -> str:
    """Return the innermost frame inside the tree."""
    base = os.path.realpath(tree) + os.sep
    inside = [(os.path.realpath(p), n) for p, n in frames]
    found = [f"{path[len(base) :]}:{number}" for path, number in inside if path.startswith(base)]
    return found[-1] if found else ""
