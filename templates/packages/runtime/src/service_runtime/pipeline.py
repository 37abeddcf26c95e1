"""The whole pipeline of jobs on this machine: step by step, taken up where it was when it was stopped."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from service_runtime import jobs
from service_runtime.blobs import draft_of
from service_runtime.handover import STATE_FOLDER


@dataclass(frozen=True, slots=True)
class Step:
    """Something to run."""

    name: str
    service: str
    entry: str
    after: tuple[str, ...] = ()
    argv: tuple[str, ...] = ()


def read_steps(system: Mapping[str, Any]) -> list[Step]:
    """Return the steps that `system.json` lists, each after those that it waits for."""
    return [
        Step(step["name"], step["service"], step["entry"], tuple(step["after"]), tuple(step.get("argv", ())))
        for step in system["pipeline"]
    ]


def needed(system: Mapping[str, Any], steps: Iterable[Step]) -> set[str]:
    """Return the services that must be up for the steps to run: what they call, and what that calls."""
    calls = {service["name"]: set(service["depends_on"]) for service in system["services"]}
    found: set[str] = set()
    pending = [name for step in steps for name in calls[step.service]]
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += calls[name]
    return found


def run_steps(
    steps: list[Step], workspace: Path, root: Path, environment: Mapping[str, str], *, is_fresh: bool = False
) -> bool:
    """Run steps in their order and return whether all are done; the first that fails ends it.

    Args:
        steps: What to run.
        workspace: The generated workspace.
        root: Working directory.
        environment: Addresses of the services that the steps call.
        is_fresh: Whether to begin anew although an earlier run of the same steps was not finished.
    """
    folder = root / STATE_FOLDER / "pipelines"
    number = _number(folder, steps, is_fresh=is_fresh)
    for step in steps:
        run_id = f"{number:04d}-{step.name}"
        before = jobs.read_run(jobs.folder_of(root, step.service, run_id))
        if before is not None and before.status == "done":
            _say(step.name, "done before")
            continue
        run = jobs.Run(run_id, step.service, step.entry, step.argv)
        found = _watch(step, run, workspace / "services" / step.service / "app.py", root, environment)
        if found.status != "done":
            _say(step.name, f"{found.status} (run {run_id}); the same command takes it up again")
            return False
        _say(step.name, f"unchanged since {found.same_as}" if found.same_as else "done")
    _write(folder / f"{number:04d}.json", {"steps": [step.name for step in steps], "is_done": True})
    return True


def _number(folder: Path, steps: list[Step], *, is_fresh: bool) -> int:
    """Return the number of the pipeline run to take up, or that of a new one."""
    names = [step.name for step in steps]
    last = max((int(path.stem) for path in folder.glob("[0-9]*.json")), default=0)
    if last and not is_fresh:
        found = json.loads((folder / f"{last:04d}.json").read_bytes())
        if not found["is_done"] and found["steps"] == names:
            return last
    _write(folder / f"{last + 1:04d}.json", {"steps": names, "is_done": False})
    return last + 1


def _watch(step: Step, run: jobs.Run, app: Path, root: Path, environment: Mapping[str, str]) -> jobs.Run:
    """Start a run, pass on what it prints, and return it as it ended."""
    log = jobs.folder_of(root, run.service, run.id) / "log.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.touch()
    with log.open(errors="replace") as stream:
        stream.seek(0, 2)
        process = jobs.start(app, run, root, environment)
        try:
            _follow(step.name, stream, process)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    found = jobs.find(root, run.service, run.id)
    return found if found.status != "waiting" else replace(found, status="failed")


def _follow(name: str, stream: IO[str], process: subprocess.Popen[bytes]) -> None:
    is_over = False
    while True:
        line = stream.readline()
        if line:
            _say(name, line.rstrip("\n"))
        elif is_over:
            return
        else:
            is_over = process.poll() is not None
            time.sleep(0 if is_over else 0.1)


def _say(name: str, line: str) -> None:
    print(f"{name:<16} | {line}", file=sys.stderr, flush=True)


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = draft_of(path)
    draft.write_text(json.dumps(content))
    draft.replace(path)
