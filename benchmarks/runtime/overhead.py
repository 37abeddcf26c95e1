"""CPU of a generated call beside hand-written FastAPI with the same client, paired; and of the codec alone.

Run: `python benchmarks/runtime/overhead.py [--rounds 5] [--calls 2000]`. The figures are process CPU of client plus
server, medians over rounds in which the two take turns, so that a busy machine disturbs both alike.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = ROOT / "templates" / "packages" / "runtime" / "src"

PLAIN = """
import os, sys
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

class Request(BaseModel):
    a: int
    b: float
    name: str
    values: list[int]

class Reply(BaseModel):
    total: float
    label: str

app = FastAPI()

@app.post("/operations/work", response_model=Reply)
def work(request: Request) -> Reply:
    return Reply(total=request.a * request.b + sum(request.values), label=request.name)

uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False, timeout_keep_alive=75)
"""
GENERATED = """
import sys
from pathlib import Path
from service_runtime.messages import Message
from service_runtime.operations import Operation
from service_runtime.schema import LISTED, Arguments, Float, Int, Reply, Text
from service_runtime.serve import serve
from service_runtime.service import Service
from typing import Annotated, Any

class WorkArguments(Arguments):
    a: Int
    b: Float
    name: Text
    values: Annotated[list[Int], LISTED]

class WorkReply(Reply):
    result: Any

port = sys.argv[1]
sys.argv[1:] = ["--port", port, "--workdir", "."]
operations = (Operation(name="work", symbol="work:work", callers=("client",)),)
messages = {"work:work": Message(WorkArguments, WorkReply, ("a", "b", "name", "values"))}
modules = {"work": "work.py"}
serve(Service("one", Path("."), modules, operations, messages=messages, preload=("work",)))
"""
WORK = """
def work(a, b, name, values):
    return {"total": a * b + sum(values), "label": name}
"""


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=2000)
    options = parser.parse_args()
    os.environ["SERVICE_TOKEN_SECRET"] = "a secret for a benchmark"
    sys.path.insert(0, str(RUNTIME))
    with tempfile.TemporaryDirectory() as folder:
        plain, generated = _start(folder, "plain.py", PLAIN), _start(folder, "generated.py", GENERATED, WORK)
        try:
            _small(plain, generated, options.rounds, options.calls)
        finally:
            for process, _ in (plain, generated):
                process.terminate()
    _codec()


def _small(
    plain: tuple[subprocess.Popen[bytes], int], generated: tuple[subprocess.Popen[bytes], int], rounds: int, calls: int
) -> None:
    from service_runtime.client import Client
    from service_runtime.transport import HttpTransport

    arguments = {"a": 2, "b": 1.5, "name": "x", "values": [1, 2, 3]}
    transport = HttpTransport(f"http://127.0.0.1:{plain[1]}")
    body = json.dumps(arguments).encode()

    def by_hand() -> None:
        answer = transport.send("/operations/work", {"Content-Type": "application/json"}, [body], 10.0)
        assert json.loads(answer.read())["total"] == 9.0

    client = Client("one", HttpTransport(f"http://127.0.0.1:{generated[1]}"))

    def by_facade() -> None:
        assert client.call("work", arguments)["total"] == 9.0

    ratios, costs = [], ([], [])
    for function in (by_hand, by_facade):
        _cost(function, 200, 0)
    for _ in range(rounds):
        first, second = _cost(by_hand, calls, plain[0].pid), _cost(by_facade, calls, generated[0].pid)
        ratios.append(second / first)
        costs[0].append(first)
        costs[1].append(second)
    print(f"small call, hand-written FastAPI   {statistics.median(costs[0]):8.3f} ms CPU (client + server)")
    print(f"small call, generated              {statistics.median(costs[1]):8.3f} ms CPU (client + server)")
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    print(f"ratio, median of paired rounds     {statistics.median(ratios):8.2f} x  (spread {spread})")


def _codec() -> None:
    import numpy as np
    import pandas as pd
    from service_runtime.values import Decoder, Encoder
    from service_runtime.wire import pack, unpack

    rows = 100_000
    columns: dict[str, object] = {f"f{i}": np.random.default_rng(i).random(rows) for i in range(8)}
    frame = pd.DataFrame(columns | {"i": np.arange(rows), "s": [f"name{i % 1000}" for i in range(rows)]})
    frame["d"] = pd.date_range("2020", periods=rows, freq="s")
    for name, value in (("100k x 11 frame", frame), ("10 MB array", np.random.default_rng(1).random(1_250_000))):

        def encode(value: object = value) -> tuple[str, bytes]:
            encoder = Encoder()
            content_type, chunks = pack(encoder.encode(value), encoder.parts)
            return content_type, b"".join(chunks)

        content_type, body = encode()

        def decode(content_type: str = content_type, body: bytes = body) -> object:
            message, parts = unpack(content_type, body)
            return Decoder(parts).decode(message)

        print(f"{name:<34} {_best(encode):8.2f} ms encode, {_best(decode):.2f} ms decode, CPU")


def _best(function: Callable[[], object]) -> float:
    times = []
    for _ in range(9):
        started = time.process_time()
        function()
        times.append(time.process_time() - started)
    return min(times) * 1000


def _cost(function: Callable[[], None], calls: int, pid: int) -> float:
    """Return client plus server CPU for one call, in milliseconds."""
    server, client = _cpu(pid), time.process_time()
    for _ in range(calls):
        function()
    return (time.process_time() - client + _cpu(pid) - server) / calls * 1000


def _cpu(pid: int) -> float:
    if not pid:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _start(folder: str, name: str, program: str, work: str = "") -> tuple[subprocess.Popen[bytes], int]:
    (Path(folder) / name).write_text(program)
    if work:
        (Path(folder) / "work.py").write_text(work)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {**os.environ, "PYTHONPATH": str(RUNTIME)}
    process = subprocess.Popen(
        [sys.executable, name, str(port)], cwd=folder, env=environment, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(0.5)
                return process, port
        time.sleep(0.1)
    raise RuntimeError(f"{name} did not start")


if __name__ == "__main__":
    main()
