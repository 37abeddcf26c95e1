"""Both systems, up and running in copies, prepared and warmed up."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from decompose.errors import LaunchError
from decompose.ir.graph import Record
from decompose.ir.reports import Side
from decompose.parity.driver import run_driver
from decompose.parity.launch import Running
from decompose.parity.load import ask, saturate
from decompose.parity.sandbox import copy_tree, overlay
from decompose.parity.serve import memory_mb, serve
from decompose.parity.verify import Bench
from decompose.parity.workload import Workload

SIDES: tuple[Side, Side] = ("monolith", "services")
WARM_UP = 20
"""Requests of each kind before anything is measured."""
_SATURATED_S = 2.0
_PREPARED = ".decompose-prepared"


class Start(Record):
    """What starting one side showed."""

    cold_start_s: float
    memory_mb: float


class Target(Record):
    """One side, up and running."""

    url: str
    pids: tuple[int, ...]
    cold_start_s: float
    tree: str = ""
    environment: dict[str, str] = {}  # noqa: RUF012  (msgspec copies an empty default)


class Sides:
    """Both sides, started when first needed and warmed up."""

    def __init__(self, bench: Bench, workload: Workload, stack: ExitStack) -> None:
        self.bench, self.workload = bench, workload
        self._stack = stack
        self._targets: dict[Side, Target] = {}

    def target(self, side: Side) -> Target:
        """Return one side, started if it is not."""
        if side not in self._targets:
            target, _ = self._stack.enter_context(started(self.bench, self.workload, side))
            ask(target.url, self.workload.requests * WARM_UP)
            self._targets[side] = target
        return self._targets[side]

    def start(self, side: Side) -> Start:
        """Return what starting it shows."""
        target = self.target(side)
        return Start(cold_start_s=target.cold_start_s, memory_mb=memory_mb(target.pids))

    def capacities(self, side: Side) -> list[float]:
        """Return the good answers per second when all users ask again at once, in three runs.

        Raises:
            LaunchError: If nothing is answered.
        """
        found = [saturate(self.target(side).url, self.workload.requests, seconds=_SATURATED_S)[0] for _ in range(3)]
        if not statistics.median(found):
            raise LaunchError(f"the {side} gives no good answer under load", hint="try the requests by hand")
        return found


@contextmanager
def started(bench: Bench, workload: Workload, side: Side) -> Iterator[tuple[Target, Running | None]]:
    """Give one side, prepared and answering."""
    tree = bench.folder / f"measured-{side}" / bench.root.name
    if not tree.exists():
        copy_tree(bench.root, tree, without=[bench.out, bench.folder])
    with ExitStack() as stack:
        running = None
        environment: dict[str, str] = {}
        begin = time.monotonic()
        if side == "services":
            overlay(tree, bench.out / "harness")
            running = stack.enter_context(bench.services(tree))
            environment = dict(running.environment)
        services_s = time.monotonic() - begin
        _prepare(tree, workload, bench.options.python, environment)
        own = tuple(service.pid for service in running.services.values()) if running is not None else ()
        if running is not None and workload.service:
            url, pids, cold_s = web_address(running.services[workload.service].url), own, services_s
        else:
            served = stack.enter_context(
                serve(
                    tree,
                    workload.serve,
                    python=bench.options.python,
                    environment=environment,
                    ready_path=workload.ready_path,
                )
            )
            url, pids = served.url, (*own, served.pid)
            cold_s = served.cold_start_s + (services_s if running is not None else 0.0)
        yield Target(url=url, pids=pids, cold_start_s=cold_s, tree=str(tree), environment=environment), running


def _prepare(tree: Path, workload: Workload, python: Path, environment: Mapping[str, str]) -> None:
    """Run the user's preparation once in a tree.

    Raises:
        LaunchError: If it fails.
    """
    mark = tree.parent / _PREPARED
    if not workload.prepare or mark.exists():
        return
    done = run_driver(tree, workload.prepare, python=python, environment=environment)
    if done.exit_code:
        raise LaunchError(f"`{' '.join(workload.prepare)}` ends with {done.exit_code}:\n{done.stderr[-800:]}")
    mark.touch()


def web_address(url: str) -> str:
    """Return where a gateway serves the user's own pages: its address without the path of its operations."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
