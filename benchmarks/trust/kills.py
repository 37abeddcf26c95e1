"""Each service is killed in turn during acknowledged work: is anything lost, does anything act twice (R14)?

    python benchmarks/trust/kills.py [--kills 100] [--requests 100000] [--clients 8] [--seed 1]

A small monolith is taken apart into a service that commits rows (`ledger`), one that calls it (`orders`) and one that runs
jobs (`batch`). Clients place orders, each with a key of its own, and repeat a call whose answer was lost under its key until
it is answered, or refused because the process that got it is gone. Every 200 is written down as acknowledged. Services die
by SIGKILL at random moments and are started again. At the end each acknowledged key must stand in the ledger once, and no
key twice; each job that was accepted (202) must have come to its end.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import random
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "chaos"))

from shop import Shop, token

RESTED_S = 0.4
"""How long all services run between two kills, at least."""


class Client(threading.Thread):
    """Places orders until told to stop; remembers which were acknowledged.

    Args:
        shop: The services.
        name: Beginning of its keys.
        over: Says when to stop.
    """

    def __init__(self, shop: Shop, name: str, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.shop, self.over, self.prefix = shop, over, name
        self.acknowledged: list[str] = []
        self.answers: Counter[str] = Counter()
        self._line: http.client.HTTPConnection | None = None

    def run(self) -> None:
        """Place orders."""
        number = 0
        while not self.over.is_set():
            number += 1
            key = f"{self.prefix}-{number}"
            if self._place(key):
                self.acknowledged.append(key)

    def _place(self, key: str) -> bool:
        """Return whether an order was acknowledged."""
        instance = ""
        for _ in range(200):
            try:
                status = self._post(key, instance)
            except (OSError, http.client.HTTPException):
                if self._line is not None:
                    self._line.close()
                self._line = None
                instance = instance or "unknown"
                time.sleep(0.02)
                continue
            self.answers[str(status)] += 1
            if status == 503:
                time.sleep(0.05)
                continue
            return status == 200
        return False

    def _post(self, key: str, instance: str) -> int:
        if self._line is None:
            self._line = http.client.HTTPConnection("127.0.0.1", self.shop.ports["orders"], timeout=60)
            self._line.connect()
        sent = {
            "Content-Type": "application/json", "Authorization": f"Bearer {token('orders')}", "Idempotency-Key": key,
            "X-Session": self.prefix, **({"X-Instance": instance} if instance else {}),
        }  # fmt: skip
        self._line.request("POST", "/operations/order", json.dumps({"arguments": {"key": key, "amount": 1}}), sent)
        answer = self._line.getresponse()
        answer.read()
        return answer.status


class Jobs(threading.Thread):
    """Starts a job now and then, over HTTP; remembers which were accepted."""

    def __init__(self, shop: Shop, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.shop, self.over = shop, over
        self.accepted: list[str] = []

    def run(self) -> None:
        """Start jobs."""
        number = 0
        while not self.over.is_set():
            number += 1
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, body, _ = self.shop.post("batch", "/runs", json.dumps({"key": f"job {number}"}))
                if status == 202:
                    self.accepted.append(json.loads(body)["id"])
            self.over.wait(5)

    def unfinished(self, patience_s: float) -> list[str]:
        """Return the accepted jobs that do not come to their end."""
        until, left = time.monotonic() + patience_s, list(self.accepted)
        while left and time.monotonic() < until:
            time.sleep(0.5)
            left = [run for run in left if self._status(run) != "done"]
        return left

    def _status(self, run: str) -> str:
        path = self.shop.work / ".services" / "runs" / "batch" / run / "run.json"
        return str(json.loads(path.read_bytes())["status"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = trial(Path(folder), options.kills, options.requests, options.clients, options.seed)
    print(json.dumps(found, indent=2))
    return int(bool(found["lost"] or found["twice"] or found["jobs unfinished"]))


def trial(folder: Path, kills: int, requests: int, clients: int, seed: int) -> dict[str, object]:
    """Return what a run of kills and requests left behind."""
    chance = random.Random(seed)
    over = threading.Event()
    with Shop(folder) as shop:
        shop.start("ledger")
        shop.start("orders", "batch")
        workers = [Client(shop, f"c{number}", over) for number in range(clients)]
        jobs = Jobs(shop, over)
        begin = time.monotonic()
        for each in (*workers, jobs):
            each.start()
        killed: Counter[str] = Counter()
        slowest = 0.0
        while killed.total() < kills or sum(len(w.acknowledged) for w in workers) < requests:
            if killed.total() < kills:
                victim = ("ledger", "orders", "batch")[killed.total() % 3]
                rest = requests / max(kills, 1) / 250
                time.sleep(RESTED_S + chance.uniform(0, 2 * rest))
                shop.kill(victim)
                killed[victim] += 1
                down = time.monotonic()
                shop.start(victim)
                slowest = max(slowest, time.monotonic() - down)
            else:
                time.sleep(0.2)
        over.set()
        for worker in workers:
            worker.join(90)
        unfinished = jobs.unfinished(60)
        with contextlib.closing(sqlite3.connect(shop.work / "ledger.db")) as base:
            effects = Counter(key for (key,) in base.execute("SELECT key FROM entries"))
    acknowledged = [key for worker in workers for key in worker.acknowledged]
    return {
        "kills": dict(killed), "acknowledged": len(acknowledged), "seconds": round(time.monotonic() - begin),
        "lost": sum(effects[key] == 0 for key in acknowledged),
        "twice": sum(count > 1 for count in effects.values()),
        "done but not acknowledged": len(effects.keys() - set(acknowledged)),
        "answers": dict(sum((worker.answers for worker in workers), Counter())),
        "slowest start s": round(slowest, 1),
        "jobs accepted": len(jobs.accepted), "jobs unfinished": len(unfinished),
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
