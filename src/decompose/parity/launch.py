"""Starts a generated workspace as local processes, and sees to it that nothing is left running."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import msgspec

from decompose.errors import ConfigError, LaunchError
from decompose.ir.graph import Record

LAUNCHERS = {"local": "run.py", "ray": "run_ray.py"}
"""Program of a workspace that starts it, by target."""
SLOWER = {"ray": 3.0}
"""How many times longer than local processes a target may take to start: Ray brings up a cluster first."""
_POLL_S = 0.05
_GRACE_S = 20.0
_LOG_LINES = 20


class WorkspaceService(msgspec.Struct, frozen=True):
    """One service as `system.json` lists it."""

    name: str
    kind: str = "service"
    source: str = ""
    """Folder of its code, relative to the workspace."""
    depends_on: tuple[str, ...] = ()
    operations: tuple[Any, ...] = ()
    """Operation names, or objects with at least `symbol`."""
    methods: tuple[str, ...] = ()
    """Symbols of classes that are built from outside, and of their methods."""
    port: int = 0


class Workspace(msgspec.Struct, frozen=True):
    """A generated workspace, as far as it must be known to run it."""

    system: str
    services: tuple[WorkspaceService, ...]


class ServiceProcess(Record):
    """One running service."""

    url: str
    pid: int = 0
    """Its process; 0 where the target places services itself."""


class ReadyFile(msgspec.Struct, frozen=True):
    """What the launcher writes when every service is ready."""

    services: dict[str, ServiceProcess]
    environment: dict[str, str] = {}


def read_workspace(out: Path) -> Workspace:
    """Return what `system.json` of the workspace says.

    Raises:
        LaunchError: If `out` is not a generated workspace.
    """
    path = out / "system.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Workspace)
    except FileNotFoundError as error:
        raise LaunchError(
            f"{out}: no generated workspace here", hint="run `decompose generate -o OUT` first"
        ) from error
    except (OSError, msgspec.MsgspecError) as error:
        raise LaunchError(f"{path}: cannot be read: {error}", hint="run `decompose generate` again") from error


class Running:
    """A started workspace: a context manager that stops everything on exit."""

    def __init__(
        self, out: Path, process: subprocess.Popen[bytes], log: Path, started: ReadyFile, seconds: float
    ) -> None:
        self.out = out
        self.log = log
        self.seconds = seconds
        """Time from start until every service was ready, in seconds."""
        self.services: Mapping[str, ServiceProcess] = dict(sorted(started.services.items()))
        self.environment: Mapping[str, str] = dict(sorted(started.environment.items()))
        self._process = process
        self._is_frozen = False

    def __enter__(self) -> Running:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def is_alive(self, service: str) -> bool:
        """Return whether the process of one service still runs; that of the launcher, where services have none."""
        return _is_alive(self.services[service].pid or self._process.pid)

    def kill(self, service: str, *, with_signal: int = signal.SIGKILL) -> None:
        """End one service the hard way; the launcher is paused first, so that it cannot react.

        Raises:
            LaunchError: If there is no such service.
        """
        if service not in self.services:
            raise LaunchError(f"no service `{service}` in {self.out}", hint=f"there are {', '.join(self.services)}")
        self._freeze_launcher()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.services[service].pid, with_signal)

    def log_tail(self, lines: int = _LOG_LINES) -> str:
        """Return the last lines that launcher and services printed."""
        return tail(self.log, lines)

    def stop(self) -> None:
        """Stop launcher and services: politely first, then by force; safe to call twice."""
        if self._is_frozen:
            os.kill(self._process.pid, signal.SIGCONT)
            self._is_frozen = False
        end_group(self._process, grace_s=_GRACE_S)
        for service in self.services.values():
            if service.pid and _is_alive(service.pid):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(service.pid, signal.SIGKILL)
        shutil.rmtree(self.log.parent, ignore_errors=True)

    def _freeze_launcher(self) -> None:
        if not self._is_frozen and self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGSTOP)
            self._is_frozen = True


def launch(
    out: Path,
    *,
    workdir: Path | None = None,
    timeout_s: float = 120.0,
    base_port: int | None = None,
    python: Path | None = None,
    environment: Mapping[str, str] | None = None,
    target: str = "local",
) -> Running:
    """Start every service of a workspace and return when all are ready.

    Args:
        out: Workspace written by `generate`.
        workdir: Folder in which the services run; their relative paths start there.
        timeout_s: Longest wait for readiness, in seconds.
        base_port: First TCP port to use; the launcher's own choice when `None`.
        python: Interpreter that runs the launcher; this one when `None`.
        environment: Variables on top of the current ones.
        target: Where they run, a key of `LAUNCHERS`.

    Raises:
        ConfigError: If there is no such target.
        LaunchError: If the workspace cannot be read, a service fails, or readiness takes too long; the service and the
            last log lines are named, and nothing is left running.
    """
    if target not in LAUNCHERS:
        raise ConfigError(f"no target `{target}` can be started", hint=f"choose among {', '.join(LAUNCHERS)}")
    workspace = read_workspace(out)
    folder = Path(tempfile.mkdtemp(prefix="decompose-launch-"))
    ready, log = folder / "ready.json", folder / "launch.log"
    command = [str(python or sys.executable), LAUNCHERS[target], "up", "--ready-file", str(ready)]
    command += ["--workdir", str(workdir.resolve())] if workdir is not None else []
    command += _ports(target, base_port)
    begin = time.monotonic()
    with log.open("wb") as stream:
        process = _start(command, out, stream, environment)
    try:
        started = _await_ready(process, ready, log, workspace, timeout_s=timeout_s)
    except BaseException:
        end_group(process, grace_s=_GRACE_S)
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Running(out, process, log, started, time.monotonic() - begin)


def _ports(target: str, base_port: int | None) -> list[str]:
    """Return the option that says where the services listen: Ray Serve has one port for all."""
    if target == "ray":
        return ["--port", str(base_port if base_port is not None else free_port())]
    return ["--base-port", str(base_port)] if base_port is not None else []


def free_port() -> int:
    """Return a TCP port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(
    command: list[str], out: Path, stream: IO[bytes], environment: Mapping[str, str] | None
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            cwd=out,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "SERVICE_PARENT": str(os.getpid()), **(environment or {})},
        )
    except OSError as error:
        raise LaunchError(f"{command[0]}: cannot be run: {error.strerror or error}") from error


