"""Runs the user's own web application, in the monolith or with facades laid over, for as long as it is measured."""

from __future__ import annotations

import contextlib
import http.client
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from decompose.errors import LaunchError
from decompose.ir.graph import Record
from decompose.parity.launch import end_group, free_port, tail
from decompose.parity.sandbox import child_environment


class Served(Record):
    """A running application."""

    url: str
    pid: int
    cold_start_s: float
    """From start to the first answer, in seconds."""


@contextmanager
def serve(
    tree: Path,
    command: Sequence[str],
    *,
    python: Path,
    environment: Mapping[str, str] | None = None,
    ready_path: str = "/",
    timeout_s: float = 60.0,
) -> Iterator[Served]:
    """Give the running application.

    Args:
        tree: Folder in which it runs.
        command: Program and arguments; `{port}` stands for a free port, a leading `python` for the user's interpreter.
        python: Interpreter of the user's environment.
        environment: Variables for the client side of a running workspace.
        ready_path: Path that any answer to means that it is up.
        timeout_s: Longest start.

    Raises:
        LaunchError: If it ends or does not answer in time; with its last words.
    """
    port = free_port()
    words = [word.replace("{port}", str(port)) for word in command]
    words = [str(python), *words[1:]] if words[0] in ("python", "python3") else words
    log = Path(tempfile.mkdtemp(prefix="decompose-serve-")) / "log"
    begin = time.monotonic()
    with log.open("wb") as stream:
        process = subprocess.Popen(
            words,
            cwd=tree,
            env=child_environment(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while not _answers(port, ready_path):
            if process.poll() is not None or time.monotonic() - begin > timeout_s:
                raise LaunchError(
                    f"`{' '.join(command)}` does not come up:\n{tail(log, 12)}", hint="run it by hand first"
                )
            time.sleep(0.02)
        yield Served(url=f"http://127.0.0.1:{port}", pid=process.pid, cold_start_s=time.monotonic() - begin)
    finally:
        end_group(process, grace_s=5.0)
        shutil.rmtree(log.parent, ignore_errors=True)


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1.0)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def memory_mb(pids: Iterable[int]) -> float:
    """Return the proportional memory of processes and their children, in MiB; 0 where the system does not tell."""
    total = 0
    for pid in with_children(set(pids)):
        with contextlib.suppress(OSError, ValueError, IndexError):
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024


def with_children(pids: set[int]) -> set[int]:
    """Return processes and everything that they started."""
    parents: dict[int, int] = {}
    for entry in (path.name for path in Path("/proc").glob("[0-9]*")):
        if entry.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                parents[int(entry)] = int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1])
    found = set(pids)
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found
