"""`doctor`: what this installation can do here."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from decompose import api
from decompose.errors import DecomposeError
from decompose.resources import template_root
from decompose.workflow.outcome import Outcome

State = Literal["ok", "missing", "broken"]
"""`missing` leaves something out; `broken` stops the main job."""

CORE = (
    "graphviz",
    "jinja2",
    "libcst",
    "msgspec",
    "networkx",
    "pathspec",
    "pydantic",
    "ruamel.yaml",
    "sqlglot",
    "typer",
)
PARITY = ("fastapi", "httpx", "numpy", "pandas", "pyarrow", "pytest", "simpy", "uvicorn")
MOTHER_LANGUAGE = (3, 11)
MIN_FREE_BYTES = 200 << 20


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    state: State
    detail: str
    mend: str = ""


def report_installation() -> Outcome:
    """Look at interpreter, packages, drawing, templates and the place to write; no when the main job cannot run."""
    checks = tuple(check() for check in _checks())
    width = max(len(check.name) for check in checks)
    lines = [
        f"{check.state:<8} {check.name:<{width}}  {check.detail}"
        + (f"\n{'':<9}mend: {check.mend}" if check.mend else "")
        for check in checks
    ]
    return Outcome(
        summary="\n".join(lines),
        figures={"checks": [asdict(check) for check in checks]},
        is_yes=all(check.state != "broken" for check in checks),
    )


def _checks() -> Iterator[Callable[[], Check]]:
    yield _interpreter
    yield lambda: _packages(
        "core packages", CORE, "analyze, propose, review, generate", "broken", "pip install decompose-ml"
    )
    yield lambda: _packages(
        "extra `parity`", PARITY, "verify, compare", "missing", "pip install 'decompose-ml[parity]'"
    )
    yield lambda: _packages(
        "extra `mcp`", ("mcp",), "answers for coding assistants", "missing", "pip install 'decompose-ml[mcp]'"
    )
    yield _drawing
    yield _templates
    yield _working_folder
    yield _git


def _interpreter() -> Check:
    detail = (
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count() or 1} cores"
    )
    return Check("interpreter", "ok" if sys.version_info >= MOTHER_LANGUAGE else "broken", detail)


def _packages(name: str, packages: tuple[str, ...], use: str, otherwise: State, mend: str) -> Check:
    lacking = [package for package in packages if _version(package) is None]
    if lacking:
        return Check(name, otherwise, f"without {', '.join(lacking)} there is no {use}", mend)
    shown = packages if len(packages) < 3 else ()
    return Check(name, "ok", f"{', '.join(f'{p} {_version(p)}' for p in shown)} {use}".strip())


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _drawing() -> Check:
    try:
        return Check("drawing", "ok", f"pictures are drawn by {Path(api.drawing_program()).name}")
    except DecomposeError as error:
        return Check("drawing", "missing", "pictures cannot be drawn", str(error.hint))


def _templates() -> Check:
    root = template_root()
    if (root / "service").is_dir():
        return Check("templates", "ok", f"{sum(1 for _ in root.rglob('*.jinja'))} templates")
    return Check("templates", "broken", "the templates are not there", "install the package again")


def _working_folder() -> Check:
    folder = Path(api.STATE_FOLDER) if Path(api.STATE_FOLDER).is_dir() else Path()
    try:
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return Check(
            "working folder", "broken", f"cannot be written: {error.strerror or error}", "work in another folder"
        )
    if free < MIN_FREE_BYTES:
        return Check("working folder", "broken", f"{free >> 20} MB free", "free some space")
    return Check("working folder", "ok", f"can be written, {free >> 30} GB free")


def _git() -> Check:
    found = shutil.which("git")
    if found:
        return Check("git", "ok", "history is read as evidence")
    return Check("git", "missing", "without git there is no co-change evidence", "install git")
