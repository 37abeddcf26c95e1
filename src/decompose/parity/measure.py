"""Measures monolith and services on this machine, turn about, with the same requests."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from decompose.ir.graph import Record
from decompose.ir.reports import Capacity, Figure, Kill, LoadFigures, Rollout, Side
from decompose.parity.bootstrap import bootstrap
from decompose.parity.journal import Journal
from decompose.parity.load import Answer, ask, offer
from decompose.parity.neighbours import stretch, watched
from decompose.parity.roll import roll_under_load
from decompose.parity.sides import SIDES, WARM_UP, Sides, Start, started
from decompose.parity.simulate import PERCENTS, quantiles
from decompose.parity.study import ALL
from decompose.parity.verify import Bench
from decompose.parity.workload import Roll, Workload


class Measured(Record):
    """What was measured."""

    load: tuple[LoadFigures, ...]
    capacity: tuple[Capacity, ...]
    kills: tuple[Kill, ...]
    memory_mb: dict[str, Figure]
    """By side: proportional memory of all its processes."""
    cold_start_s: dict[str, Figure]
    """By side: from start to the first answer."""
    mismatches: int
    """Requests that the two sides answered with another status or body."""
    asked: int
    rollouts: tuple[Rollout, ...] = ()
    neighbours: tuple[float, ...] = ()
    """Cores that others kept busy during each run under load."""
    stretch: float = 1.0
    """How much longer work took than its processor time, for the neighbours; median over the runs."""


class Window(Record):
    """One run under load."""

    answers: tuple[Answer, ...]
    neighbours: tuple[float, ...] = ()
    stretch: float = 1.0


def steps_of(workload: Workload, services: int) -> int:
    """Return how many steps a measurement has."""
    return 1 + 2 * (2 + len(workload.fractions) * workload.runs + (workload.roll is not None)) + services


def measure(bench: Bench, workload: Workload, journal: Journal, *, services: Sequence[str], seed: int = 0) -> Measured:
    """Return what both sides do under the same load.

    Args:
        bench: Where they are run.
        workload: How they are started and what they are asked.
        journal: Keeps every finished step; what it holds is not measured again.
        services: Names of the services, to be killed in turn.
        seed: For arrival times.

    Raises:
        LaunchError: If a side does not come up, or answers nothing.
    """
    with ExitStack() as stack:
        sides = Sides(bench, workload, stack)
        starts = {side: journal.once(f"start the {side}", Start, partial(sides.start, side)) for side in SIDES}
        mismatches, asked = journal.once("compare the answers", tuple[int, int], lambda: _compared(sides, workload))
        capacity = {
            side: journal.once(f"capacity of the {side}, three runs", list[float], partial(sides.capacities, side))
            for side in SIDES
        }
        smaller = min(map(statistics.median, capacity.values()))
        windows = _windows(sides, workload, journal, smaller, seed)
        rollouts = tuple(_rollouts(sides, workload, journal))
    kills = [_monolith_kill(workload)]
    kills += [journal.once(f"kill `{name}`", Kill, partial(_kill, bench, workload, name)) for name in services]
    return Measured(
        load=_load_figures(windows, workload),
        capacity=tuple(_capacity(side, capacity[side]) for side in SIDES),
        kills=tuple(kills),
        memory_mb={side: _figure(starts[side].memory_mb, "MB") for side in SIDES},
        cold_start_s={side: _figure(starts[side].cold_start_s, "s") for side in SIDES},
        mismatches=mismatches,
        asked=asked,
        rollouts=rollouts,
        neighbours=tuple(share for runs in windows.values() for window in runs for share in window.neighbours),
        stretch=statistics.median(window.stretch for runs in windows.values() for window in runs),
    )


def _figure(value: float, unit: str) -> Figure:
    return Figure(value=value, unit=unit, basis="measured")


def _capacity(side: Side, rates: list[float]) -> Capacity:
    return Capacity(entry=ALL, side=side, per_s=bootstrap(rates, unit="1/s"))


def _compared(sides: Sides, workload: Workload) -> tuple[int, int]:
    """Return how many requests the two sides answer differently, and how many were compared."""
    answers = {side: ask(sides.target(side).url, workload.requests * WARM_UP) for side in SIDES}
    pairs = list(zip(answers["monolith"], answers["services"], strict=True))
    wrong = sum((one.status, body) != (other.status, twin) for (one, body), (other, twin) in pairs)
    return wrong, len(pairs)


def _windows(
    sides: Sides, workload: Workload, journal: Journal, capacity: float, seed: int
) -> dict[tuple[float, Side], list[Window]]:
    """Return the runs at each load, sides turn about."""
    found: dict[tuple[float, Side], list[Window]] = {}
    for run in range(workload.runs):
        for fraction in workload.fractions:
            rate = round(capacity * fraction, 1)
            for side in SIDES if run % 2 == 0 else SIDES[::-1]:
                name = f"run {run + 1} of {workload.runs}: {rate:g}/s on the {side}"
                window = journal.once(name, Window, partial(_run, sides, workload, side, rate, seed + run))
                found.setdefault((rate, side), []).append(window)
    return found


def _run(sides: Sides, workload: Workload, side: Side, rate: float, seed: int) -> Window:
    """Offer load to one side and watch what others take of the machine meanwhile."""
    target, others = sides.target(side), list[float]()
    stretched = stretch()
    with watched(target.pids, others):
        done = offer(target.url, workload.requests, rate_per_s=rate, seconds=workload.seconds, seed=seed)
    return Window(answers=tuple(done), neighbours=tuple(others), stretch=stretched)


def _load_figures(
    windows: Mapping[tuple[float, Side], Sequence[Window]], workload: Workload
) -> tuple[LoadFigures, ...]:
    entries = sorted({request.entry for request in workload.requests})
    return tuple(
        figures(entry, side, rate, [window.answers for window in runs])
        for (rate, side), runs in sorted(windows.items())
        for entry in entries
    )


def figures(entry: str, side: Side, rate: float, runs: Sequence[Sequence[Answer]]) -> LoadFigures:
    """Return the medians over runs of one entry's quantiles, with bootstrap intervals, and the whole distribution."""
    kept = [[answer for answer in run if answer.entry == entry] for run in runs]
    good = [[answer.latency_ms for answer in run if answer.is_ok] for run in kept if run]
    told = [quantiles(times) for times in good if times] or [dict.fromkeys((0.5, 0.95, 0.99), math.nan)]
    errors = [sum(not answer.is_ok for answer in run) / len(run) for run in kept if run]
    p50, p95, p99 = (bootstrap([one[share] for one in told], unit="ms") for share in (0.5, 0.95, 0.99))
    curve = quantiles([value for times in good for value in times], PERCENTS)
    return LoadFigures(
        entry=entry,
        side=side,
        rate_per_s=rate,
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        error_share=bootstrap(errors, unit="share"),
        curve_ms=tuple(round(curve[share], 3) for share in PERCENTS),
    )


