"""Runs of jobs: a process each, that ends; its record and its log stay. A run that was killed is taken up again.

`.services/runs/SERVICE/RUN/` holds `run.json`, `log.txt`, a lock that lasts as long as the process, and, until the run
is done, what each attempt changed. Taking a run up again puts that back first, so that it ends as if it had never been
interrupted. A run whose inputs, code and settings are those of an earlier one is not repeated.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from service_runtime import allowlist, context, undo
from service_runtime.blobs import digest_of, draft_of
from service_runtime.errors import JobError
from service_runtime.handover import STATE_FOLDER, Handover, matches
from service_runtime.service import Service


@dataclass(frozen=True, slots=True)
class Run:
    """What is known of a run."""

    id: str
    service: str
    entry: str
    argv: tuple[str, ...] = ()
    status: str = "waiting"
    """`waiting`, `running`, `done`, `failed`, or `killed`: its process is gone and it was not done."""
    attempt: int = 0
    key: str = ""
    """Digest of all that decides the outcome; empty when not all of that is known."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    """Digest by path of the files that the plan knows it to write."""
    error: str = ""
    same_as: str = ""
    """The run whose results still stand, so that this one had nothing to do."""
    is_accepted: bool = False
    """Whether its service has told somebody that it will be done: then it is taken up when the service starts anew."""


def perform(service: Service, run_id: str, entry: str, argv: tuple[str, ...], handover: Handover | None) -> int:
    """Be a run, from its beginning to its end, in the current directory; return the exit status.

    Raises:
        JobError: If the service has no such entry.
    """
    if entry not in service.entries:
        raise JobError(f"`{service.name}` has no entry `{entry}`; there are {', '.join(service.entries) or 'none'}")
    root = Path.cwd()
    folder = folder_of(root, service.name, run_id)
    with locked(folder / "lock"), locked(folder.parent / "lock"):
        run = read_run(folder) or Run(run_id, service.name, entry, argv)
        if run.status == "done":
            return 0
        earlier_notes = _put_back(run, root)
        if handover is not None:
            handover.pull(is_alone=True)
        run = replace(run, status="running", attempt=run.attempt + 1, error="", key=_key(service, entry, argv, root))
        earlier = _same(run, folder.parent)
        if earlier is not None:
            _write(folder, replace(run, status="done", outputs=earlier.outputs, same_as=earlier.id))
            return 0
        _write(folder, run)
        notes = undo.undo_of(root, f"{service.name}/{run_id}/{run.attempt}")
        notes.note_patterns(service.jobs[entry].outputs if entry in service.jobs else ())
        for note in earlier_notes:  # not sooner: killed in between, the next attempt needs them once more
            note.forget()
        run = _execute(service, run, root)
        if handover is not None:
            handover.publish()
        _write(folder, run)
        if run.status == "done":
            notes.forget()
    return int(run.status != "done")


def start(app: Path, run: Run, root: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start the process of a run; what it prints goes to its log.

    Args:
        app: `app.py` of the service.
        run: What to run; when there is a run with its id, that is taken up again.
        root: Working directory.
        environment: Variables, with the addresses of the services that it calls.
    """
    folder = folder_of(root, run.service, run.id)
    folder.mkdir(parents=True, exist_ok=True)
    if read_run(folder) is None:
        _write(folder, run)
    command = [sys.executable, "-P", str(app), "--workdir", str(root), "--run", run.entry, "--run-id", run.id, "--"]
    with (folder / "log.txt").open("ab") as log:
        return subprocess.Popen(
            [*command, *run.argv],
            cwd=root,
            env={**os.environ, **environment, "SERVICE_PARENT": str(os.getpid())},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def find(root: Path, service: str, run_id: str) -> Run:
    """Return a run as it is now.

    Raises:
        JobError: If there is none with this id.
    """
    folder = folder_of(root, service, run_id)
    run = read_run(folder)
    if run is None:
        raise JobError(f"`{service}` has no run `{run_id}`")
    return replace(run, status="killed") if run.status == "running" and not is_locked(folder / "lock") else run


def list_runs(root: Path, service: str = "*") -> list[Run]:
    """Return all runs, by service and id, or those of one service."""
    found = sorted((root / STATE_FOLDER / "runs").glob(f"{service}/*/run.json"))
    return [find(root, path.parent.parent.name, path.parent.name) for path in found]


def log_of(root: Path, service: str, run_id: str) -> str:
    """Return what a run has printed until now."""
    try:
        return (folder_of(root, service, run_id) / "log.txt").read_text(errors="replace")
    except FileNotFoundError:
        return ""


def folder_of(root: Path, service: str, run_id: str) -> Path:
    """Return the folder of a run.

    Raises:
        JobError: If the id could lead elsewhere.
    """
    if not run_id or run_id.startswith(".") or not all(letter.isalnum() or letter in "-_." for letter in run_id):
        raise JobError(f"{run_id!r} is no id of a run: letters, digits, `-`, `_` and `.` may be in it")
    return root / STATE_FOLDER / "runs" / service / run_id


def read_run(folder: Path) -> Run | None:
    """Return what a folder says of its run, `None` when it says nothing."""
    try:
        found = json.loads((folder / "run.json").read_bytes())
    except FileNotFoundError:
        return None
    return Run(**{**found, "argv": tuple(found["argv"])})


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock that goes with the process, however that ends; wait for it first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def is_locked(path: Path) -> bool:
    """Return whether some process holds the lock."""
    try:
        with path.open("a") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def _put_back(run: Run, root: Path) -> list[undo.Undo]:
    """Undo what the last attempt changed, and the one before, whose notes stand if the last one came to make none."""
    numbers = [number for number in (run.attempt, run.attempt - 1) if number > 0]
    notes = [undo.undo_of(root, f"{run.service}/{run.id}/{number}") for number in numbers]
    count = sum(note.undo() for note in notes)
    if notes:
        print(f"taking up {run.id} again: {count} files put back", file=sys.stderr)
    return notes


def _execute(service: Service, run: Run, root: Path) -> Run:
    """Run the entry and return the run as it ended."""
    from service_runtime.dispatch import run_main  # noqa: PLC0415  (brings all that calls need, which starting one does not)

    job = service.jobs.get(run.entry)
    undo.watch(root)
    context.process_run[:] = [f"{service.name}/{run.id}/{run.attempt}"]
    try:
        symbol = service.entries[run.entry]
        module, _, name = symbol.partition(":")
        status = run_main(module, [module, *run.argv]) if name == "<module>" else 0
        if name != "<module>":
            allowlist.resolve(symbol)(*run.argv)
        error = "" if status == 0 else f"exit status {status}"
    except BaseException:  # noqa: BLE001  (the run fails; its record says why)
        error = traceback.format_exc()
        print(error, file=sys.stderr)
    finally:
        context.process_run.clear()
    outputs = _digests(root, job.outputs) if job is not None and not error else {}
    return replace(run, status="failed" if error else "done", error=error, outputs=outputs)


def _key(service: Service, entry: str, argv: tuple[str, ...], root: Path) -> str:
    job = service.jobs.get(entry)
    if job is None or not job.is_closed:
        return ""
    code = sorted(path for path in service.source.parent.parent.glob("*/src/**/*.py"))
    facts = {
        "entry": [service.name, entry, *argv],
        "code": [[path.relative_to(service.source.parent.parent).as_posix(), digest_of(path)] for path in code],
        "inputs": _digests(root, job.inputs),
        "environment": {name: os.environ.get(name) for name in job.environment},
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _same(run: Run, folder: Path) -> Run | None:
    """Return a run that was done with the same key and whose results are still there."""
    root = folder.parents[2]
    for path in sorted(folder.glob("*/run.json")) if run.key else ():
        other = read_run(path.parent)
        if other is None or other.id == run.id or (other.status, other.key) != ("done", run.key) or not other.outputs:
            continue
        if all((root / p).is_file() and digest_of(root / p) == d for p, d in other.outputs.items()):
            return other
    return None


def _digests(root: Path, patterns: tuple[str, ...]) -> dict[str, str]:
    return {path: digest_of(root / path) for pattern in patterns for path in sorted(matches(root, pattern))}


def _write(folder: Path, run: Run) -> None:
    """Replace the record of a run at once."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = draft_of(folder / "run.json")
    with draft.open("x") as stream:
        json.dump(asdict(run), stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(folder / "run.json")
