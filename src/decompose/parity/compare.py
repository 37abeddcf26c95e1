"""Puts monolith and services side by side: what the model says, then what is measured, and the verdict again."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from decompose.ir.graph import Record
from decompose.ir.reports import Comparison, Figure, LoadFigures, Side, StudyRow
from decompose.parity import study
from decompose.parity.bootstrap import bootstrap
from decompose.parity.driver import run_driver
from decompose.parity.measure import Measured, Workload, measure
from decompose.parity.predict import Assumptions, Inputs, predict
from decompose.parity.verify import Bench, Progress, VerifyOptions, working_folder

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
    times: Mapping[Side, Sequence[float]] = {}
    if chosen.workload is not None or chosen.driver:
        with working_folder(chosen.run.keep) as folder:
            bench = Bench(out, root, folder, chosen.run, progress)
            if chosen.workload is not None:
                measured = measure(bench, chosen.workload, seed=chosen.seed, progress=progress)
            if chosen.driver:
                times = driver_times(bench, chosen.driver, rounds=chosen.rounds)
    whole = joined(predicted, measured, times)
    return msgspec.structs.replace(whole, seconds=round(time.monotonic() - begin, 2))


def driver_times(bench: Bench, driver: Sequence[str], *, rounds: int) -> dict[Side, list[float]]:
    """Return the wall times of the driver on both sides, in seconds, run turn about in fresh copies."""
    found: dict[Side, list[float]] = {"monolith": [], "services": []}
    python = bench.options.python
    for number in range(rounds):
        bench.progress(f"timing the driver, round {number + 1} of {rounds}")
        plain = run_driver(bench.plain_copy("timed-monolith"), driver, python=python)
        with bench.split_copy("timed-services") as (tree, running):
            split = run_driver(tree, driver, python=python, environment=dict(running.environment))
        for side, run in (("monolith", plain), ("services", split)):
            found[side].append(run.seconds if run.exit_code == 0 else math.nan)  # type: ignore[index]
    return found


def joined(predicted: Comparison, measured: Measured | None, times: Mapping[Side, Sequence[float]]) -> Comparison:
    """Return measured rows beside their predictions, predicted rows where nothing was measured, and a new verdict."""
    rows: list[StudyRow] = []
    notes = list(predicted.notes)
    if measured is not None:
        rows += _measured_rows(measured)
        share = f"{measured.mismatches} of {measured.asked} requests were answered differently by the two sides"
        notes.append(share)
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
        verdict=verdict,
        because=because,
        notes=tuple(notes),
    )


def _beside(row: StudyRow, predicted: StudyRow | None) -> StudyRow:
    if predicted is None:
        return row
    return msgspec.structs.replace(row, predicted_monolith=predicted.monolith, predicted_services=predicted.services)


def _measured_rows(measured: Measured) -> list[StudyRow]:
    rows = study.performance_rows(measured.load, basis="measured")
    rows += study.capacity_rows(measured.capacity)
    rows += study.kill_rows(measured.kills)
    memory, cold = measured.memory_mb, measured.cold_start_s
    what = "measured on this machine"
    measure_memory = "memory of one replica of everything, MB"
    rows.append(
        study.row("operational complexity", measure_memory, memory["monolith"], memory["services"], evidence=what)
    )
    rows.append(study.row("deployment", "cold start, s", cold["monolith"], cold["services"], evidence=what))
    return rows


def _driver_rows(times: Mapping[Side, Sequence[float]]) -> list[StudyRow]:
    kept = {side: [value for value in times[side] if not math.isnan(value)] for side in _SIDES}
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
