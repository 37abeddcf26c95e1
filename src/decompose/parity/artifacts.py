"""Compares two runs of the user's driver: exit code, standard output, files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatch
from pathlib import Path

from decompose.ir.reports import Check
from decompose.parity.driver import DriverRun
from decompose.parity.files import file_difference
from decompose.parity.probe.places import Tolerance, shorten
from decompose.parity.text import line_difference, normalise

_DIGITS = re.compile(r"\d+")


def compare_drivers(
    monolith: DriverRun,
    services: DriverRun,
    *,
    again: DriverRun | None = None,
    tolerance: Tolerance,
    ignore: Sequence[str] = (),
    ignore_files: Sequence[str] = (),
) -> tuple[Check, ...]:
    """Return one check for the exit code, one for standard output, one for each file made, changed or removed.

    Args:
        monolith: The run in a plain copy.
        services: The run with facades, services up.
        again: A second run in a plain copy; what it does not repeat is reported as `nondeterministic`.
        tolerance: How far floats may be apart.
        ignore: Regular expressions of printed text that does not count.
        ignore_files: Globs of files that do not count.
    """
    checks = [_exit_code(monolith, services), _stdout(monolith, services, again, tolerance, ignore)]
    ran_in_vain = monolith.exit_code != services.exit_code
    paths = {*monolith.files, *services.files, *monolith.removed, *services.removed}
    for path in sorted(paths):
        if any(fnmatch(path, pattern) for pattern in ignore_files):
            checks.append(Check(name=path, outcome="skipped", kind="file", difference="left out on request"))
        elif not (ran_in_vain and path not in services.files):
            checks.append(_file(path, monolith, services, again, tolerance))
    return tuple(checks)


def _exit_code(monolith: DriverRun, services: DriverRun) -> Check:
    same = monolith.exit_code == services.exit_code
    last = [line for line in services.stderr.splitlines() if line.strip()]
    return Check(
        name="exit code",
        outcome="equal" if same else "different",
        monolith=str(monolith.exit_code),
        services=str(services.exit_code),
        difference="" if same else f"across the services: {last[-1][:300] if last else 'nothing on stderr'}",
        evidence="" if same else _last_frame(services),
        kind="exit",
        seconds_monolith=round(monolith.seconds, 3),
        seconds_services=round(services.seconds, 3),
    )


def _last_frame(run: DriverRun) -> str:
    """Return the innermost place of the traceback that lies in the tree."""
    base = os.path.realpath(run.tree) + os.sep
    found = re.findall(r'File "([^"]+)", line (\d+)', run.stderr)
    inside = [(os.path.realpath(path), line) for path, line in found]
    places = [f"{path[len(base) :]}:{line}" for path, line in inside if path.startswith(base)]
    return places[-1] if places else ""


def _stdout(
    monolith: DriverRun, services: DriverRun, again: DriverRun | None, tolerance: Tolerance, ignore: Sequence[str]
) -> Check:
    left, right = _lines(monolith, ignore), _lines(services, ignore)
    third = _lines(again, ignore) if again is not None else None
    found, unstable = line_difference(left, right, third, tolerance=tolerance, place="stdout")
    note = f"{unstable} lines that two runs of the monolith print differently were not compared" if unstable else ""
    return Check(
        name="stdout",
        outcome="different" if found else "equal",
        monolith=f"{len(left)} lines",
        services=f"{len(right)} lines",
        difference=str(found) if found else note,
        kind="stdout",
    )


def _lines(run: DriverRun, ignore: Iterable[str]) -> list[str]:
    roots = sorted({run.tree, os.path.realpath(run.tree)}, key=len, reverse=True)
    return normalise(run.stdout, roots=roots, ignore=ignore)


def _file(path: str, monolith: DriverRun, services: DriverRun, again: DriverRun | None, tolerance: Tolerance) -> Check:
    states = _state(path, monolith), _state(path, services)
    third = states[0] if again is None else _state(path, again)
    if states[0] != third or _is_stray(path, monolith, again):
        return _verdict(
            path, "nondeterministic", states, "two runs of the monolith itself disagree on whether it is written"
        )
    if states[0] != states[1]:
        return _verdict(path, "different", states, f"{states[0]} in the monolith, {states[1]} across the services")
    if states[0] == "removed":
        return _verdict(path, "equal", states)
    left, right = Path(monolith.tree, path), Path(services.tree, path)
    found = file_difference(left, right, place=path, tolerance=tolerance)
    if found is not None and again is not None:
        unstable = file_difference(left, Path(again.tree, path), place=path, tolerance=tolerance)
        if unstable is not None:
            return _verdict(path, "nondeterministic", states, f"two runs of the monolith itself disagree: {unstable}")
    return _verdict(path, "different" if found else "equal", states, shorten(str(found), 400) if found else "")


def _state(path: str, run: DriverRun) -> str:
    if path in run.removed:
        return "removed"
    return "written" if path in run.files else "untouched"


def _is_stray(path: str, monolith: DriverRun, again: DriverRun | None) -> bool:
    """Return whether the name carries a number that changes with every run, such as the time of a log file."""
    if again is None or path in monolith.files:
        return False
    unstable = set(monolith.files) ^ set(again.files)
    return _DIGITS.sub("#", path) in {_DIGITS.sub("#", other) for other in unstable}


def _verdict(path: str, outcome: str, states: tuple[str, str], difference: str = "") -> Check:
    return Check(
        name=path,
        outcome=outcome,  # type: ignore[arg-type]
        monolith=states[0],
        services=states[1],
        difference=difference,
        kind="file",
    )
