"""Rolls the served model forward and back under load: how many requests fail, or get parts of two versions.

    python benchmarks/operate/rolls.py WORKSPACE MONOLITH [--rolls 20] [--clients 4]

WORKSPACE is generated from MONOLITH, which is examples/churn or has its routes. Two models are trained with different
settings; then one is put into place of the other, over and over, while clients ask for predictions. An answer is mixed when
its version and its probability do not belong together.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

SET = "artifacts/registry"
PORTS = {"SERVICE_ANY_PORT": "1"}
CUSTOMER = {"customer_id": 7, "plan": "basic", "tenure_days": 90, "tickets": 4, "usage_trend": -0.4}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("monolith", type=Path)
    parser.add_argument("--rolls", type=int, default=20)
    parser.add_argument("--clients", type=int, default=4)
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="rolls-")) / "work"
    shutil.copytree(options.monolith, work)
    run(options.workspace, "pipeline", work)
    settings = work / "config" / "churn.yaml"
    text = (
        settings.read_text()
        .replace("[logistic, forest, boosting]", "[forest]")
        .replace("min_gain: 0.0", "min_gain: -1")
    )
    settings.write_text(text)
    run(options.workspace, "pipeline", work, "--fresh")
    with Up(options.workspace, work) as url:
        result = measure(options.workspace, work, url, options)
    shutil.rmtree(work.parent)
    print(json.dumps(result, indent=2))
    return int(bool(result["failed"] or result["mixed"]))


def run(workspace: Path, command: str, work: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, str(workspace / "run.py"), *command.split(), "--workdir", str(work), *words],
        capture_output=True, text=True, check=False, env={**os.environ, **PORTS},
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return done.stdout


class Up:
    """The services, for as long as the block lasts."""

    def __init__(self, workspace: Path, work: Path) -> None:
        self.ready = work.parent / "ready.json"
        command = [
            sys.executable,
            str(workspace / "run.py"),
            "up",
            "--workdir",
            str(work),
            "--ready-file",
            str(self.ready),
        ]
        self.log = (work.parent / "up.log").open("wb")
        self.process = subprocess.Popen(command, stderr=self.log, env={**os.environ, **PORTS})

    def __enter__(self) -> str:
        while not self.ready.exists():
            if self.process.poll() is not None:
                raise SystemExit(Path(self.log.name).read_text()[-3000:])
            time.sleep(0.1)
        return str(json.loads(self.ready.read_text())["services"]["inference"]["url"]).removesuffix("/_service")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()


def ask(url: str, content: object) -> dict[str, object]:
    request = urllib.request.Request(url, json.dumps(content).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())  # type: ignore[no-any-return]


def measure(workspace: Path, work: Path, url: str, options: argparse.Namespace) -> dict[str, object]:
    expected: dict[object, object] = {}
    versions = {}
    for number in (1, 2):
        ask(f"{url}/models/{number}/promote?force=true", {})
        time.sleep(2)
        answer = ask(f"{url}/predict", CUSTOMER)
        expected[answer["version"]] = answer["probability"]
        listed = run(workspace, "models list", work, SET)
        versions[number] = next(line.split()[1] for line in listed.splitlines() if line.startswith(" *"))
    if len(set(expected.values())) < 2:
        raise SystemExit(f"the two versions answer alike, so that a mixed answer would not show: {expected}")
    seen: list[tuple[bool, object, object, float]] = []
    over = threading.Event()

    def client() -> None:
        while not over.is_set():
            begin = time.perf_counter()
            try:
                answer = ask(f"{url}/predict", CUSTOMER)
                seen.append((True, answer["version"], answer["probability"], time.perf_counter() - begin))
            except Exception as error:
                seen.append((False, type(error).__name__, str(error), time.perf_counter() - begin))

    clients = [threading.Thread(target=client) for _ in range(options.clients)]
    for thread in clients:
        thread.start()
    waits = []
    for turn in range(options.rolls):
        number = 1 + turn % 2
        begin = time.perf_counter()
        run(workspace, "models promote", work, SET, versions[number])
        while not any(ok and version == number for ok, version, _, _ in seen[-options.clients :]):
            if time.perf_counter() - begin > 60:
                raise SystemExit(f"version {number} is not served after a minute")
            time.sleep(0.05)
        waits.append(time.perf_counter() - begin)
    over.set()
    for thread in clients:
        thread.join()
    times = sorted(seconds for ok, _, _, seconds in seen if ok)
    return {
        "requests": len(seen),
        "failed": sum(not ok for ok, *_ in seen),
        "mixed": sum(ok and expected.get(version) != probability for ok, version, probability, _ in seen),
        "rolls": options.rolls,
        "expected": {str(version): probability for version, probability in expected.items()},
        "answers_by_version": {str(n): sum(ok and version == n for ok, version, *_ in seen) for n in (1, 2)},
        "seconds_until_served_median": round(statistics.median(waits), 2),
        "latency_ms_p50_p99_max": [round(1000 * times[int(q * (len(times) - 1))], 1) for q in (0.5, 0.99, 1)],
    }


if __name__ == "__main__":
    sys.exit(main())
