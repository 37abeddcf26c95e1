"""Measures monolith and services on this machine, turn about, with the same requests."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

from decompose.errors import LaunchError
from decompose.ir.graph import Record
from decompose.ir.reports import Capacity, Figure, Kill, LoadFigures, Side
from decompose.parity.bootstrap import bootstrap
from decompose.parity.driver import run_driver
from decompose.parity.launch import Running
from decompose.parity.load import Answer, Request, ask, offer, saturate
from decompose.parity.sandbox import copy_tree, overlay
from decompose.parity.serve import memory_mb, serve
from decompose.parity.simulate import quantiles
from decompose.parity.verify import Bench

_WARM_UP = 20
_SIDES: tuple[Side, Side] = ("monolith", "services")


class Workload(Record):
    """What is asked of both systems."""

    serve: tuple[str, ...]
    """The user's command that starts the web application; `{port}` stands for the port."""
    requests: tuple[Request, ...]
    prepare: tuple[str, ...] = ()
    """Command that is run first on both sides, such as the training."""
    ready_path: str = "/"
    service: str = ""
    """Service that answers on the side of the services; empty when the application stays outside and calls them."""
    fractions: tuple[float, ...] = (0.2, 0.5, 0.8)
    """Loads, as shares of the smaller capacity."""
    runs: int = 5
    """Interleaved runs at each load."""
    seconds: float = 4.0
    """Length of one run."""


class Measured(Record):
    """What was measured."""

    load: tuple[LoadFigures, ...]
    capacity: tuple[Capacity, ...]
    kills: tuple[Kill, ...]
    memory_mb: dict[str, Figure]
    """By side: proportional memory of all its processes."""
    cold_start_s: dict[str, Figure]
    """By side: from start to the first answer."""
    prepare_s: dict[str, Figure]
    mismatches: int
    """Requests that the two sides answered with another status or body."""
    asked: int


class _Target(Record):
    """One side, up and running."""

    url: str
    pids: tuple[int, ...]
    cold_start_s: float
    prepare_s: float = 0.0


def measure(
    bench: Bench, workload: Workload, *, seed: int = 0, progress: Callable[[str], None] = lambda _: None
) -> Measured:
    """Return what both sides do under the same load.

    Args:
        bench: Where they are run.
        workload: How they are started and what they are asked.
        seed: For arrival times.
        progress: Called with one line for every step.

    Raises:
        LaunchError: If a side does not come up, or answers nothing.
    """
    with ExitStack() as stack:
        targets: dict[Side, _Target] = {}
        for side in _SIDES:
            progress(f"starting the {side}")
            targets[side] = stack.enter_context(started(bench, workload, side))[0]
        mismatches, asked = _compared(targets, workload)
        progress("looking for the capacity")
        found = {side: saturate(target.url, workload.requests) for side, target in targets.items()}
        capacities = {side: rate for side, (rate, _) in found.items()}
        if not all(capacities.values()):
            raise LaunchError(f"no good answer under load: {found}", hint="try the requests by hand")
        load = _loads(targets, workload, min(capacities.values()), seed, progress)
        memory = {side: memory_mb(target.pids) for side, target in targets.items()}
    progress("killing each service in turn")
    kills = tuple(_kills(bench, workload))
    return Measured(
        load=load,
        capacity=tuple(_capacity(side, capacities[side]) for side in _SIDES),
        kills=kills,
        memory_mb={side: Figure(value=memory[side], unit="MB", basis="measured") for side in _SIDES},
        cold_start_s={side: _seconds(targets[side].cold_start_s) for side in _SIDES},
        prepare_s={side: _seconds(targets[side].prepare_s) for side in _SIDES},
        mismatches=mismatches,
        asked=asked,
    )


def _seconds(value: float) -> Figure:
    return Figure(value=value, unit="s", basis="measured")


def _capacity(side: Side, rate: float) -> Capacity:
    return Capacity(entry="all", side=side, per_s=Figure(value=rate, unit="1/s", basis="measured"))


