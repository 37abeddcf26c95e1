"""What this machine charges for a request and for a call between services, as processor time; runs nothing of the system.

The price of a hop is measured on the runtime that the workspace carries, the price of the front on the web framework
that the monolith uses. Processor time is what queues are made of, and it hardly minds what else the machine does.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from decompose.errors import LaunchError
from decompose.parity.load import Request, ask
from decompose.parity.prices import Prices
from decompose.parity.probe.price import PAUSES_S
from decompose.parity.sandbox import PROBE, child_environment, install_probe
from decompose.parity.serve import serve

_SECRET = {"SERVICE_TOKEN_SECRET": "price-of-a-hop-is-no-secret", "SERVICE_OPEN": "1", "SERVICE_NAME": "client"}
_REQUESTS = 80
_FILE = "prices.json"
_MOST_WIRE_MS = 0.5
"""What goes beyond is somebody else's turn on the processor, not the wire."""


def calibrate(
    out: Path, *, python: Path, folder: Path, framework: str = "fastapi", cache: Path | None = None
) -> Prices:
    """Return the prices on this machine; remembered in `cache`, `prices.json`, until that is deleted.

    Args:
        out: Generated workspace, for the runtime that it carries.
        python: Interpreter of the user's environment.
        folder: An empty folder to work in.
        framework: `fastapi` or `flask`: what the monolith serves with.
        cache: Folder in which the prices are remembered.

    Raises:
        LaunchError: If the runtime or the framework does not come up in the user's environment.
    """
    file = cache / _FILE if cache is not None else None
    if file is not None and file.is_file():
        try:
            return msgspec.json.decode(file.read_bytes(), type=Prices)
        except (OSError, msgspec.MsgspecError):
            pass  # a damaged memory is measured anew
    runtime = out.resolve() / "packages" / "runtime" / "src"
    probe = install_probe(folder / "price-probe")
    environment = child_environment(_SECRET, python_path=[probe, runtime])
    with _served(["echo", "{port}"], python, folder, environment, ready_path="/readyz") as url:
        told = json.loads(_run(["call", url], python, environment))
    with _served(["front", framework, "{port}"], python, folder, environment) as url:
        front = front_prices(url)
        cold_fronts = [front_prices(url, pause_s=pause) for pause in PAUSES_S]
    found = fitted(
        told["rows"],
        [(pause, rows, cold) for pause, rows, cold in zip(PAUSES_S, told["cold"], cold_fronts, strict=True)],
        front=front,
        crowding=_crowding(python, environment, told["cores"]),
    )
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(msgspec.json.encode(found))
    return found


class Front(NamedTuple):
    """Price of a request, in milliseconds."""

    server_ms: float
    client_ms: float
    wire_ms: float


def fitted(
    rows: Sequence[Sequence[float]],
    cold: Sequence[tuple[float, Sequence[Sequence[float]], Front]],
    *,
    front: Front,
    crowding: float,
) -> Prices:
    """Return the prices that measured batches stand for.

    Args:
        rows: Bytes, caller's ms, callee's ms, elapsed ms, a row a batch of calls.
        cold: Pause in seconds, rows of the smallest size with that pause between the calls, the front's price with it.
        front: Price of a request to the web framework.
        crowding: Slowdown of a core while the others work.
    """
    smallest, largest = min(row[0] for row in rows), max(row[0] for row in rows)

    def level(column: int, size: float) -> float:
        return statistics.median(row[column] for row in rows if row[0] == size)

    def slope(column: int) -> float:
        return max(0.0, (level(column, largest) - level(column, smallest)) / (largest - smallest))

    hot_ms = level(1, smallest) + level(2, smallest) + front.server_ms + front.client_ms
    points, dearest = [], 1.0
    for pause_s, paused, slow in cold:
        cold_ms = statistics.median(row[1] + row[2] for row in paused) + slow.server_ms + slow.client_ms
        dearest = max(dearest, cold_ms / hot_ms)
        points.append((1000 * pause_s, round(dearest, 3)))
    waits = [row[3] - row[1] - row[2] for row in rows if row[0] == smallest]
    return Prices(
        caller_ms=round(level(1, smallest), 4),
        callee_ms=round(level(2, smallest), 4),
        caller_ms_per_byte=float(f"{slope(1):.3g}"),
        callee_ms_per_byte=float(f"{slope(2):.3g}"),
        wire_ms=round(min(max(0.0, statistics.median(waits)), _MOST_WIRE_MS), 4),
        front_ms=round(front.server_ms, 4),
        front_wire_ms=round(min(max(0.0, front.wire_ms), _MOST_WIRE_MS), 4),
        client_ms=round(front.client_ms, 4),
        crowding=round(crowding, 3),
        cold=tuple(points),
        samples=len(rows),
    )


def front_prices(url: str, *, pause_s: float = 0.0) -> Front:
    """Return what one request to an empty page costs server and client, medians of some batches."""
    requests = (Request(entry="front", path="/"),) * (_REQUESTS if pause_s <= PAUSES_S[0] else _REQUESTS // 4)
    ask(url, requests)
    found = []
    for _ in range(3):
        own = time.process_time()
        answers = ask(url, requests, pause_s=pause_s)
        client = 1000 * (time.process_time() - own) / len(requests)
        server = 1000 * (float(answers[-1][1]) - float(answers[0][1])) / (len(requests) - 1)
        elapsed = statistics.median(answer.latency_ms for answer, _ in answers)
        found.append(Front(server, client, elapsed - server - client))
    return Front(*(statistics.median(column) for column in zip(*found, strict=True)))


def _crowding(python: Path, environment: Mapping[str, str], paired: float) -> float:
    """Return by how much work slows down while every core works.

    Args:
        python: Interpreter of the user's environment.
        environment: Of the child processes.
        paired: Processors' worth of work that two processes get done that call each other. Where two loops that do not
            wait for each other get more, the kernel leaves cores idle though there is work.
    """
    command = _command(["burn", "0.3"], python)

    def burnt(count: int) -> list[dict[str, float]]:
        started = [
            subprocess.Popen(command, env=dict(environment), stdout=subprocess.PIPE, text=True) for _ in range(count)
        ]
        return [json.loads(process.communicate()[0]) for process in started]

    cores = os.cpu_count() or 1
    alone = max(burnt(1)[0]["speed"] for _ in range(3))
    runs = [burnt(cores) for _ in range(3)]
    together = statistics.median(one["speed"] for run in runs for one in run)
    free = max(sum(sorted((one["share"] for one in run), reverse=True)[:2]) for run in runs)
    return max(1.0, alone / together) * max(1.0, free / paired)


@contextmanager
def _served(
    arguments: list[str], python: Path, folder: Path, environment: Mapping[str, str], *, ready_path: str = "/"
) -> Iterator[str]:
    command = ("python", "-m", f"{PROBE}.price", *arguments)
    with serve(folder, command, python=python, environment=environment, ready_path=ready_path) as served:
        yield served.url


def _run(arguments: list[str], python: Path, environment: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(
            _command(arguments, python), env=dict(environment), capture_output=True, text=True, timeout=120, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise LaunchError(f"the price of a hop cannot be measured: {error}") from error
    return done.stdout.splitlines()[-1]


def _command(arguments: Iterable[str], python: Path) -> list[str]:
    return [str(python), "-m", f"{PROBE}.price", *arguments]
