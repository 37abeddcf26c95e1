"""Start every service as a process of this machine, and stop them all together. Needs only the standard library."""

from __future__ import annotations

import argparse
import collections
import contextlib
import http
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

HERE = Path(__file__).resolve().parent
PACKAGES = sorted((HERE / "packages").glob("*/src"))
READY_TIMEOUT_S = 180.0
STOP_TIMEOUT_S = 10.0
TAIL_LINES = 40
OPERATED = ("models", "pipeline", "jobs", "openapi")
"""Commands that the runtime answers."""


class Stopped(Exception):
    """A signal asked for the end."""


class Failed(Exception):
    """A service did not come up, or went away."""


class Process:
    """One running service, its output passed on with its name in front."""

    def __init__(self, service: dict[str, Any], port: int, workdir: Path, environment: dict[str, str]) -> None:
        self.name: str = service["name"]
        self.url = f"http://127.0.0.1:{port}{service['probes']}"
        self.tail: collections.deque[str] = collections.deque(maxlen=TAIL_LINES)
        command = [sys.executable, "-P", str(HERE / service["app"]), "--port", str(port), "--workdir", str(workdir)]
        self.process = subprocess.Popen(
            command,
            cwd=workdir,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self._pass_on, daemon=True)
        self.reader.start()

    def is_ready(self) -> bool:
        """Return whether the service takes calls.

        Raises:
            Failed: If it has ended.
        """
        if self.process.poll() is not None:
            self.reader.join(2)
            lines = "".join(f"    {line}\n" for line in self.tail)
            raise Failed(f"{self.name} ended with status {self.process.returncode}; its last lines:\n{lines}")
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:  # noqa: S310  (our own address)
                return bool(answer.status == http.HTTPStatus.OK)
        except (urllib.error.URLError, OSError):
            return False

    def _pass_on(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.tail.append(line.rstrip("\n"))
            sys.stderr.write(f"{self.name:<16} | {line if line.endswith(chr(10)) else line + chr(10)}")
            sys.stderr.flush()


def main() -> int:
    """Parse the command line, run, and return the exit status."""
    if sys.argv[1:2] and sys.argv[1] in OPERATED:
        sys.path[:0] = map(str, PACKAGES)
        from service_runtime.operate import operate  # noqa: PLC0415  (the rest of this file does without the runtime)

        return operate(HERE, sys.argv[1:], started)
    parser = argparse.ArgumentParser(description=__doc__, epilog=f"further commands: {', '.join(OPERATED)}")
    up = parser.add_subparsers(dest="command", required=True).add_parser("up", help="start all services")
    up.add_argument("--workdir", type=Path, default=Path.cwd(), help="folder in which the services run")
    up.add_argument("--ready-file", type=Path, help="JSON file to write when all are ready")
    up.add_argument("--base-port", type=int, help="first port; free ones are taken when left out")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _stop)
    running: list[Process] = []
    try:
        _run(options, running)
    except Stopped:
        return 0
    except Failed as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    finally:
        _end(running)
        if options.ready_file is not None:
            options.ready_file.unlink(missing_ok=True)
    return 0


@contextlib.contextmanager
def started(workdir: Path, names: set[str]) -> Iterator[dict[str, str]]:
    """Run the named services for as long as the block lasts; give the variables for whoever calls them."""
    signal.signal(signal.SIGTERM, _stop)
    running: list[Process] = []
    try:
        yield _start(workdir, None, running, names)
    finally:
        _end(running)


def _run(options: argparse.Namespace, running: list[Process]) -> None:
    parent = os.getppid() if os.environ.get("SERVICE_PARENT") else 0
    shared = _start(options.workdir.resolve(), options.base_port, running)
    if options.ready_file is not None:
        _write_ready(options.ready_file, running, shared)
    for process in running:
        print(f"{process.name:<16} ready at {process.url}", file=sys.stderr)
    while True:
        for process in running:
            if process.process.poll() is not None:
                raise Failed(f"{process.name} ended with status {process.process.returncode}")
        if parent and os.getppid() != parent:
            raise Stopped  # who started us was killed
        time.sleep(0.2)