def _rollouts(sides: Sides, workload: Workload, journal: Journal) -> Iterator[Rollout]:
    """Yield what happens when the model is rolled forward and back on each side."""
    roll = workload.roll
    if roll is None:
        return
    for side in SIDES:
        name = f"roll the model forward and back on the {side}"
        yield journal.once(name, Rollout, partial(_rolled, sides, workload, roll, side))


def _rolled(sides: Sides, workload: Workload, roll: Roll, side: Side) -> Rollout:
    target = sides.target(side)
    return roll_under_load(
        side,
        target.url,
        tree=Path(target.tree),
        environment=target.environment,
        python=sides.bench.options.python,
        roll=roll,
        requests=workload.requests,
    )


def _monolith_kill(workload: Workload) -> Kill:
    """Return what the death of the only process means; it needs no measuring."""
    entries = sorted({request.entry for request in workload.requests})
    return Kill(killed="monolith", failed=tuple(entries), basis="measured")


def _kill(bench: Bench, workload: Workload, name: str) -> Kill:
    """Kill one service, in a fresh start, and see which entries still answer."""
    entries = sorted({request.entry for request in workload.requests})
    with started(bench, workload, "services") as (target, running):
        before = {answer.entry: answer.is_ok for answer, _ in ask(target.url, workload.requests)}
        if running is not None:
            running.kill(name)
        after = ask(target.url, workload.requests)
    failed = {answer.entry for answer, _ in after if not answer.is_ok and before.get(answer.entry, False)}
    alive = tuple(entry for entry in entries if entry not in failed)
    return Kill(killed=name, failed=tuple(sorted(failed)), alive=alive, basis="measured")
