"""Where results go in the current directory, and where an analysed tree stands."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from decompose.ir import codec

if TYPE_CHECKING:
    from decompose.ir.evidence import Trace

STATE_FOLDER = ".decompose"
"""Where results and caches go, in the current directory."""
PLAN_FILE = "decompose.yaml"
JOURNAL_FILE = "compare.jsonl"
"""Where an interrupted comparison keeps what it has measured, in the state folder."""
TRACE_FILE = "trace.json"
"""Where a trace goes, in the state folder."""
Progress = Callable[[int, int], None]
"""Called with (files done, files in all)."""
root_by_digest: dict[str, Path] = {}


def find_trace(state: Path | None = None) -> Trace | None:
    """Return the trace that `decompose trace` left in the state folder, if there is one."""
    from decompose import evidence

    file = (state or Path(STATE_FOLDER)) / TRACE_FILE
    return evidence.read_trace(file) if file.is_file() else None


def state_folder(state: Path | None) -> Path:
    """Return the folder for results, made with a `.gitignore` of its own."""
    folder = state if state is not None else Path(STATE_FOLDER)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        codec.write_atomic(ignore, b"*\n")
    return folder


def relative_to_here(root: Path) -> str:
    """Return a root as the plan states it: relative to the current directory where it lies below."""
    try:
        return root.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return Path(os.path.relpath(root.resolve())).as_posix()
