"""Runs the user's own command in a copy of the monolith: what it prints, how it ends, which files it leaves."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from decompose.errors import LaunchError
from decompose.ir.graph import Record
from decompose.parity.launch import end_group
from decompose.parity.sandbox import child_environment

_CACHES = frozenset({"__pycache__", ".pytest_cache", ".mypy_cache", ".hypothesis"})


class DriverRun(Record):
    """One run of the driver."""

    tree: str
    """Folder it ran in."""
    exit_code: int
    stdout: str
    stderr: str
    files: tuple[str, ...]
    """POSIX paths, relative to the tree, of files that were made or changed, sorted."""
    removed: tuple[str, ...] = ()
    """Paths of files that were there before, sorted."""
    seconds: float = 0.0


def run_driver(
    tree: Path,
    command: Sequence[str],
    *,
    python: Path,
    environment: Mapping[str, str] | None = None,
    python_path: Sequence[Path] = (),
    timeout_s: float = 3600.0,
) -> DriverRun:
    """Run `command` in `tree` and return what came of it.

    Args:
        tree: Copy of the monolith, with or without facades.
        command: Program and arguments; a leading `python` (or a `.py` file) is run by `python`.
        python: Interpreter of the user's environment.
        environment: Variables for the client side of a running workspace.
        python_path: Folders put before the user's own on `PYTHONPATH`.
        timeout_s: Longest run, in seconds.

    Raises:
        LaunchError: If the command cannot be run or takes too long.
    """
    before = dict(_snapshot(tree))
    variables = child_environment(environment or {}, python_path=python_path)
    with tempfile.TemporaryDirectory(prefix="decompose-driver-", ignore_cleanup_errors=True) as folder:
        streams = Path(folder, "stdout"), Path(folder, "stderr")
        begin = time.monotonic()
        with streams[0].open("wb") as out, streams[1].open("wb") as err:
            process = _start(_resolved(command, python), tree, (out.fileno(), err.fileno()), variables)
            try:
                code = process.wait(timeout=timeout_s)
            except subprocess.TimeoutExpired as error:
                raise LaunchError(
                    f"`{' '.join(command)}` still runs after {timeout_s:g} s", hint="give it more time"
                ) from error
            finally:
                end_group(process, grace_s=2.0)
        after = dict(_snapshot(tree))
        changed = tuple(sorted(path for path, stamp in after.items() if before.get(path) != stamp))
        removed = tuple(sorted(before.keys() - after.keys()))
        return DriverRun(
            tree=str(tree),
            exit_code=code,
            stdout=streams[0].read_text(errors="replace"),
            stderr=streams[1].read_text(errors="replace"),
            files=changed,
            removed=removed,
            seconds=time.monotonic() - begin,
        )


def _resolved(command: Sequence[str], python: Path) -> list[str]:
    """Return the command with the user's interpreter in place of a bare `python`."""
    if not command:
        raise LaunchError("no driver command given", hint="for example: -- python -m shop.main")
    first, rest = command[0], list(command[1:])
    if first in ("python", "python3"):
        return [str(python), *rest]
    return [str(python), first, *rest] if first.endswith(".py") else [first, *rest]


def _start(
    command: list[str], tree: Path, streams: tuple[int, int], variables: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            cwd=tree,
            stdin=subprocess.DEVNULL,
            stdout=streams[0],
            stderr=streams[1],
            start_new_session=True,
            env=variables,
        )
    except OSError as error:
        raise LaunchError(f"`{command[0]}` cannot be run: {error.strerror or error}") from error


def _snapshot(tree: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield every regular file below `tree` with its size and time of change; caches and hidden folders left out."""
    for folder, folders, names in os.walk(tree):
        folders[:] = sorted(f for f in folders if f not in _CACHES and not f.startswith("."))
        for name in names:
            path = Path(folder, name)
            if path.suffix == ".pyc" or path.is_symlink():
                continue
            status = path.stat()
            yield path.relative_to(tree).as_posix(), (status.st_size, status.st_mtime_ns)
