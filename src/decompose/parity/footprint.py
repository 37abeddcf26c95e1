"""Dependency closures of each part: size on disk, time and memory of importing them, in the user's environment."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from decompose.errors import LaunchError
from decompose.ir.graph import Record
from decompose.parity.probe.footprint import normalise
from decompose.parity.sandbox import PROBE, child_environment, install_probe

SERVER = ("pydantic", "starlette", "uvicorn")
"""The extra `server` of the generated `service-runtime`."""


class Distribution(msgspec.Struct, frozen=True):
    """One installed distribution."""

    mb: float
    requires: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()


class Footprint(Record):
    """What one part drags along."""

    distributions: tuple[str, ...]
    """Canonical names, sorted."""
    size_mb: float
    import_s: float = 0.0
    """Time of importing its direct requirements in a fresh interpreter, in seconds."""
    memory_mb: float = 0.0
    """Resident memory after that, in MiB."""
    missing: tuple[str, ...] = ()
    """Requirements that are not installed, so not counted."""


def service_requirements(lines: Iterable[str]) -> list[str]:
    """Return what an image of a service installs: its own requirements and those of the generated server."""
    return [*(line for line in lines if not line.startswith(("#", "-"))), *SERVER]


def footprints(requirements: Mapping[str, Iterable[str]], *, python: Path) -> dict[str, Footprint]:
    """Return the footprint of each part, by name.

    Args:
        requirements: PEP 508 lines of each part.
        python: Interpreter of the environment in which they are installed.

    Raises:
        LaunchError: If the interpreter cannot be run.
    """
    with tempfile.TemporaryDirectory(prefix="decompose-footprint-") as folder:
        probe = install_probe(Path(folder))
        installed = msgspec.convert(_ask(python, probe, ["sizes"]), dict[str, Distribution])
        return {name: _footprint(lines, installed, python, probe) for name, lines in sorted(requirements.items())}


def _footprint(lines: Iterable[str], installed: Mapping[str, Distribution], python: Path, probe: Path) -> Footprint:
    direct = sorted({normalise(re.split(r"[^A-Za-z0-9._-]", line.strip())[0]) for line in lines if line.strip()})
    names = closure(direct, installed)
    modules = sorted({m for name in direct if name in installed for m in installed[name].provides if m.isidentifier()})
    cost = _ask(python, probe, ["imports", *(m for m in modules if not m.startswith("_"))])
    return Footprint(
        distributions=tuple(names),
        size_mb=round(sum(installed[name].mb for name in names), 1),
        import_s=float(str(cost.get("seconds", 0.0))),
        memory_mb=float(str(cost.get("memory_mb", 0.0))),
        missing=tuple(name for name in direct if name not in installed),
    )


def closure(direct: Iterable[str], installed: Mapping[str, Distribution]) -> list[str]:
    """Return the installed distributions that `direct` needs, itself included, sorted."""
    found: set[str] = set()
    waiting = list(direct)
    while waiting:
        name = waiting.pop()
        if name in installed and name not in found:
            found.add(name)
            waiting += installed[name].requires
    return sorted(found)


def _ask(python: Path, probe: Path, arguments: list[str]) -> dict[str, object]:
    command = [str(python), "-m", f"{PROBE}.footprint", *arguments]
    try:
        done = subprocess.run(
            command, env=child_environment({}, python_path=[probe]), capture_output=True, timeout=300, check=True
        )
        answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        raise LaunchError(
            f"{python}: cannot say what is installed: {error}", hint="give another interpreter"
        ) from error
    return answer