def _await_ready(
    process: subprocess.Popen[bytes], ready: Path, log: Path, workspace: Workspace, *, timeout_s: float
) -> ReadyFile:
    deadline = time.monotonic() + timeout_s
    while True:
        started = _read_ready(ready)
        if started is not None:
            return started
        code = process.poll()
        if code is not None:
            raise _failure(f"the launcher ended with exit code {code}", log, workspace)
        if time.monotonic() > deadline:
            raise _failure(f"not ready after {timeout_s:g} s", log, workspace)
        time.sleep(_POLL_S)


def _read_ready(path: Path) -> ReadyFile | None:
    """Return the ready file's content, `None` while it is absent or half-written."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=ReadyFile)
    except (OSError, msgspec.MsgspecError):
        return None


def _failure(what: str, log: Path, workspace: Workspace) -> LaunchError:
    """Return the error that names the service: the one the launcher blames, else the one the log speaks of last."""
    lines = tail(log, 10_000).splitlines()
    blamed = next((at for at in reversed(range(len(lines))) if lines[at].startswith("error:")), None)
    shown = lines[-_LOG_LINES:] if blamed is None else lines[blamed:][: 3 * _LOG_LINES]
    names = [service.name for service in workspace.services]
    ordered = reversed(shown) if blamed is None else shown[:1]
    culprit = next((name for line in ordered for name in sorted(names, key=_position(line)) if _names(line, name)), "")
    subject = f"service `{culprit}` of `{workspace.system}`" if culprit else f"`{workspace.system}`"
    text = "".join(f"\n{line}" for line in shown)
    missing = re.search(r"ModuleNotFoundError: No module named '([\w.]+)'", text)
    hint = f"is `{missing[1]}` installed for the interpreter that runs the services?" if missing else ""
    return LaunchError(
        f"{subject} does not start: {what}{text}", hint=hint or "the last lines above are the services' own output"
    )


def _position(line: str) -> Callable[[str], int]:
    """Return a sort key: where a name stands in the line, absent ones last."""
    return lambda name: line.find(name) if name in line else len(line)


def _names(line: str, service: str) -> bool:
    words = "".join(c if c.isalnum() or c in "_-" else " " for c in line).split()
    return service in words


def tail(path: Path, lines: int) -> str:
    """Return the last lines of a text file; empty when there is none."""
    try:
        text = path.read_text(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def end_group(process: subprocess.Popen[bytes], *, grace_s: float) -> None:
    """End a process that leads its own group, and all of the group: SIGTERM, then SIGKILL after `grace_s` seconds."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=grace_s)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False


def moved_modules(out: Path) -> tuple[str, ...]:
    """Return the paths, relative to the monolith's root, at which facades stand in for moved code, sorted."""
    harness = out / "harness"
    return tuple(sorted(p.relative_to(harness).as_posix() for p in harness.rglob("*.py"))) if harness.is_dir() else ()


def operation_symbols(workspace: Workspace) -> dict[str, str]:
    """Return the service of each function, class and method that `system.json` lists, by symbol."""
    found: dict[str, str] = {}
    for service in workspace.services:
        for operation in service.operations:
            symbol = operation if isinstance(operation, str) else str(dict(operation).get("symbol", ""))
            if ":" in symbol:
                found[symbol] = service.name
        found.update(dict.fromkeys(service.methods, service.name))
    return dict(sorted(found.items()))
