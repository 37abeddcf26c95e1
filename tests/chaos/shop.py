"""A small monolith taken apart into services that each run, die and come back on their own."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from decompose import api
from decompose.ir.plan import Plan, ServicePlan

SECRET = "a secret that only these tests know"
SOURCES = {
    "ledger.py": '''
import sqlite3
import time

PATH = "ledger.db"


def _open():
    connection = sqlite3.connect(PATH, timeout=30)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS entries (key TEXT, amount INTEGER)")
    return connection


def record(key, amount):
    connection = _open()
    with connection:
        connection.execute("INSERT INTO entries VALUES (?, ?)", (key, amount))
    connection.close()
    return amount


def slow(seconds):
    time.sleep(seconds)
    return seconds


def big(size):
    return "x" * size


def spill(path, size):
    with open(path, "wb") as stream:
        stream.write(b"x" * size)
    return size
''',
    "orders.py": '''
from ledger import big, record, slow, spill


def order(key, amount):
    return record(key, 2 * amount)


def wait(seconds):
    return slow(seconds)


def fetch(size):
    return len(big(size))


def keep(path, size):
    return spill(path, size)


def quick(x):
    return x + 1
''',
    "web.py": '''
from fastapi import FastAPI
from orders import order

app = FastAPI()


@app.post("/order")
def make(row: dict):
    return {"amount": order(row["key"], row["amount"])}


@app.post("/anything")
def anything(body: dict):
    return {"keys": len(body)}
''',
    "batch.py": '''
import sys
import time


def main():
    with open("batch.txt", "a") as stream:
        stream.write("begun\\n")
    time.sleep(3)
    with open("batch.txt", "a") as stream:
        stream.write("ended\\n")


if __name__ == "__main__":
    main()
''',
}  # fmt: skip
KINDS = {"ledger": "service", "orders": "service", "web": "gateway", "batch": "job"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def token(service: str) -> str:
    """Return a token with which `client` may call a service for the next minutes."""
    claims = f"client~{service}~{int(time.time()) + 280}"
    return f"{claims}~{hmac.new(SECRET.encode(), claims.encode(), hashlib.sha256).hexdigest()}"


class Shop:
    """The generated services in a folder; `start` and `kill` each of them.

    Args:
        folder: Where monolith, workspace and working directory are made.
    """

    def __init__(self, folder: Path) -> None:
        monolith, self.out, self.work = folder / "shop", folder / "out", folder / "work"
        for made in (monolith, self.work):
            made.mkdir(parents=True)
        for path, text in SOURCES.items():
            (monolith / path).write_text(text)
        services = tuple(ServicePlan(name=name, kind=kind, members=(f"{name}:*",)) for name, kind in KINDS.items())
        graph = api.analyze(monolith, cache=False)
        api.write_tree(api.generate(Plan(system="shop", services=services), graph, root=monolith), self.out)
        described = json.loads((self.out / "system.json").read_text())["services"]
        self.apps = {service["name"]: service["app"] for service in described}
        self.prefix = {service["name"]: service["probes"] for service in described}
        self.ports = {name: free_port() for name in self.apps}
        self.addresses = {name: f"http://127.0.0.1:{port}{self.prefix[name]}" for name, port in self.ports.items()}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.log = (folder / "log.txt").open("ab")

    def __enter__(self) -> Shop:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.running.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGCONT)
            process.kill()
            process.wait()
        self.log.close()

    def start(self, *names: str, port: int = 0, wait_s: float = 60, **environment: str) -> subprocess.Popen[bytes]:
        """Start services and wait until they are ready; return the last one's process."""
        begun = [(name, self._begin(name, port or self.ports[name], environment)) for name in names]
        for name, process in begun:
            self.running[f"{name}:{port}" if port else name] = process
            self.await_ready(name, process, port or self.ports[name], wait_s)
        return begun[-1][1]

    def _begin(self, name: str, port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        urls = {f"SERVICE_URL_{other.upper()}": url for other, url in self.addresses.items()}
        path = os.pathsep.join(str(p) for p in sorted((self.out / "packages").glob("*/src")))
        own = {"PYTHONPATH": path, "SERVICE_TOKEN_SECRET": SECRET, "SERVICE_OPEN": "1", "SERVICE_NAME": name}
        command = [sys.executable, "-P", str(self.out / self.apps[name]), "--port", str(port)]
        return subprocess.Popen(
            [*command, "--workdir", str(self.work)], cwd=self.work, env=os.environ | urls | own | environment,
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True,
        )  # fmt: skip

    def await_ready(self, name: str, process: subprocess.Popen[bytes], port: int, wait_s: float = 60) -> None:
        until = time.monotonic() + wait_s
        while time.monotonic() < until and process.poll() is None:
            url = f"http://127.0.0.1:{port}{self.prefix[name]}/readyz"
            with contextlib.suppress(OSError, urllib.error.URLError), urllib.request.urlopen(url, timeout=2):
                return
            time.sleep(0.05)
        raise AssertionError(f"{name} is not ready: {Path(self.log.name).read_text()[-3000:]}")

    def kill(self, name: str) -> None:
        """Kill a service (SIGKILL) and wait until it is gone."""
        self.running[name].kill()
        self.running[name].wait()

    def ask(
        self,
        service: str,
        operation: str,
        timeout_s: float = 15,
        headers: dict[str, str] | None = None,
        **arguments: Any,
    ) -> tuple[int, Any]:
        """Return status and answer of one call by the operator."""
        body = json.dumps({"arguments": arguments}).encode()
        status, content, sent = self.post(service, f"/operations/{operation}", body, headers, timeout_s)
        return status, json.loads(content) if "json" in sent.get("content-type", "") else content.decode()

    def post(
        self, service: str, path: str, body: Any, headers: dict[str, str] | None = None, timeout_s: float = 15
    ) -> tuple[int, bytes, dict[str, str]]:
        """Return status, body and headers of the answer to one message with a good token."""
        sent = {"Content-Type": "application/json", "Authorization": f"Bearer {token(service)}"} | (headers or {})
        line = http.client.HTTPConnection("127.0.0.1", self.ports[service], timeout=timeout_s)
        try:
            line.request("POST", self.prefix[service] + path, body, sent)
            answer = line.getresponse()
            return answer.status, answer.read(), {k.lower(): v for k, v in answer.getheaders()}
        finally:
            line.close()

    def resident_mb(self, name: str) -> float:
        """Return the memory that a service's process has ever held at once since the last reset, in MB."""
        status = Path(f"/proc/{self.running[name].pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024

    def forget_peak(self, name: str) -> None:
        """Begin to count `resident_mb` anew."""
        Path(f"/proc/{self.running[name].pid}/clear_refs").write_text("5")
