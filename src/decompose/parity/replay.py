"""Records the calls that cross the boundaries in the monolith, and makes them again on both sides."""

from __future__ import annotations

import ast
import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from decompose.errors import ConfigError, LaunchError
from decompose.ir.graph import Record
from decompose.ir.reports import Check, CheckKind
from decompose.parity.launch import Workspace, moved_modules, operation_symbols
from decompose.parity.probe.calls import SPEC
from decompose.parity.probe.diff import TOLERANCE
from decompose.parity.probe.places import Tolerance
from decompose.parity.sandbox import PROBE, child_environment

_TEMPORARY = ".decompose-tmp"
"""Folder of a copy for what is temporary, so that both sides of a replay find the same there, and their own."""


class ReplayPlan(Record):
    """What a recording covers and how a replay is made."""

    operations: dict[str, dict[str, str]]
    """Path of the moved file, to name in the module, to symbol."""
    limit: int = 25
    variants: int = 24
    seed: int = 0


class Desk(Record):
    """Where the probe runs and with what."""

    folder: Path
    """Private folder for calls and outcomes."""
    probe: Path
    python: Path
    timeout_s: float


def plan_replay(out: Path, workspace: Workspace, *, limit: int = 25, seed: int = 0) -> ReplayPlan:
    """Return which operations of the workspace live in which file of the monolith."""
    operations: dict[str, dict[str, str]] = {}
    paths = moved_modules(out)
    for symbol in operation_symbols(workspace):
        module, _, name = symbol.partition(":")
        path = _path_of(module, paths)
        if path and not name.startswith("<"):
            operations.setdefault(path, {})[name] = symbol
    return ReplayPlan(operations=operations, limit=limit, seed=seed)


def _path_of(module: str, paths: Iterable[str]) -> str:
    """Return the moved file that holds a module; a `src` folder in front may be left out of the module's name."""
    parts = tuple(module.split("."))
    for path in paths:
        pure = PurePosixPath(path)
        names = pure.parent.parts if pure.name == "__init__.py" else pure.with_suffix("").parts
        if names in (parts, ("src", *parts)):
            return path
    return ""


