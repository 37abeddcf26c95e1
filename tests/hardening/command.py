"""Runs the command line in a child process, as a person would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def decompose(*words: str, cwd: Path, timeout: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
    """Return what `decompose WORDS` did in the folder `cwd`."""
    return subprocess.run(
        [sys.executable, "-m", "decompose", *words],
        cwd=cwd, env=os.environ | environment, timeout=timeout, capture_output=True, text=True, errors="replace",
    )  # fmt: skip


def assert_one_clear_message(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    """Check the house's form of an error: exit 2, nothing on standard output, one message with its mend."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.count("error:") == 1
    for part in parts:
        assert part in done.stderr


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder by its relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
