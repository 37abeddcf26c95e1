"""Puts monolith and services side by side: what the model says, then what is measured, and the verdict again."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from decompose.ir.graph import Record
from decompose.ir.reports import Comparison, Figure, Kill, LoadFigures, Side, StudyRow
from decompose.parity import study
from decompose.parity.bootstrap import bootstrap
from decompose.parity.driver import DriverRun, run_driver
from decompose.parity.journal import Journal, key_of
from decompose.parity.launch import read_workspace
from decompose.parity.measure import Measured, measure, steps_of
from decompose.parity.predict import Assumptions, Inputs, predict, predicted_mix
from decompose.parity.verify import Bench, Progress, VerifyOptions, working_folder
from decompose.parity.workload import Workload

_SIDES: tuple[Side, Side] = ("monolith", "services")
_WIDE_ROUNDS = 3


class CompareOptions(Record):
    """How a comparison is made."""

    workload: Workload | None = None
    """Web application and requests to it; nothing is served when `None`."""
    driver: tuple[str, ...] = ()
    """Command whose time is taken on both sides."""
    rounds: int = _WIDE_ROUNDS
    """Interleaved runs of the driver."""
    run: VerifyOptions = VerifyOptions()
    assumptions: Assumptions = Assumptions()
    seed: int = 0
    journal: Path | None = None
    """File of what has been measured so far, so that an interrupted comparison goes on where it stopped."""


def compare(
    out: Path,
    *,
    root: Path,
    inputs: Inputs,
    options: CompareOptions | None = None,
    progress: Progress = lambda _: None,
) -> Comparison:
    """Return the comparison of monolith and workspace: predicted, and measured where a workload or driver is given.

    Args:
        out: Workspace written by `generate`.
        root: Root of the monolith.
        inputs: What the prediction is made from.
        options: Workload, driver, assumptions.
        progress: Called with one line for every step.

    Raises:
        LaunchError: If a side does not start or answers nothing.
    """
    chosen = options or CompareOptions()
    begin = time.monotonic()
    progress("predicting")
    predicted = predict(inputs, chosen.assumptions, seed=chosen.seed)
    measured: Measured | None = None
    times: dict[Side, list[float]] = {}
    services = sorted(service.name for service in read_workspace(out).services)
    journal = _journal(out, chosen, len(services), progress)
    if chosen.workload is not None or chosen.driver:
        with working_folder(chosen.run.keep) as folder:
            bench = Bench(out, root, folder, chosen.run, lambda _: None)
            if chosen.workload is not None:
                measured = measure(bench, chosen.workload, journal, services=services, seed=chosen.seed)
            if chosen.driver:
                times = driver_times(bench, chosen.driver, journal, rounds=chosen.rounds)
    if measured is not None:
        predicted = _of_the_same_mix(predicted, measured, inputs, chosen)
    whole = joined(predicted, measured, times)
    journal.forget()
    return msgspec.structs.replace(whole, seconds=round(time.monotonic() - begin, 2))


def _of_the_same_mix(predicted: Comparison, measured: Measured, inputs: Inputs, chosen: CompareOptions) -> Comparison:
    """Return the prediction for the mix and the rates that were measured, where the trace knows all of its entries."""
    rates = sorted({one.rate_per_s for one in measured.load})
    entries = sorted({one.entry for one in measured.load})
    load, capacity = predicted_mix(
        inputs, rates, entries, chosen.assumptions, stretch=measured.stretch, seed=chosen.seed
    )
    if not load:
        return predicted
    rows = (*predicted.rows, *study.performance_rows(load), *study.capacity_rows(capacity))
    kept = {(row.aspect, row.measure): row for row in rows}
    return msgspec.structs.replace(
        predicted, rows=tuple(kept.values()), load=load, capacity=(*predicted.capacity, *capacity)
    )


def _journal(out: Path, chosen: CompareOptions, services: int, progress: Progress) -> Journal:
    steps = steps_of(chosen.workload, services) if chosen.workload is not None else 0
    total = steps + (2 * chosen.rounds if chosen.driver else 0)
    key = key_of(out, chosen.workload, chosen.driver, chosen.rounds, chosen.seed)
    return Journal(chosen.journal, key=key, total=total, progress=progress)


def driver_times(bench: Bench, driver: Sequence[str], journal: Journal, *, rounds: int) -> dict[Side, list[float]]:
    """Return the wall times of the driver on both sides, in seconds, run turn about in fresh copies."""
    python = bench.options.python

    def plain() -> float:
        return _seconds(run_driver(bench.plain_copy("timed-monolith"), driver, python=python))

    def split() -> float:
        with bench.split_copy("timed-services") as (tree, running):
            return _seconds(run_driver(tree, driver, python=python, environment=dict(running.environment)))

    found: dict[Side, list[float]] = {"monolith": [], "services": []}
    for number in range(rounds):
        for side, run in (("monolith", plain), ("services", split)):
            name = f"the driver on the {side}, round {number + 1} of {rounds}"
            found[side].append(journal.once(name, float, run))  # type: ignore[index]
    return found


def _seconds(run: DriverRun) -> float:
    """Return how long a run took; -1 when it failed."""
    return run.seconds if run.exit_code == 0 else -1.0


def joined(predicted: Comparison, measured: Measured | None, times: Mapping[Side, Sequence[float]]) -> Comparison:
    """Return measured rows beside their predictions, predicted rows where nothing was measured, and a new verdict."""
    rows: list[StudyRow] = []
    notes = list(predicted.notes)
    if measured is not None:
        rows += _measured_rows(measured)
        notes += _measured_notes(predicted, measured)
    if times:
        rows += _driver_rows(times)
    known = {(row.aspect, row.measure): row for row in predicted.rows}
    done = [_beside(row, known.get((row.aspect, row.measure))) for row in rows]
    taken = {(row.aspect, row.measure) for row in rows}
    replaced = {row.aspect for row in rows if row.aspect in ("performance",)}
    kept = [row for key, row in known.items() if key not in taken and row.aspect not in replaced]
    ordered = tuple(sorted((*done, *kept), key=lambda row: (study.ASPECTS.index(row.aspect), row.measure)))
    verdict, because = study.verdict_of(ordered)
    return Comparison(
        system=predicted.system,
        rows=ordered,
        load=(*predicted.load, *(measured.load if measured else ())),
        capacity=(*predicted.capacity, *(measured.capacity if measured else ())),
        kills=(*predicted.kills, *(measured.kills if measured else ())),
        scaling=predicted.scaling,
        rollouts=measured.rollouts if measured else (),
        alternatives=predicted.alternatives,
        verdict=verdict,
        because=because,
        notes=tuple(notes),
    )


def _measured_notes(predicted: Comparison, measured: Measured) -> Iterator[str]:
    """Yield what the measured numbers rest on."""
    yield f"{measured.mismatches} of {measured.asked} requests were answered differently by the two sides"
    said = {kill.killed: kill for kill in predicted.kills}
    known = [kill for kill in measured.kills if kill.killed in said]
    exact = [kill for kill in known if set(kill.failed) == set(said[kill.killed].failed) & _entries(kill)]
    if known:
        yield f"who falls with whom was predicted exactly for {len(exact)} of {len(known)} deaths"
    if measured.neighbours:
        typical, most = statistics.median(measured.neighbours), max(measured.neighbours)
        yield (
            f"others kept {typical:.2g} cores of this machine busy during a typical run and {most:.2g} during the worst: "
            f"work took {measured.stretch:.3g} times its processor time, in the predictions beside measurements too"
        )


def _entries(kill: Kill) -> set[str]:
    return {*kill.failed, *kill.alive}


def _beside(row: StudyRow, predicted: StudyRow | None) -> StudyRow:
    if predicted is None:
        return row
    return msgspec.structs.replace(row, predicted_monolith=predicted.monolith, predicted_services=predicted.services)


def _measured_rows(measured: Measured) -> list[StudyRow]:
    rows = study.performance_rows(measured.load)
    rows += study.capacity_rows(measured.capacity)
    rows += study.kill_rows(measured.kills)
    memory, cold = measured.memory_mb, measured.cold_start_s
    what = "on this machine"
    measure_memory = "memory of one replica of everything, MB"
    rows.append(
        study.row("operational complexity", measure_memory, memory["monolith"], memory["services"], evidence=what)
    )
    rows.append(study.row("deployment", "cold start, s", cold["monolith"], cold["services"], evidence=what))
    return rows + study.rollout_rows(measured.rollouts, cold)


def _driver_rows(times: Mapping[Side, Sequence[float]]) -> list[StudyRow]:
    kept = {side: [value for value in times[side] if value >= 0] for side in _SIDES}
    if not all(kept.values()):
        return []
    figures = {side: bootstrap(values, statistics.median, unit="s") for side, values in kept.items()}
    evidence = f"{min(map(len, kept.values()))} interleaved runs, services already up"
    return [
        study.row("performance", "the driver's run, s", figures["monolith"], figures["services"], evidence=evidence)
    ]


def prediction_errors(comparison: Comparison) -> dict[str, list[float]]:
    """Return the relative errors of prediction against measurement, by figure: `p50`, `p95`, `p99`, `capacity`."""
    errors: dict[str, list[float]] = {"p50": [], "p95": [], "p99": [], "capacity": []}
    predicted = [figure for figure in comparison.load if figure.p50_ms.basis == "predicted"]
    for real in (figure for figure in comparison.load if figure.p50_ms.basis == "measured"):
        twin = _nearest(real, predicted)
        if twin is not None:
            for name, pair in (("p50", "p50_ms"), ("p95", "p95_ms"), ("p99", "p99_ms")):
                errors[name].append(relative_error(getattr(twin, pair), getattr(real, pair)))
    return errors


def _nearest(real: LoadFigures, predicted: Iterable[LoadFigures]) -> LoadFigures | None:
    """Return the prediction of the same entry and side at (nearly) the same rate."""
    same = [f for f in predicted if (f.entry, f.side) == (real.entry, real.side)]
    close = [f for f in same if abs(f.rate_per_s - real.rate_per_s) <= 0.02 * real.rate_per_s]
    return close[0] if close else None


def relative_error(predicted: Figure, measured: Figure) -> float:
    """Return |predicted - measured| / measured."""
    return abs(predicted.value - measured.value) / measured.value if measured.value else math.inf