def recordable(driver: Sequence[str], tests: Sequence[str]) -> list[str]:
    """Return what is run while recording, without the interpreter: the driver when it is Python, else the suite.

    Raises:
        ConfigError: If the driver is not a Python command.
    """
    if not driver:
        return ["-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    command = list(driver[1:]) if PurePosixPath(driver[0]).name.startswith("python") else list(driver)
    if not command or not (command[0] == "-m" or command[0].endswith(".py")):
        raise ConfigError(
            f"calls of `{' '.join(driver)}` cannot be recorded", hint="give a driver like `python -m shop.main`"
        )
    return command


def operation_places(root: Path, plan: ReplayPlan) -> dict[str, str]:
    """Return `path:line` of every operation in the monolith's source."""
    found: dict[str, str] = {}
    for path, names in plan.operations.items():
        try:
            lines = dict(_definitions(ast.parse((root / path).read_bytes()).body, ""))
        except (OSError, SyntaxError, ValueError):
            lines = {}
        found.update({symbol: f"{path}:{lines.get(name, 1)}" for name, symbol in names.items()})
    return found


def _definitions(body: Sequence[ast.stmt], prefix: str) -> Iterator[tuple[str, int]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield prefix + node.name, node.lineno
        if isinstance(node, ast.ClassDef):
            yield from _definitions(node.body, f"{prefix}{node.name}.")


def record(tree: Path, command: Sequence[str], file: Path, *, plan: ReplayPlan, desk: Desk) -> None:
    """Run a Python command in `tree` under the recorder and add its calls to `file`.

    Args:
        tree: Plain copy of the monolith; the state it is left in is the state that replays start from.
        command: `-m module …` or `script.py …`, without the interpreter.
        file: File of calls; made when there is none.
        plan: Operations to record.
        desk: Where to run.

    Raises:
        LaunchError: If the run leaves no recording.
    """
    _run("record", list(command), tree=tree, plan=plan, desk=desk, spec={"calls": str(file)}, may_fail=True)
    if not file.exists():
        raise LaunchError(
            f"nothing was recorded from `{' '.join(command)}`", hint="run it by hand in the monolith first"
        )


def vary(tree: Path, calls: Path, *, plan: ReplayPlan, desk: Desk) -> Path:
    """Return a file with the recorded calls and variants of them."""
    file = desk.folder / "varied.pkl"
    file.unlink(missing_ok=True)
    _run("vary", [str(calls)], tree=tree, plan=plan, desk=desk, spec={"calls": str(file)})
    return file


def replay(
    tree: Path, calls: Path, *, name: str, plan: ReplayPlan, desk: Desk, environment: Mapping[str, str] | None = None
) -> Path:
    """Make every call again in `tree` and return the file of outcomes."""
    file = desk.folder / f"outcomes-{name}.pkl"
    file.unlink(missing_ok=True)
    spec = {"calls": str(calls), "output": str(file)}
    _run("replay", [], tree=tree, plan=plan, desk=desk, spec=spec, environment=environment, may_fail=True)
    file.touch()
    return file


def compare(
    tree: Path,
    calls: Path,
    outcomes: Sequence[Path],
    *,
    plan: ReplayPlan,
    desk: Desk,
    tolerance: Tolerance,
    places: Mapping[str, str],
) -> tuple[tuple[Check, ...], list[str]]:
    """Return one check a call, and notes on what was not recorded.

    Args:
        tree: Plain copy, in which the user's classes can be imported.
        calls: File of calls.
        outcomes: Files of outcomes: monolith, services, and the monolith once more if it was run twice.
        plan: Operations covered.
        desk: Where to run.
        tolerance: How far floats may be apart.
        places: `path:line` of each operation.
    """
    text = _run(
        "diff", [str(file) for file in outcomes], tree=tree, plan=plan, desk=desk, spec={"calls": str(calls)},
        environment={TOLERANCE: json.dumps(list(tolerance))},
    )  # fmt: skip
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    checks = tuple(_check(line, places) for line in lines if "number" in line)
    skipped = [entry for line in lines if "skipped" in line for entry in line["skipped"]]
    return checks, [*_coverage(checks, plan), *(f"`{s}`: {n} calls not recorded: {why}" for s, why, n in skipped)]


def _check(line: Mapping[str, Any], places: Mapping[str, str]) -> Check:
    kind: CheckKind = "property" if line["note"] else "call"
    number = line["number"] % 1_000_000
    detail = f", {line['note']}" if line["note"] else ""
    return Check(
        name=f"{line['symbol']} #{number}{detail}",
        outcome=line["outcome"],
        difference=line["difference"],
        evidence=places.get(line["symbol"], ""),
        kind=kind,
        monolith=line.get("kind", ""),
    )


def _coverage(checks: Iterable[Check], plan: ReplayPlan) -> list[str]:
    """Return which operations no recorded call reached."""
    reached = Counter(check.name.partition(" #")[0] for check in checks)
    symbols = sorted(symbol for names in plan.operations.values() for symbol in names.values())
    missing = [symbol for symbol in symbols if not reached[symbol]]
    note = f"{len(symbols) - len(missing)} of {len(symbols)} operations were called across a boundary while recording"
    return [note, *([f"never called: {', '.join(f'`{symbol}`' for symbol in missing)}"] if missing else [])]


def _run(
    module: str,
    arguments: list[str],
    *,
    tree: Path,
    plan: ReplayPlan,
    desk: Desk,
    spec: Mapping[str, str],
    environment: Mapping[str, str] | None = None,
    may_fail: bool = False,
) -> str:
    """Run one module of the probe in the user's interpreter and return what it prints."""
    file = desk.folder / f"spec-{module}.json"
    whole = {"root": str(tree), "operations": plan.operations, "limit": plan.limit, "variants": plan.variants}
    file.write_text(json.dumps({**whole, "seed": plan.seed, **spec}))
    temporary = tree / _TEMPORARY
    temporary.mkdir(exist_ok=True)
    inside = {SPEC: str(file), "TMPDIR": str(temporary)}
    variables = child_environment({**(environment or {}), **inside}, python_path=[desk.probe])
    command = [str(desk.python), "-m", f"{PROBE}.{module}", *arguments]
    try:
        done = subprocess.run(
            command,
            cwd=tree,
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=desk.timeout_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LaunchError(f"`{' '.join(command)}`: {error}") from error
    if done.returncode and not may_fail:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-5:]
        raise LaunchError(f"`{module}` failed in {os.fspath(desk.python)}:\n" + "\n".join(last))
    return done.stdout.decode(errors="replace")
