"""What the tracer costs on `examples/churn`: `python benchmarks/boundaries/trace_overhead.py [PYTHON3.12]`.

A script (all stages), pytest (the tests of two modules) and uvicorn (requests to a trained model) run plain and under `decompose trace`
in turn; prints the ratio of processor time, medians of REPEATS. Under 3.12 and later `sys.monitoring` counts; for such an interpreter,
which need not have the example's libraries, a made-up program of calls runs instead.
"""

from __future__ import annotations

import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from decompose.evidence.trace import traced_command

EXAMPLE = Path(__file__).parents[2] / "examples" / "churn"
REPEATS = 3
REQUESTS = 150
SERVE = """
import sys, uvicorn
from churn.config import load_config
from churn.serving.app import create_app
uvicorn.run(create_app(load_config(None, sys.argv[1])), port=int(sys.argv[2]), log_level="error")
"""
CALLS = """
import json
def parse(row): return json.loads(row)
def clean(row): return {k: v for k, v in row.items() if v is not None}
def score(row): return sum(sorted(len(str(v)) * i for i, v in enumerate(row.values())))
def work(rows): return [score(clean(parse(row))) for row in rows]
rows = [json.dumps({f"c{i}": None if i % 7 == n % 7 else i * n for i in range(40)}) for n in range(400)]
for _ in range(50): work(rows)
"""


def cpu_of(run: Callable[[], None]) -> float:
    """Return the processor seconds that the processes of a run took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ratio(command: Sequence[str], root: Path, run: Callable[[Sequence[str]], None]) -> tuple[float, float]:
    """Return plain processor seconds, and how many times as many the traced command takes; medians."""
    traced = traced_command(command, root=root, output=Path(tempfile.gettempdir()) / "overhead-trace.json")
    plain, under = [], []
    for _ in range(REPEATS):
        plain.append(cpu_of(lambda: run(command)))
        under.append(cpu_of(lambda: run(traced)))
    return median(plain), median(under) / median(plain)


def to_end(words: Sequence[str]) -> None:
    """Run a command to its end in the example."""
    subprocess.run(words, cwd=EXAMPLE, check=True, capture_output=True)


def under_load(words: Sequence[str], port: int) -> None:
    """Run a server, ask it for a page many times, and end it."""
    process = subprocess.Popen(words, cwd=EXAMPLE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/openapi.json"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(url, timeout=5).read()
                break
            except OSError:
                time.sleep(0.1)
        for _ in range(REQUESTS):
            urllib.request.urlopen(url, timeout=5).read()
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def main() -> None:
    """Print a row for each kind of command."""
    print("| command | plain, s CPU | traced |\n|---|---|---|")
    if len(sys.argv) > 1:
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "calls.py"
            script.write_text(CALLS)
            plain, times = ratio([sys.argv[1], str(script)], Path(folder), to_end)
            print(f"| `calls.py`, {Path(sys.argv[1]).resolve().name} | {plain:.2f} | {times:.2f}x |")
        return
    with tempfile.TemporaryDirectory() as folder:
        stages = [sys.executable, "-m", "churn.cli", "run-all", "--workdir", folder]
        tests = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "tests/test_data.py",
            "tests/test_features.py",
        ]
        for title, command in (("all stages, a script", stages), ("pytest, two modules", tests)):
            plain, times = ratio(command, EXAMPLE, to_end)
            print(f"| {title} | {plain:.2f} | {times:.2f}x |", flush=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        serve = Path(folder) / "serve.py"
        serve.write_text(f"import sys\nsys.path.insert(0, {str(EXAMPLE)!r})\n{SERVE}")
        command = [sys.executable, str(serve), folder, str(port)]
        plain, times = ratio(command, EXAMPLE, lambda words: under_load(words, port))
        print(f"| uvicorn, {2 * REQUESTS} requests | {plain:.2f} | {times:.2f}x |")


if __name__ == "__main__":
    main()
