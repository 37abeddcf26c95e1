"""Figures of generated services under faults: rolling restarts, a frozen callee, more load than they can do, body bombs (R15 to R18).

    python benchmarks/trust/faults.py [--rolls 20]

The tests of `tests/chaos/` hold the same behaviour with a yes or no; this prints the numbers, as JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "chaos"))

from proxy import Proxy
from shop import Shop, free_port

BOMB = b'{"arguments": {"x": "' + b"x" * (200 << 20) + b'"}}'
DEEP = b'{"arguments": {"x": ' + b"[" * 20_000 + b"]" * 20_000 + b"}}"


def rolls(folder: Path, count: int) -> dict[str, Any]:
    """Return what calls got while services were replaced one by one (R15)."""
    with Shop(folder) as shop, Proxy(shop.ports["ledger"]) as ledgers, Proxy(shop.ports["orders"]) as orders:
        shop.start("ledger", SERVICE_DRAIN_S="5")
        shop.addresses["ledger"] = ledgers.url
        shop.start("orders", SERVICE_DRAIN_S="5")
        shop.ports["orders"] = orders.port
        current = {name: shop.running[name] for name in ("ledger", "orders")}
        over, seen, times = threading.Event(), Counter[str](), list[float]()

        def load(name: int) -> None:
            number = 0
            while not over.is_set():
                number += 1
                begin = time.monotonic()
                try:
                    seen[str(shop.ask("orders", "order", key=f"{name} {number}", amount=1)[0])] += 1
                except OSError as error:
                    seen[repr(error)] += 1
                times.append(time.monotonic() - begin)

        clients = [threading.Thread(target=load, args=(number,)) for number in range(4)]
        begin = time.monotonic()
        for client in clients:
            client.start()
        for turn in range(count):
            name, proxy = (("ledger", ledgers), ("orders", orders))[turn % 2]
            port = free_port()
            new = shop.start(name, port=port, SERVICE_DRAIN_S="5")
            proxy.target = port
            current[name].terminate()
            current[name].wait(60)
            current[name] = new
        over.set()
        for client in clients:
            client.join()
        seconds = time.monotonic() - begin
    times.sort()
    return {"restarts": count, "answers": dict(seen), "calls a second": round(len(times) / seconds),
            "p50 ms": round(1e3 * times[len(times) // 2], 1), "p99 ms": round(1e3 * times[int(len(times) * 0.99)], 1)}  # fmt: skip


def frozen(shop: Shop) -> dict[str, Any]:
    """Return how late callers of a frozen service answer, and how other routes fare meanwhile (R16)."""
    pid = shop.running["ledger"].pid

    def asked(operation: str, within_s: float, **arguments: Any) -> tuple[int, float]:
        begin = time.monotonic()
        status, _ = shop.ask("orders", operation, headers={"X-Deadline": f"{time.time() + within_s:.3f}"}, **arguments)
        return status, time.monotonic() - begin

    with ThreadPoolExecutor(24) as pool:
        calm = sum(f.result()[0] == 200 for f in [pool.submit(asked, "quick", 3, x=1) for _ in range(200)])
        os.kill(pid, signal.SIGSTOP)
        stuck = [pool.submit(asked, "wait", 2.0, seconds=0.0) for _ in range(16)]
        others = [pool.submit(asked, "quick", 3.0, x=1) for _ in range(200)]
        good = sum(f.result()[0] == 200 for f in others)
        late = [f.result()[1] - 2.0 for f in stuck]
        os.kill(pid, signal.SIGCONT)
    begin = time.monotonic()
    while asked("wait", 5.0, seconds=0.0)[0] != 200:
        time.sleep(0.05)
    return {"latest answer after its deadline ms": round(1e3 * max(late)), "other routes answered": f"{good} of 200 (before: {calm})",
            "recovered after s": round(time.monotonic() - begin, 2)}  # fmt: skip


def overrun(shop: Shop) -> dict[str, Any]:
    """Return the work done at the load that a service can do, and at several times that (R17)."""
    body, deadline = b'{"arguments": {"seconds": 0.1}}', 20

    def loaded(clients: int, seconds: float) -> tuple[Counter[int], float]:
        until, seen = time.monotonic() + seconds, Counter[int]()

        def client(number: int) -> None:
            while time.monotonic() < until:
                with contextlib.suppress(OSError):
                    status = shop.post("orders", "/operations/wait", body, {"X-Session": str(number)}, deadline)[0]
                    seen[status] += 1
                    if status == 503:
                        time.sleep(0.2)

        begin = time.monotonic()
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(client, range(clients)))
        return seen, time.monotonic() - begin

    loaded(8, 2)
    shop.forget_peak("orders")
    before = shop.resident_mb("orders")
    found = {}
    for clients in (16, 32, 160, 320):
        seen, seconds = loaded(clients, 8)
        found[f"{clients} clients"] = {
            "good a second": round(seen[200] / seconds, 1),
            "answers": {str(k): v for k, v in seen.items()},
        }
    return {**found, "memory MB": [round(before), round(shop.resident_mb("orders"))]}


def bombs(shop: Shop) -> dict[str, Any]:
    """Return status and memory of messages that are too large or too deep (R18)."""
    found = {}
    for name, body in (("200 MiB", BOMB), ("200 MiB, unannounced", None), ("20,000 deep", DEEP)):
        shop.forget_peak("orders")
        before = shop.resident_mb("orders")
        pieces: Any = body if body is not None else (BOMB[at : at + 1_000_000] for at in range(0, len(BOMB), 1_000_000))
        try:
            status: Any = shop.post("orders", "/operations/quick", pieces)[0]
        except OSError as error:
            status = f"hung up ({type(error).__name__})"
        found[name] = {"status": status, "memory grew by MB": round(shop.resident_mb("orders") - before, 1)}
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rolls", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with Shop(Path(folder, "one")) as shop:
            shop.start("ledger")
            shop.start("orders")
            shown = {"R18": bombs(shop), "R16": frozen(shop), "R17": overrun(shop)}
        shown["R15"] = rolls(Path(folder, "two"), options.rolls)
    print(json.dumps(shown, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
