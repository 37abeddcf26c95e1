"""Source lines, numbered as the spans of the graph number them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from decompose.errors import SourceError
from decompose.source.notebooks import cells_of
from decompose.source.parse import decode


def read_lines(paths: Iterable[str], root: Path) -> dict[str, list[str]]:
    """Return the lines of each file that can be read, by path; of a notebook the joined code cells.

    Args:
        paths: POSIX paths relative to `root`.
        root: The analysed folder.
    """
    lines: dict[str, list[str]] = {}
    for path in sorted(paths):
        try:
            text = decode((root / path).read_bytes())
            lines[path] = (cells_of(text, path)[0] if path.endswith(".ipynb") else text).splitlines()
        except (OSError, SourceError):
            continue  # the graph already says that this file could not be read
    return lines
