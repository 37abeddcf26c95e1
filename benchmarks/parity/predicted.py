"""Prediction against measurement: three systems, both sides, four loads each, and the capacity of each side.

`python benchmarks/parity/predicted.py [--seconds S] [--runs N] [--json FILE]`. Unit times are measured in one process first
(that is what a trace would say), the hop and the front of the application by asking for nothing; then latency and capacity
are predicted, then measured. On a busy machine both drift: the load average is printed beside the table.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "end_to_end"))

import parity_toy

from decompose.ir.blueprint import Blueprint, ServiceBlueprint
from decompose.ir.evidence import Trace, TracedCall
from decompose.parity import VerifyOptions
from decompose.parity.demand import demand_by_service, entry_demands
from decompose.parity.load import Request, ask, offer, saturate
from decompose.parity.measure import Workload, figures, started
from decompose.parity.queueing import capacity_per_s
from decompose.parity.simulate import Load, Machine, quantiles, simulate
from decompose.parity.verify import Bench

APP = """
    import json
    import socket
    import sys
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    from work import features, score


    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *args):
            pass

        def do_GET(self):
            value = 0
            if self.path == "/predict":
                for number in range(CALLS):
                    value += features.build(number)
                value = score.predict(value)
            if self.path == "/hop":
                value = features.nothing(1)
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)


    class Server(ThreadingHTTPServer):
        request_queue_size = 128
        daemon_threads = True


    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
UNIT = """
    def burn(rounds):
        total = 0
        for i in range(rounds):
            total += i * i % 7
        return total


    def {name}(value):
        return burn({rounds}) % 10 + value * 0


    def nothing(value):
        return value
"""
SYSTEMS = {"light": (1, 20_000, 40_000), "heavy": (1, 80_000, 160_000), "chatty": (5, 10_000, 30_000)}
"""Name to calls of `features.build` a request, rounds of it, rounds of `score.predict`."""
LOADS = (0.2, 0.4, 0.6, 0.75)


def unit_ms(rounds: int) -> float:
    """Return the processor time of one unit, in ms."""
    space: dict[str, object] = {}
    exec(__import__("textwrap").dedent(UNIT.format(name="unit", rounds=rounds)), space)
    times = []
    for _ in range(30):
        begin = time.process_time()
        space["unit"](1)  # type: ignore[operator]
        times.append((time.process_time() - begin) * 1000)
    return statistics.median(times)


def trace_of(calls: int, build_ms: float, predict_ms: float) -> Trace:
    """Return what a traced run would have said."""
    return Trace(
        command=(),
        seconds=1.0,
        calls=(
            TracedCall(caller="", callee="app:main", calls=100, self_seconds=0.0),
            TracedCall(
                caller="app:main", callee="work.features:build", calls=100 * calls, self_seconds=0.1 * calls * build_ms
            ),
            TracedCall(caller="app:main", callee="work.score:predict", calls=100, self_seconds=0.1 * predict_ms),
        ),
    )


BLUEPRINT = Blueprint(
    system="work",
    services=(
        ServiceBlueprint(name="web", kind="gateway", members=("app:main",)),
        ServiceBlueprint(name="features", kind="service", members=("work.features:build",)),
        ServiceBlueprint(name="score", kind="service", members=("work.score:predict",)),
    ),
)


