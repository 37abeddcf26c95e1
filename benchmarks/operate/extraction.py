"""Takes one service out of the example while the example serves, and prints what was done and seen: a transcript.

    python benchmarks/operate/extraction.py [EXAMPLE] [--service inference]

A client asks for predictions without a pause, from before the first step until after the last one. Exit status 1 when a
request failed, an answer changed, or the shadow saw a difference.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "churn"
CUSTOMER = {"plan": "family", "tenure_days": 40, "tickets": 6, "usage_trend": -0.4}
SERVE = (
    "import sys, uvicorn; from churn.config import load_config; from churn.serving.app import create_app; "
    "uvicorn.run(create_app(load_config(workdir=sys.argv[1])), port=int(sys.argv[2]), log_level='error')"
)
LONGEST = 14
"""Lines of a command's output that the transcript shows."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("example", type=Path, nargs="?", default=EXAMPLE)
    parser.add_argument("--service", default="inference")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="extraction-") as folder:
        return Extraction(Path(folder), options.example.resolve(), options.service).run()


class Extraction:
    """The steps, one after the other, in a copy of the example."""

    def __init__(self, folder: Path, example: Path, service: str) -> None:
        self.folder, self.service = folder, service
        self.switch = f"EXTRACT_{service.upper()}"
        self.report = folder / "shadow.jsonl"
        self.running: list[subprocess.Popen[bytes]] = []
        shutil.copytree(example, folder / "churn", ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))

    def run(self) -> int:
        """Take all steps and return the exit status; nothing is left running."""
        try:
            return self._steps()
        finally:
            for process in self.running:
                end(process)

    def _steps(self) -> int:
        self.told(
            "The monolith, trained, before anything was changed; a client asks it for predictions without a pause."
        )
        self.command("python -m churn.cli run-all --workdir ../work", cwd="churn", lines=0)
        first, port = self.monolith("local", {}, switch=False)
        load = Load(port)
        self.told("Which service first, its code, and a patch that adds a switch.")
        self.command("decompose propose churn", lines=1)
        self.command("decompose plan order churn", lines=4)
        self.command(f"decompose generate churn --only {self.service} --in-place -o extracted", lines=3)
        self.command("git apply --stat ../extracted/monolith.patch", cwd="churn")
        self.command("git apply ../extracted/monolith.patch", cwd="churn")
        variables = self.extracted()
        self.told("The monolith's own tests with the service as a shadow.")
        words = f"{self.switch}=shadow EXTRACT_REPORT=../tests.jsonl python -m pytest -q -p no:cacheprovider tests"
        self.command(words, cwd="churn", variables=variables, lines=2)
        tests = Seen.of(self.folder / "tests.jsonl")
        print(
            f"# compared: {sum(tests.compared.values())} calls of {len(tests.compared)} operations, {tests.differences} differences\n"
        )
        self.told(
            "One process of the monolith after the other is replaced: by one that switches to nothing, to shadow, to remote."
        )
        for mode in ("local", "shadow", "remote", "local"):
            second, load.port = self.monolith(mode, variables, switch=True)
            since = len(load.answers)
            time.sleep(4)
            end(first)
            first = second
            print(f"# {len(load.answers) - since} predictions answered with {self.switch}={mode}\n")
        load.finish()
        shadow = Seen.of(self.report)
        print(
            f"# in all: {len(load.answers)} predictions, {len(load.failures)} failed, {len(set(load.answers)) - 1} that differ from the first"
        )
        print(f"# the shadow compared {sum(shadow.compared.values())} of its calls: {shadow.differences} differences")
        is_well = load.answers and not load.failures and len(set(load.answers)) == 1
        return int(not is_well or bool(tests.differences or shadow.differences) or not shadow.compared)

    def told(self, text: str) -> None:
        """Print what comes next."""
        print(f"# {text}", flush=True)

    def command(
        self, words: str, *, cwd: str = ".", variables: dict[str, str] | None = None, lines: int = LONGEST
    ) -> None:
        """Run a command as a person would type it, and print it with the first and last lines that it printed."""
        print(f"$ {f'(cd {cwd}) ' if cwd != '.' else ''}{words}", flush=True)
        environment = {**os.environ, **(variables or {}), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        environment |= {"PYTHONDONTWRITEBYTECODE": "1", "SERVICE_ANY_PORT": "1"}
        done = subprocess.run(
            words, shell=True, cwd=self.folder / cwd, env=environment, text=True, capture_output=True, check=False
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
        shown = [cut(line) for line in done.stdout.splitlines() if line.strip()]
        skipped = [f"... {len(shown) - lines} more lines"] if len(shown) > lines else []
        print("\n".join([*shown[:lines], *skipped, ""]), flush=True)

    def extracted(self) -> dict[str, str]:
        """Start the extracted service and return the variables that lead to it."""
        words = "python extracted/run.py up --workdir churn --ready-file ready.json"
        ready = self.folder / "ready.json"
        print(f"$ {words} &", flush=True)
        self.start([sys.executable, *words.split()[1:]], self.folder, {"SERVICE_ANY_PORT": "1"}, ready.exists)
        found = json.loads(ready.read_text())
        print("\n".join(f"{name} ready" for name in found["services"]) + "\n", flush=True)
        return dict(found["environment"])

    def monolith(self, mode: str, variables: dict[str, str], *, switch: bool) -> tuple[subprocess.Popen[bytes], int]:
        """Start one more process of the example's web application; return it and its port."""
        port = free_port()
        own = {self.switch: mode, "EXTRACT_REPORT": str(self.report), "EXTRACT_REPORT_EVERY_S": "1"} if switch else {}

        def is_ready() -> bool:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
                    return bool(answer.status == 200)
            except OSError:
                return False

        print(
            f"$ (cd churn) {f'{self.switch}={mode} ' if switch else ''}python -m churn.cli serve --workdir ../work &",
            flush=True,
        )
        words = [sys.executable, "-c", SERVE, str(self.folder / "work"), str(port)]
        return self.start(words, self.folder / "churn", {**variables, **own}, is_ready), port

    def start(
        self, words: list[str], folder: Path, variables: dict[str, str], is_ready: Callable[[], bool]
    ) -> subprocess.Popen[bytes]:
        """Start a process that is ended with the extraction, and wait until it is ready."""
        process = subprocess.Popen(words, cwd=folder, env={**os.environ, **variables}, stderr=subprocess.DEVNULL)
        self.running.append(process)
        until = time.monotonic() + 120
        while not is_ready():
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"not ready: {words}")
            time.sleep(0.1)
        return process


class Seen:
    """What a shadow reported."""

    def __init__(self, entries: list[dict[str, object]]) -> None:
        self.differences = sum(entry["event"] == "difference" for entry in entries)
        summaries = [entry for entry in entries if entry["event"] == "summary"]
        self.compared: dict[str, int] = dict(summaries[-1]["compared"]) if summaries else {}  # type: ignore[call-overload]

    @staticmethod
    def of(file: Path) -> Seen:
        """Return what a report holds."""
        return Seen([json.loads(line) for line in file.read_text().splitlines()] if file.exists() else [])


class Load:
    """Asks for predictions without a pause, at whatever port is the present one."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answers: list[bytes] = []
        self.failures: list[OSError] = []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def _ask(self) -> None:
        body, headers = json.dumps(CUSTOMER).encode(), {"content-type": "application/json"}
        while not self._is_over.is_set():
            request = urllib.request.Request(f"http://127.0.0.1:{self.port}/predict", body, headers)
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    self.answers.append(answer.read())
            except OSError as error:
                self.failures.append(error)
            self._is_over.wait(0.02)

    def finish(self) -> None:
        """Ask no more."""
        self._is_over.set()
        self._thread.join()


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cut(line: str) -> str:
    line = re.sub(r"\d+\.\d+s\b", "…s", line)
    return line if len(line) <= 118 else line[:117] + "…"


if __name__ == "__main__":
    sys.exit(main())
