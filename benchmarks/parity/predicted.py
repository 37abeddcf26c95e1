"""Prediction against measurement: small systems, the monolith and two plans each, three loads, and the capacity.

`python benchmarks/parity/predicted.py [--only NAME] [--seconds S] [--runs N] [--realtime] [--json FILE]`. Each system is
analysed, traced (`decompose trace`), split and generated as a user would; `parity.calibrate` prices a hop and a request;
then latency and capacity are predicted, and only then measured, sides turn about. `--realtime` runs the measured
processes before all others of the machine (Linux, root), so that neighbours do not count; without it, the share of the
machine that neighbours took stands beside each row.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import systems

import decompose
from decompose import api
from decompose.evidence import record_trace
from decompose.evidence.trace import read_trace
from decompose.ir.graph import CodeGraph
from decompose.parity import VerifyOptions
from decompose.parity.calibrate import calibrate
from decompose.parity.demand import EntryDemand, entry_demands
from decompose.parity.load import Request, ask, offer, saturate
from decompose.parity.measure import figures
from decompose.parity.predict import capacities
from decompose.parity.prices import Prices
from decompose.parity.sides import started
from decompose.parity.simulate import Load, Machine, quantiles, simulate
from decompose.parity.verify import Bench
from decompose.parity.workload import Workload

ENTRY = "app:score"
REQUESTS = (Request(entry=ENTRY, path="/score"),)
SERVE = ("python", "-m", "uvicorn", "app:app", "--port", "{port}", "--log-level", "warning", "--no-access-log")
LOADS = (0.2, 0.5, 0.75)


def run(shape: systems.Shape, folder: Path, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Return one row for each side, load and figure."""
    root = systems.write_system(shape, folder / "monolith")
    graph = decompose.analyze(root, state=folder / "state")
    outs = {name: systems.workspace(systems.plan_of(name, graph), graph, root, folder / name) for name in systems.PLANS}
    if options.realtime:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    try:
        demands = traced_demands(root, graph, folder)
        (folder / "prices").mkdir()
        prices = calibrate(outs["two"], python=Path(sys.executable), folder=folder / "prices")
        print(shape.name, prices, {side: round(d.step.cpu_ms, 2) for side, d in demands.items()}, flush=True)
        return measured_rows(shape, root, outs, demands, prices, folder, options)
    finally:
        if options.realtime:
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def traced_demands(root: Path, graph: CodeGraph, folder: Path) -> dict[str, EntryDemand]:
    """Return what a request asks of the parts, by side, from a traced run of the monolith."""
    file = folder / "trace.json"
    here = Path.cwd()
    os.chdir(root)
    try:
        record_trace([sys.executable, "drive.py"], root=root, output=file)
    finally:
        os.chdir(here)
    trace = read_trace(file, graph)
    found = {}
    for side in ("monolith", *systems.PLANS):
        plan = systems.plan_of("two" if side == "monolith" else side, graph)
        (found[side],) = entry_demands(trace, api.blueprint(plan, graph), [ENTRY], split=side != "monolith")
    return found


def measured_rows(
    shape: systems.Shape,
    root: Path,
    outs: dict[str, Path],
    demands: dict[str, EntryDemand],
    prices: Prices,
    folder: Path,
    options: argparse.Namespace,
) -> list[dict[str, Any]]:
    """Start all sides, predict and measure turn about."""
    machine = Machine(cores=os.cpu_count() or 1, prices=prices)
    with ExitStack() as stack:
        urls = {}
        for side in demands:
            bench = Bench(outs.get(side, outs["two"]), root, folder / f"bench-{side}", VerifyOptions(), lambda _: None)
            workload = Workload(serve=SERVE, requests=REQUESTS, ready_path="/docs", service="web")
            kind = "monolith" if side == "monolith" else "services"
            urls[side] = stack.enter_context(started(bench, workload, kind))[0].url
            ask(urls[side], REQUESTS * 30)
        rows = [capacity_row(shape.name, side, demands[side], machine, urls[side], options) for side in demands]
        limits = {row["side"]: row["predicted"] for row in rows}
        for fraction in LOADS:
            answers: dict[str, list[Any]] = {side: [] for side in demands}
            others = dict.fromkeys(demands, 0.0)
            for number in range(options.runs):
                for side, url in urls.items():
                    rate, before = limits[side] * fraction, (time.monotonic(), *busy_s())
                    done = offer(url, REQUESTS, rate_per_s=rate, seconds=options.seconds, seed=number)
                    answers[side].append(done)
                    others[side] += (busy_s()[0] - before[1]) / (time.monotonic() - before[0]) / options.runs
            for side in demands:
                rate = limits[side] * fraction
                load = Load(rates_per_s={ENTRY: rate}, seconds=100)
                said = quantiles(simulate([demands[side]], machine, load, seed=1)[ENTRY])
                found = figures(ENTRY, kind_of(side), rate, answers[side])
                rows.append(row(shape.name, side, rate, "p50", said[0.5], found.p50_ms.value, others[side]))
                rows.append(row(shape.name, side, rate, "p95", said[0.95], found.p95_ms.value, others[side]))
    return rows


def kind_of(side: str) -> Any:
    """Return the side as the records name it."""
    return "monolith" if side == "monolith" else "services"


def capacity_row(
    name: str, side: str, demand: EntryDemand, machine: Machine, url: str, options: argparse.Namespace
) -> dict[str, Any]:
    """Return predicted and measured capacity of one side."""
    (limit,) = capacities([demand], kind_of(side), machine)
    real = statistics.median(saturate(url, REQUESTS, users=8, seconds=options.seconds)[0] for _ in range(options.runs))
    return row(name, side, 0.0, "capacity", limit.per_s.value, real, 0.0) | {"bottleneck": limit.bottleneck}


def busy_s() -> tuple[float, ...]:
    """Return the processor seconds that the whole machine has spent so far."""
    words = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    ticks = os.sysconf("SC_CLK_TCK")
    return (sum(int(words[at]) for at in (0, 1, 2, 5, 6, 7)) / ticks,)


def row(
    system: str, side: str, rate: float, what: str, predicted: float, measured: float, busy: float
) -> dict[str, Any]:
    """Return one line of the table."""
    error = abs(predicted - measured) / measured if measured else float("inf")
    return {
        "system": system, "side": side, "rate_per_s": round(rate, 1), "figure": what, "predicted": round(predicted, 2),
        "measured": round(measured, 2), "error": round(error, 3), "busy_cores": round(busy, 2),
    }  # fmt: skip


def main() -> None:
    """Run the systems and print table and median errors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--realtime", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for shape in systems.SHAPES:
        if options.only in shape.name:
            with tempfile.TemporaryDirectory() as folder:
                found = run(shape, Path(folder), options)
            rows += found
            for one in found:
                print("  ".join(f"{key}={value}" for key, value in one.items()), flush=True)
    for what in ("p50", "p95", "capacity"):
        errors = [one["error"] for one in rows if one["figure"] == what]
        if errors:
            print(f"{what}: median error {statistics.median(errors):.0%} over {len(errors)}, worst {max(errors):.0%}")
    print("load average:", os.getloadavg())
    if options.json:
        options.json.write_bytes(msgspec.json.format(json.dumps(rows).encode(), indent=1) + b"\n")


if __name__ == "__main__":
    main()