def run(name: str, folder: Path, seconds: float, runs: int) -> list[dict[str, object]]:
    """Return one row for each side and load, and one for each capacity."""
    calls, build_rounds, predict_rounds = SYSTEMS[name]
    monolith = {
        "work/__init__.py": "",
        "work/features.py": UNIT.format(name="build", rounds=build_rounds),
        "work/score.py": UNIT.format(name="predict", rounds=predict_rounds),
        "app.py": APP.replace("CALLS", str(calls)),
    }
    moved = {"features": "work/features.py", "score": "work/score.py"}
    root, out = parity_toy.build(folder, monolith=monolith, moved=moved)
    requests = (Request(entry="app:main", path="/predict"),)
    workload = Workload(serve=("python", "app.py", "{port}"), requests=requests)
    rows: list[dict[str, object]] = []
    with ExitStack() as stack:
        bench = Bench(out, root, folder / "bench", VerifyOptions(), lambda _: None)
        targets = {side: stack.enter_context(started(bench, workload, side))[0] for side in ("monolith", "services")}
        for target in targets.values():
            ask(target.url, requests * 20)
        asker = client_ms(targets["monolith"].url)
        front = max(0.05, median_ms(targets["monolith"].url, "/") - asker)
        hop = median_ms(targets["services"].url, "/hop") - median_ms(targets["services"].url, "/")
        trace = trace_of(calls, unit_ms(build_rounds), unit_ms(predict_rounds))
        machine = Machine(
            cores=os.cpu_count() or 1,
            base_ms=max(0.01, hop),
            ms_per_byte=0.0,
            front_ms=front,
            client_ms=asker,
            variation=0.3,
        )
        for side, target in targets.items():
            (demand,) = entry_demands(trace, BLUEPRINT, ["app:main"], split=side == "services")
            work = demand_by_service(demand.step, base_ms=machine.base_ms, ms_per_byte=0.0)
            work[demand.step.service] += front
            work["client"] = asker
            limit, bottleneck = capacity_per_s({**work, "cores": sum(work.values())}, {"cores": machine.cores})
            real = statistics.median(
                saturate(target.url, requests, users=8, seconds=seconds / 2)[0] for _ in range(runs)
            )
            rows.append(row(name, side, 0.0, "capacity", limit, real) | {"bottleneck": bottleneck})
            for fraction in LOADS:
                rate = limit * fraction
                times = simulate([demand], machine, Load(rates_per_s={"app:main": rate}, seconds=200), seed=1)[
                    "app:main"
                ]
                said = quantiles(times)
                answers = [offer(target.url, requests, rate_per_s=rate, seconds=seconds, seed=n) for n in range(runs)]
                found = figures("app:main", side, rate, answers)
                rows.append(row(name, side, rate, "p50", said[0.5], found.p50_ms.value))
                rows.append(row(name, side, rate, "p95", said[0.95], found.p95_ms.value))
    return rows


def median_ms(url: str, path: str) -> float:
    """Return the median time of one request at a time."""
    return statistics.median(answer.latency_ms for answer, _ in ask(url, (Request(entry=path, path=path),) * 60))


def client_ms(url: str) -> float:
    """Return the processor time that the load generator itself spends on one request."""
    request = (Request(entry="/", path="/"),)
    offer(url, request, rate_per_s=100, seconds=0.5)
    begin = time.process_time()
    answers = offer(url, request, rate_per_s=100, seconds=2.0)
    return (time.process_time() - begin) * 1000 / len(answers)


def row(system: str, side: str, rate: float, what: str, predicted: float, measured: float) -> dict[str, object]:
    """Return one line of the table."""
    error = abs(predicted - measured) / measured if measured else math.inf
    return {
        "system": system, "side": side, "rate_per_s": round(rate, 1), "figure": what,
        "predicted": round(predicted, 2), "measured": round(measured, 2), "error": round(error, 3),
    }  # fmt: skip


def main() -> None:
    """Run the systems and print table and median errors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows: list[dict[str, object]] = []
    for name in SYSTEMS:
        with tempfile.TemporaryDirectory() as folder:
            found = run(name, Path(folder), options.seconds, options.runs)
        rows += found
        for one in found:
            print("  ".join(f"{key}={value}" for key, value in one.items()), flush=True)
    for what in ("p50", "p95", "capacity"):
        errors = [float(str(one["error"])) for one in rows if one["figure"] == what]
        print(f"{what}: median error {statistics.median(errors):.0%} over {len(errors)} cases, worst {max(errors):.0%}")
    print("load average:", os.getloadavg())
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
