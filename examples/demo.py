"""The main job on the bundled example, step by step: analyze, propose, generate, start, verify.

Each step is a command that you can type yourself; it is printed before it runs. Run by `make demo`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parent / "churn"
READY_SECONDS = 120


def main() -> int:
    """Run every step in the output folder; stop at the first that fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("demo-out"))
    folder = parser.parse_args().output.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    example = str(EXAMPLE)
    steps = (
        ("See: the graph of the monolith", ["analyze", example, "--html", "graph.html"]),
        ("Decide: which parts stand by themselves", ["propose", example]),
        ("Look: the plan as a page", ["review", example, "--html", "review.html"]),
        ("Do: the services", ["generate", example, "-o", "services"]),
    )
    started = time.monotonic()
    for number, (title, words) in enumerate(steps, start=1):
        if code := run_step(f"{number}/6 {title}", words, folder):
            return code
    print("\n== 5/6 Start: every service as a process of its own", flush=True)
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(EXAMPLE, work, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    if code := start_and_stop(folder / "services", work, folder / "ready.json"):
        return code
    if code := run_step("6/6 Prove: the monolith's own tests across the services", ["verify", "services"], folder):
        return code
    print(f"\nDone in {time.monotonic() - started:.0f} s. Look at:")
    for file in ("graph.html", "review.html", "decompose.yaml", "services/README.md"):
        print(f"  {folder / file}")
    print(f"Start the services yourself: python {folder / 'services' / 'run.py'} up --workdir {work}")
    return 0


def run_step(title: str, words: list[str], folder: Path) -> int:
    """Print a command, run it, and return its exit code."""
    print(f"\n== {title}\n$ decompose {' '.join(words)}", flush=True)
    return subprocess.run([sys.executable, "-m", "decompose", *words], cwd=folder, check=False).returncode


def start_and_stop(services: Path, work: Path, ready: Path) -> int:
    """Start the services in a copy of the example, where its settings and data are, ask each if it is ready, and stop."""
    ready.unlink(missing_ok=True)
    command = [sys.executable, str(services / "run.py"), "up", "--workdir", str(work), "--ready-file", str(ready)]
    print(f"$ python services/run.py up --workdir {work.name} --ready-file {ready.name}", flush=True)
    launcher = subprocess.Popen(command, cwd=services)
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not ready.is_file():
            if launcher.poll() is not None or time.monotonic() > deadline:
                print("the services did not start", file=sys.stderr)
                return launcher.returncode or 1
            time.sleep(0.2)
        for name, service in json.loads(ready.read_text())["services"].items():
            with urllib.request.urlopen(f"{service['url']}/readyz", timeout=5) as answer:  # noqa: S310
                print(f"  {name:<20} {service['url']}  readyz {answer.status}", flush=True)
    finally:
        launcher.send_signal(signal.SIGTERM)
        launcher.wait(timeout=60)
    return 0


if __name__ == "__main__":
    sys.exit(main())
