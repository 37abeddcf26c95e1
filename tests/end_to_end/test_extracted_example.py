"""One service leaves the bundled example while the example serves: shadow without a difference, then the service alone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "churn"
SERVICE = "inference"
CUSTOMER = {"plan": "family", "tenure_days": 40, "tickets": 6, "usage_trend": -0.4}
SERVE = (
    "import sys, uvicorn; from churn.config import load_config; from churn.serving.app import create_app; "
    "uvicorn.run(create_app(load_config(workdir=sys.argv[1])), port=int(sys.argv[2]), log_level='error')"
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("services")]


def ran(folder, *words, **variables):
    environment = {**os.environ, **variables}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def extracted(tmp_path_factory):
    """A copy of the example with the switch in it, trained, beside the workspace of the extracted service."""
    folder = tmp_path_factory.mktemp("extracted")
    monolith = folder / "churn"
    shutil.copytree(EXAMPLE, monolith, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    ran(folder, sys.executable, "-m", "decompose", "propose", str(monolith))
    words = ("generate", str(monolith), "--only", SERVICE, "--in-place", "-o", "out")
    ran(folder, sys.executable, "-m", "decompose", *words)
    ran(monolith, "git", "apply", str(folder / "out" / "monolith.patch"))
    ran(monolith, sys.executable, "-m", "churn.cli", "run-all", "--workdir", str(folder / "work"))
    return folder


class Process:
    """A process whose readiness is asked for by a function."""

    def __init__(self, folder, words, variables, is_ready):
        self.process = subprocess.Popen(words, cwd=folder, env={**os.environ, **variables})
        until = time.monotonic() + 90
        while not is_ready() and self.process.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
        assert is_ready(), words

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def service(folder):
    """Start the extracted service; return the process and the variables that lead to it."""
    ready = folder / f"ready{time.monotonic_ns()}.json"
    words = [
        sys.executable,
        str(folder / "out/run.py"),
        "up",
        "--workdir",
        str(folder / "churn"),
        "--ready-file",
        str(ready),
    ]
    process = Process(folder, words, {}, ready.exists)
    return process, json.loads(ready.read_text())["environment"]


def reported(file):
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def suite(folder, variables, report, *tests):
    variables = {**variables, f"EXTRACT_{SERVICE.upper()}": "shadow", "EXTRACT_REPORT": str(report)}
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    ran(folder / "churn", *words, **variables)
    return reported(report)


def test_a_shadow_over_the_examples_own_tests_finds_no_difference(extracted):
    process, variables = service(extracted)
    with process:
        entries = suite(extracted, variables, extracted / "suite.jsonl")

    assert [entry for entry in entries if entry["event"] == "difference"] == []
    assert sum(entries[-1]["compared"].values()) >= 50
    reasons = {entry["reason"] for entry in entries[-1]["not_compared"]}
    assert not [reason for reason in reasons if "could not be asked" in reason]


def test_a_seeded_bug_is_reported_with_operation_and_field(extracted):
    file = extracted / "out/services" / SERVICE / "src/churn/scoring/postprocess.py"
    text = file.read_text()
    file.write_text(text.replace("rank=range(1, len(ordered) + 1)", "rank=range(0, len(ordered))"))
    assert file.read_text() != text
    try:
        process, variables = service(extracted)
        with process:
            entries = suite(extracted, variables, extracted / "bug.jsonl", "tests/test_scoring.py")
    finally:
        file.write_text(text)

    found = {(e["operation"], e["field"]) for e in entries if e["event"] == "difference"}
    assert (f"{SERVICE}:rank", "result['rank'] row 0") in found


class Load:
    """Asks for predictions without a pause, at whatever port is the present one."""

    def __init__(self, port):
        self.port, self.answers, self.failures = port, [], []
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._ask)
        self.thread.start()

    def _ask(self):
        while not self.is_over.is_set():
            try:
                self.answers.append(predict(self.port))
            except OSError as error:
                self.failures.append(error)

    def finish(self):
        self.is_over.set()
        self.thread.join()


def predict(port):
    body, headers = json.dumps(CUSTOMER).encode(), {"content-type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/predict", body, headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def monolith(folder, mode, variables):
    """Start the example's web application; return the process and its port."""

    def is_ready():
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).status == 200
        except OSError:
            return False

    port = free_port()
    variables = {**variables, f"EXTRACT_{SERVICE.upper()}": mode, "EXTRACT_REPORT": str(folder / f"{mode}.jsonl")}
    variables["EXTRACT_REPORT_EVERY_S"] = "1"
    words = [sys.executable, "-c", SERVE, str(folder / "work"), str(port)]
    return Process(folder / "churn", words, variables, is_ready), port


def test_the_monolith_serves_throughout(extracted):
    process, variables = service(extracted)
    first, port = monolith(extracted, "local", {})
    load = Load(port)
    with process:
        for mode in ("shadow", "remote"):
            second, load.port = monolith(extracted, mode, variables)
            time.sleep(3)
            first.__exit__()
            time.sleep(1)
            first = second
        count = len(load.answers)
        load.finish()
        first.__exit__()

    assert load.failures == []
    assert count > 20
    assert len(set(load.answers)) == 1
    summary = reported(extracted / "shadow.jsonl")[-1]
    assert summary["differences"] == {}
    assert summary["compared"][f"{SERVICE}:Predictor.predict"] > 0
    print(f"{count} predictions over three changes of the switch, all {load.answers[0].decode()}")
