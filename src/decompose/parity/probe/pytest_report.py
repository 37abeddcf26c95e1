"""A pytest plugin that writes one JSON line per finished phase, so that a crash loses nothing before it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

VARIABLE = "DECOMPOSE_PROBE_REPORT"
"""Environment variable with the file to write."""

_crashes: dict[str, dict[str, Any]] = {}


def pytest_runtest_makereport(item: Any, call: Any) -> None:
    """Remember the class of the exception and the place in the project where it came up."""
    if call.excinfo is not None:
        _crashes[item.nodeid] = {
            "exception": f"{call.excinfo.type.__module__}.{call.excinfo.type.__qualname__}",
            "message": str(call.excinfo.value)[:2000],
            "frames": [(str(entry.path), entry.lineno + 1) for entry in call.excinfo.traceback][-30:],
        }


def pytest_runtest_logreport(report: Any) -> None:
    """Write the outcome of one phase of one test; under xdist the worker does, which knows the exception."""
    if hasattr(report, "node"):
        return
    crash = _crashes.pop(report.nodeid, {}) if report.outcome != "passed" or hasattr(report, "wasxfail") else {}
    _write(
        id=report.nodeid,
        phase=report.when,
        outcome=report.outcome,
        xfail=hasattr(report, "wasxfail"),
        seconds=report.duration,
        location=list(report.location[:2]),
        **crash,
    )


def pytest_collectreport(report: Any) -> None:
    """Write what could not be collected."""
    if report.outcome != "passed":
        text = str(report.longrepr)
        last = next((line[2:] for line in reversed(text.splitlines()) if line.startswith("E ")), text[-500:]).strip()
        _write(
            id=report.nodeid or "<collection>",
            phase="collect",
            outcome=report.outcome,
            xfail=False,
            seconds=0.0,
            location=[report.nodeid.partition("::")[0], 0],
            exception=last.partition(":")[0],
            message=last,
            frames=[],
        )


def pytest_sessionfinish(session: Any, exitstatus: Any) -> None:
    """Say that the run came to its end."""
    _write(id="", phase="finish", outcome=str(int(exitstatus)))


def _write(**line: Any) -> None:
    path = os.environ.get(VARIABLE, "")
    if path:
        with Path(path).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line) + "\n")