@contextmanager
def started(bench: Bench, workload: Workload, side: Side) -> Iterator[tuple[_Target, Running | None]]:
    """Give one side, prepared and answering."""
    tree = bench.folder / f"measured-{side}" / bench.root.name
    if not tree.exists():
        copy_tree(bench.root, tree, without=[bench.out, bench.folder])
    python = bench.options.python
    with ExitStack() as stack:
        running = None
        environment: dict[str, str] = {}
        begin = time.monotonic()
        if side == "services":
            overlay(tree, bench.out / "harness")
            running = stack.enter_context(bench.services(tree))
            environment = dict(running.environment)
        services_s = time.monotonic() - begin
        prepare_s = 0.0
        if workload.prepare:
            done = run_driver(tree, workload.prepare, python=python, environment=environment)
            prepare_s = done.seconds
            if done.exit_code:
                raise LaunchError(f"`{' '.join(workload.prepare)}` ends with {done.exit_code}:\n{done.stderr[-800:]}")
        own = tuple(s.pid for s in running.services.values()) if running is not None else ()
        if running is not None and workload.service:
            url = web_address(running.services[workload.service].url)
            yield _Target(url=url, pids=own, cold_start_s=services_s, prepare_s=prepare_s), running
            return
        served = stack.enter_context(
            serve(tree, workload.serve, python=python, environment=environment, ready_path=workload.ready_path)
        )
        cold = served.cold_start_s + services_s * (side == "services")
        yield _Target(url=served.url, pids=(*own, served.pid), cold_start_s=cold, prepare_s=prepare_s), running


def web_address(url: str) -> str:
    """Return where a gateway serves the user's own pages: its address without the path of its operations."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _compared(targets: Mapping[Side, _Target], workload: Workload) -> tuple[int, int]:
    """Return how many requests the two sides answer differently, and how many were compared; warms both up."""
    answers = {side: ask(target.url, workload.requests * _WARM_UP) for side, target in targets.items()}
    pairs = list(zip(answers["monolith"], answers["services"], strict=True))
    wrong = sum((one.status, body) != (other.status, twin) for (one, body), (other, twin) in pairs)
    return wrong, len(pairs)


def _loads(
    targets: Mapping[Side, _Target], workload: Workload, capacity: float, seed: int, progress: Callable[[str], None]
) -> tuple[LoadFigures, ...]:
    answers: dict[tuple[float, Side], list[list[Answer]]] = defaultdict(list)
    for run in range(workload.runs):
        for fraction in workload.fractions:
            rate = round(capacity * fraction, 1)
            for side in _SIDES if run % 2 == 0 else _SIDES[::-1]:
                progress(f"run {run + 1} of {workload.runs}: {rate:g}/s on the {side}")
                url = targets[side].url
                done = offer(url, workload.requests, rate_per_s=rate, seconds=workload.seconds, seed=seed + run)
                answers[rate, side].append(done)
    entries = sorted({request.entry for request in workload.requests})
    return tuple(
        figures(entry, side, rate, runs) for (rate, side), runs in sorted(answers.items()) for entry in entries
    )


def figures(entry: str, side: Side, rate: float, runs: Sequence[Sequence[Answer]]) -> LoadFigures:
    """Return the medians over runs of one entry's quantiles, with bootstrap intervals."""
    kept = [[answer for answer in run if answer.entry == entry] for run in runs]
    told = [quantiles([answer.latency_ms for answer in run if answer.is_ok]) for run in kept if run]
    errors = [sum(not answer.is_ok for answer in run) / len(run) for run in kept if run]
    return LoadFigures(
        entry=entry,
        side=side,
        rate_per_s=rate,
        p50_ms=bootstrap([q[0.5] for q in told], unit="ms"),
        p95_ms=bootstrap([q[0.95] for q in told], unit="ms"),
        p99_ms=bootstrap([q[0.99] for q in told], unit="ms"),
        error_share=bootstrap(errors, unit="share"),
    )


def _kills(bench: Bench, workload: Workload) -> Iterator[Kill]:
    """Kill every service once, in a fresh start each, and see which entries still answer."""
    with started(bench, workload, "services") as (_, running):
        names = tuple(running.services) if running is not None else ()
    entries = sorted({request.entry for request in workload.requests})
    yield Kill(killed="monolith", failed=tuple(entries), basis="measured")
    for name in names:
        with started(bench, workload, "services") as (target, running):
            before = {answer.entry: answer.is_ok for answer, _ in ask(target.url, workload.requests)}
            if running is not None:
                running.kill(name)
            after = ask(target.url, workload.requests)
        failed = {answer.entry for answer, _ in after if not answer.is_ok and before.get(answer.entry, False)}
        yield Kill(
            killed=name,
            failed=tuple(sorted(failed)),
            alive=tuple(e for e in entries if e not in failed),
            basis="measured",
        )
