"""Where results go in the current directory, and where an analysed tree stands."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from decompose.errors import SourceError
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


def common_root(path: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> tuple[Path, tuple[str, ...]]:
    """Return the analysed root and, of several repositories, their folders below it (POSIX, relative, sorted).

    Raises:
        SourceError: If one repository stands in another.
    """
    if isinstance(path, str | os.PathLike):
        return Path(path), ()
    if len(path) == 1:
        return Path(path[0]), ()
    folders = sorted({Path(each).resolve() for each in path})
    for outer in folders:
        for inner in folders:
            if inner != outer and inner.is_relative_to(outer):
                raise SourceError(
                    f"`{inner}` stands in `{outer}`", hint="name repositories that stand beside each other"
                )
    root = Path(os.path.commonpath(folders))
    root = root.parent if root in folders else root
    return root, tuple(sorted(folder.relative_to(root).as_posix() for folder in folders))


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
