"""What a call over the wire costs on this machine: measured once over loopback HTTP, then remembered."""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from decompose.ir.evidence import HopCost

SIZES = (100, 10_000, 100_000, 1_000_000)
"""Bytes of the request; the reply is as long."""
ROUNDS = 30
SECONDS = 5.0
"""Upper bound of a measurement."""
FILE = "hop.json"
_SERVER = """
import http.server, socket
class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *arguments):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Echo)
print(server.server_port, flush=True)
server.serve_forever()
"""


def calibrate(cache_dir: Path | None = None) -> HopCost:
    """Return the cost of a call over loopback HTTP, `base_ms + bytes * ms_per_byte`, fitted to medians.

    Another process answers, over one kept connection, as services on one host do. A remembered measurement is
    returned as it is; delete `hop.json` to measure again. Where no socket can be had, the documented defaults come back
    with `samples` 0.

    Args:
        cache_dir: Where the measurement is remembered; nowhere by default.
    """
    file = cache_dir / FILE if cache_dir is not None else None
    if file is not None and file.is_file():
        try:
            return msgspec.json.decode(file.read_bytes(), type=HopCost)
        except (OSError, msgspec.MsgspecError):
            pass  # a damaged memory is measured anew
    try:
        cost = _measure()
    except (OSError, http.client.HTTPException, ValueError):
        return HopCost()
    if file is not None:
        _remember(file, cost)
    return cost


def fit_line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return intercept and slope of the line through (bytes, milliseconds), least relative squares; neither negative.

    Each point weighs by 1 / milliseconds squared, so that the small messages, of which there are most, are met as well
    as the large.
    """
    weights = [1 / max(ms, 1e-6) ** 2 for _, ms in points]
    total = sum(weights)
    mean_x = sum(w * x for w, (x, _) in zip(weights, points, strict=True)) / total
    mean_y = sum(w * y for w, (_, y) in zip(weights, points, strict=True)) / total
    spread = sum(w * (x - mean_x) ** 2 for w, (x, _) in zip(weights, points, strict=True))
    joint = sum(w * (x - mean_x) * (y - mean_y) for w, (x, y) in zip(weights, points, strict=True))
    slope = max(0.0, joint / spread) if spread else 0.0
    return max(0.0, mean_y - slope * mean_x), slope


def _measure() -> HopCost:
    """Return the cost as measured against an echo server in another process."""
    server = subprocess.Popen([sys.executable, "-c", _SERVER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert server.stdout is not None
        connection = http.client.HTTPConnection("127.0.0.1", int(server.stdout.readline()), timeout=SECONDS)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        points, samples, end = [], 0, time.perf_counter() + SECONDS
        for size in SIZES:
            times = _round_trips(connection, size, end)
            samples += len(times)
            points.append((2.0 * size, 1000 * statistics.median(times)))
        connection.close()
    finally:
        server.kill()
        server.wait()
    base, slope = fit_line(points)
    return HopCost(base_ms=round(base, 4), ms_per_byte=float(f"{slope:.3g}"), samples=samples)


def _round_trips(connection: http.client.HTTPConnection, size: int, end: float) -> list[float]:
    """Return the seconds of some round trips of one size, at least three, the first two left out."""
    body, times = b"x" * size, []
    for number in range(ROUNDS):
        begin = time.perf_counter()
        connection.request("POST", "/", body)
        connection.getresponse().read()
        if number > 1:
            times.append(time.perf_counter() - begin)
        if len(times) > 2 and time.perf_counter() > end:
            break
    return times


def _remember(file: Path, cost: HopCost) -> None:
    """Write a measurement so that the file is old or new; a place that cannot be written is no trouble."""
    temporary = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(msgspec.json.encode(cost))
        temporary.replace(file)
    except OSError:
        temporary.unlink(missing_ok=True)
