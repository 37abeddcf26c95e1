"""The documentation's code blocks, and folders in which what they say can be typed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
STARTS = re.compile(r"run\.py up ")
"""What goes on running until the page is done."""

CUSTOMER = '{"plan": "family", "tenure_days": 40, "tickets": 6, "usage_trend": -0.4}'
DRIVE = """
from fastapi.testclient import TestClient
from churn.config import load_config
from churn.serving.app import create_app

client = TestClient(create_app(load_config(workdir=".")))
for _ in range(3):
    assert client.get("/health").status_code == 200
"""
WORKLOAD = {
    "serve": [
        "python",
        "-c",
        "import uvicorn; from churn.config import load_config; from churn.serving.app import create_app; "
        "uvicorn.run(create_app(load_config(workdir='.')), port={port}, log_level='error')",
    ],
    "service": "inference",
    "prepare": ["python", "-m", "churn.cli", "run-all"],
    "requests": [
        {"entry": "churn.serving.app:create_app.predict", "method": "POST", "path": "/predict", "body": CUSTOMER}
    ],
    "runs": 1,
    "seconds": 0.5,
    "fractions": [0.2],
}


@dataclass(frozen=True)
class Command:
    """One line that a reader types, and the lines that the page shows below it."""

    typed: str
    shown: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """A page whose commands run, in their order, in one folder."""

    path: str
    prepare: Callable[[Path], None]
    blocks: int | None = None
    """How many of its console blocks, from the first; all by default."""
    instead: Mapping[str, str] = field(default_factory=dict)
    """What is typed here in place of what ends in the reader's own browser, repository or interpreter."""
    refused: str = ""
    """Begin of a command that ends with 1, because it is there to find something."""


def blocks(path: str, language: str) -> list[str]:
    """Return the code blocks of a page in one language."""
    return [text for name, text in FENCE.findall((ROOT / path).read_text("utf-8")) if name == language]


def commands(page: Page) -> list[Command]:
    """Return what a page says to type, in its order."""
    found: list[Command] = []
    for block in blocks(page.path, "console")[: page.blocks]:
        for prompt in re.split(r"^\$ ", block, flags=re.M)[1:]:
            typed, *shown = prompt.splitlines()
            typed = re.sub(r"\s+# .*", "", typed)
            for said, here in page.instead.items():
                typed = typed.replace(said, here)
            found.append(Command(typed, tuple(line for line in shown if line.strip())))
    return found


def missing(command: Command, output: str) -> list[str]:
    """Return the shown lines that the output does not have; `...` and the width of a column stand for anything."""
    said = [" ".join(line.split()) for line in output.splitlines()]
    wanted = {line: re.escape(" ".join(line.split())).replace(r"\.\.\.", ".*") for line in command.shown}
    return [line for line, pattern in wanted.items() if not any(re.fullmatch(pattern, one) for one in said)]


class Shell:
    """Types commands in a folder; what they start is ended by `close`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: list[subprocess.Popen[bytes]] = []
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        python = os.pathsep.join((str(folder / "site"), str(ROOT / "src")))
        self.env = {**os.environ, "PATH": path, "PYTHONPATH": python, "COLUMNS": "160", "SERVICE_ANY_PORT": "1"}

    def type(self, words: str, *, status: int = 0) -> str:
        """Run one line of bash and return what it printed; what stays up is waited for until it is ready.

        Raises:
            AssertionError: It ended with another status.
        """
        if STARTS.search(words):
            return self._start(words)
        done = subprocess.run(
            ["bash", "-c", words], cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == status, f"{words}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout + done.stderr

    def _start(self, words: str) -> str:
        ready = re.search(r"--ready-file (\S+)", words)
        assert ready is not None, words
        log = self.folder / "up.log"
        with log.open("wb") as out:
            line = ["bash", "-c", f"exec {words}"]
            self.running.append(subprocess.Popen(line, cwd=self.folder, env=self.env, stdout=out, stderr=out))
        deadline = time.monotonic() + 120
        while not (self.folder / ready[1]).exists():
            assert self.running[-1].poll() is None and time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.2)
        return log.read_text("utf-8")

    def close(self) -> None:
        """End what still runs."""
        for process in self.running:
            process.terminate()
            process.wait(60)


def beside_the_examples(folder: Path) -> None:
    """The folder has `examples/`, as a checkout does."""
    (folder / "examples").symlink_to(EXAMPLES)


def several_repositories(folder: Path) -> None:
    """The folder has a monolith and three repositories."""
    beside_the_examples(folder)
    (folder / "path" / "to").mkdir(parents=True)
    (folder / "path" / "to" / "monolith").symlink_to(EXAMPLES / "demand")
    (folder / "repos").mkdir()
    for name, example in (("features", "demand"), ("trainer", "digits"), ("web-app", "churn")):
        (folder / "repos" / name).symlink_to(EXAMPLES / example)


def in_the_monolith(folder: Path) -> None:
    """The folder is the monolith: a repository with one commit, and a plan."""
    _copy(folder)
    Shell(folder).type("decompose propose && git init -q -b main && git add -A && git commit -qm start")


def generated_before(folder: Path) -> None:
    """The folder is the monolith; services of an earlier state were committed, then a parameter was added."""
    in_the_monolith(folder)
    source = folder / "churn" / "models" / "evaluate.py"
    shell = Shell(folder)
    shell.type("decompose generate -o services && git add -Af services && git commit -qm services")
    source.write_text(source.read_text("utf-8").replace('metric="roc_auc"):', 'metric="roc_auc", *, strict):'))
    shell.type("decompose generate -o services")


def with_a_workload(folder: Path) -> None:
    """The folder is the monolith, beside what a person gives to the comparison: a driver and a workload."""
    in_the_monolith(folder)
    Shell(folder).type("python -m churn.cli run-all && decompose generate -o services")
    (folder / "drive.py").write_text(DRIVE)
    (folder / "workload.json").write_text(json.dumps(WORKLOAD))


def in_the_workspace(folder: Path) -> None:
    """The folder is a workspace; `DIR` is the monolith, whose pipeline has run twice with different data."""
    _copy(folder / "DIR")
    shell = Shell(folder)
    shell.type("decompose propose DIR && decompose generate DIR -o made && cp -a made/. . && rm -r made")
    shell.type("python run.py pipeline --workdir DIR")
    shell.type("sed -i 's/^seed:.*/seed: 11/' DIR/config/*.yaml; python run.py pipeline --workdir DIR")


def _copy(target: Path) -> None:
    skipped = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".decompose", "artifacts")
    shutil.copytree(EXAMPLES / "churn", target, ignore=skipped, dirs_exist_ok=True)