def _start(
    workdir: Path, base_port: int | None, running: list[Process], names: set[str] | None = None
) -> dict[str, str]:
    """Start all services, or the named ones, wait until they are ready, and return the variables that they share."""
    if (HERE / ".generating" / "journal.json").exists():
        raise Failed("a generation was interrupted here; run `decompose generate` again, it will be finished")
    services = json.loads((HERE / "system.json").read_text())["services"]
    if not workdir.is_dir():
        raise Failed(f"{workdir} is not a folder; name one with --workdir")
    ports = _ports(services, base_port)
    shared = _environment(services, ports, workdir)
    own = {"SERVICE_PARENT": str(os.getpid())}
    for level in levels([service for service in services if names is None or service["name"] in names]):
        begun = [
            Process(s, ports[s["name"]], workdir, {**os.environ, **shared, **own, "SERVICE_NAME": s["name"]})
            for s in level
        ]
        running += begun
        _await(begun)
    return shared


def levels(services: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return the services in the order in which they must be ready; those of one level start together."""
    left = {service["name"]: service for service in services}
    found = []
    while left:
        level = [s for s in left.values() if not set(s["starts_after"]) & left.keys()]
        found.append(level)
        for service in level:
            del left[service["name"]]
    return found


def _environment(services: list[dict[str, Any]], ports: dict[str, int], workdir: Path) -> dict[str, str]:
    urls = {f"SERVICE_URL_{s['name'].upper()}": f"http://127.0.0.1:{ports[s['name']]}{s['probes']}" for s in services}
    path = [str(p) for p in PACKAGES] + [p for p in [os.environ.get("PYTHONPATH", "")] if p]
    secret = os.environ.get("SERVICE_TOKEN_SECRET") or secrets.token_hex(24)
    return {
        **urls,
        "SERVICE_TOKEN_SECRET": secret,
        "SERVICE_OPEN": "1",
        "SERVICE_STORE": os.environ.get("SERVICE_STORE") or str(workdir / ".services" / "store"),
        "SERVICE_SHARED_WORKDIR": "1",
        "PYTHONPATH": os.pathsep.join(path),
        "PYTHONUNBUFFERED": "1",
    }


def _ports(services: list[dict[str, Any]], base: int | None) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, service in enumerate(services):
        wanted = base + index if base is not None else service["port"]
        if (base is None and os.environ.get("SERVICE_ANY_PORT") == "1") or not _is_free(wanted):
            if base is not None:
                raise Failed(f"port {wanted} for {service['name']} is in use; choose another --base-port")
            wanted = _any_port(set(found.values()))
        found[service["name"]] = wanted
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def _any_port(taken: set[int]) -> int:
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in taken:
            return port


def _await(started: list[Process]) -> None:
    until = time.monotonic() + READY_TIMEOUT_S
    waiting = list(started)
    while waiting:
        waiting = [process for process in waiting if not process.is_ready()]
        if waiting and time.monotonic() > until:
            process = waiting[0]
            lines = "".join(f"    {line}\n" for line in process.tail)
            raise Failed(f"{process.name} is not ready after {READY_TIMEOUT_S:g} s; its last lines:\n{lines}")
        if waiting:
            time.sleep(0.05)


def _write_ready(path: Path, running: list[Process], shared: dict[str, str]) -> None:
    services = {process.name: {"url": process.url, "pid": process.process.pid} for process in running}
    draft = path.with_name(path.name + ".tmp")
    draft.write_text(json.dumps({"services": services, "environment": shared}, indent=2))
    draft.replace(path)


def _end(running: list[Process]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for process in reversed(running):
        if process.process.poll() is None:
            process.process.terminate()
    until = time.monotonic() + STOP_TIMEOUT_S
    for process in running:
        try:
            process.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.process.kill()
            process.process.wait()


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    sys.exit(main())
