"""The git history of the analysed tree: which files change together, and who changes them."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from itertools import combinations
from pathlib import Path

from decompose.ir.evidence import CoChange, FileHistory, History

MAX_COMMITS = 2_000
"""Commits looked at, newest first."""
MAX_FILES = 30
"""Commits that touch more files than this say nothing about which belong together (moves, formatting)."""
MAX_CHANGE_SETS = 500
TIMEOUT_SECONDS = 60
_NO_FETCH = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
"""A partial clone fetches what it lacks, from wherever and by whatever program its settings name: not here."""
_RECORD, _FIELD = "\x1e", "\x1f"
_SUFFIXES = (".py", ".ipynb")


def read_history(root: Path) -> History | None:
    """Return what changed together below a folder, or nothing when it has no history of its own.

    Reads `git log` only: no checkout, no network, nothing is written. Merges are left out. A folder that merely lies
    inside another repository without being tracked there has no history.

    Args:
        root: Folder of the analysed tree.
    """
    text = _log(root)
    if not text:
        return None
    commits: Counter[str] = Counter()
    authors: dict[str, set[str]] = {}
    pairs: Counter[tuple[str, str]] = Counter()
    change_sets: list[tuple[str, ...]] = []
    for record in text.split(_RECORD)[1:]:
        author, _, rest = record.partition(_FIELD)
        paths = sorted({line for line in rest.splitlines() if line.endswith(_SUFFIXES)})
        if not paths:
            continue
        change_sets.append(tuple(paths))
        for path in paths:
            commits[path] += 1
            authors.setdefault(path, set()).add(author.strip().lower())
        if len(paths) <= MAX_FILES:
            pairs.update(combinations(paths, 2))
    if not change_sets:
        return None
    return History(
        commits=len(change_sets),
        files=tuple(
            FileHistory(path=p, commits=n, authors=tuple(sorted(authors[p]))) for p, n in sorted(commits.items())
        ),
        pairs=tuple(CoChange(first=a, second=b, commits=n) for (a, b), n in sorted(pairs.items()) if n > 1),
        change_sets=tuple(change_sets[:MAX_CHANGE_SETS]),
    )


def _log(root: Path) -> str:
    """Return the log of the files below a folder, as records of author and paths; empty when there is none.

    The settings of the repository are the analysed tree's: what in them would start a program is overruled.
    """
    command = [
        "git", "-c", "core.quotepath=off", "-c", "core.fsmonitor=false", "-C", str(root), "--no-pager", "log",
        "--no-show-signature", "--no-ext-diff", "--no-textconv", "--no-merges", f"--max-count={MAX_COMMITS}",
        "--name-only", "--relative", "--no-renames", f"--format={_RECORD}%an{_FIELD}", "--", ".",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=TIMEOUT_SECONDS, check=False, env=os.environ | _NO_FETCH
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
