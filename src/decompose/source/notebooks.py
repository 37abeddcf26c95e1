"""Code cells of a notebook as one Python source; magics and shell lines neutralised in place."""

from __future__ import annotations

import json
import re
from typing import Any

from decompose.errors import SourceError

_PYTHON_CELL_MAGICS = {"time", "timeit", "capture", "prun", "memit", "mprun", "python", "python3", "pypy"}
_ASSIGNED = re.compile(r"^(\s*)([\w, ]+?)\s*=\s*([%!])(.*)$")
_LINE_MAGIC = re.compile(r"^(\s*)%(\w+)\s*(.*)$")
_INLINE_PYTHON = {"time", "timeit", "prun", "memit"}


def cells_of(text: str, path: str) -> tuple[str, list[tuple[str, int, int]], list[tuple[int, str]]]:
    """Return the joined source, the cells (name, first and last line) and the shell lines (line, command).

    Cells are numbered from 1 over the code cells, in order.

    Raises:
        SourceError: If the file is not a notebook.
    """
    lines: list[str] = []
    cells: list[tuple[str, int, int]] = []
    shell: list[tuple[int, str]] = []
    for source in _code_cells(text, path):
        first = len(lines) + 1
        lines += neutralise(source.splitlines(), first, shell)
        if len(lines) >= first:
            cells.append((f"cell_{len(cells) + 1}", first, len(lines)))
    return "\n".join(lines) + "\n", cells, shell


def neutralise(lines: list[str], first: int, shell: list[tuple[int, str]]) -> list[str]:
    """Return the lines of one cell with everything that is not Python replaced, line for line.

    Args:
        lines: The cell's lines.
        first: Line number of the first one in the joined source.
        shell: Receives `(line, command)` for `!command` and `%run script`.
    """
    start = next((i for i, line in enumerate(lines) if line.strip()), None)
    if start is None:
        return lines
    head = lines[start].strip()
    if head.startswith("%%"):
        name = head[2:].split(" ", 1)[0]
        if name not in _PYTHON_CELL_MAGICS:
            if name in {"bash", "sh", "script", "system", "!"}:
                shell += [(first + i, line.strip()) for i, line in enumerate(lines) if i > start and line.strip()]
            return [_comment(line) for line in lines]
        lines = [*lines[:start], _comment(lines[start]), *lines[start + 1 :]]
    return [_line(line, first + i, shell) for i, line in enumerate(lines)]


def _code_cells(text: str, path: str) -> list[str]:
    try:
        content: Any = json.loads(text)
        raw = content["cells"] if "cells" in content else [c for s in content["worksheets"] for c in s["cells"]]
        found = []
        for cell in raw:
            if cell.get("cell_type") == "code":
                source = cell.get("source", cell.get("input", ""))
                found.append("".join(source) if isinstance(source, list) else str(source))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SourceError(f"{path}: not a notebook: {error}") from error
    return found


def _line(line: str, number: int, shell: list[tuple[int, str]]) -> str:
    stripped = line.strip()
    if not stripped:
        return line
    indent = line[: len(line) - len(line.lstrip())]
    if stripped[0] == "!":
        shell.append((number, stripped.lstrip("!").strip()))
        return f"{indent}pass"
    if stripped[0] == "%" or (stripped[0] == "?" or (stripped[-1] == "?" and "#" not in stripped)):
        return _magic(line, stripped, indent, number, shell)
    assigned = _ASSIGNED.match(line)
    if assigned and "==" not in line[: assigned.start(3)]:
        if assigned[3] == "!":
            shell.append((number, assigned[4].strip()))
        return f"{assigned[1]}{assigned[2]} = None"
    return line


def _magic(line: str, stripped: str, indent: str, number: int, shell: list[tuple[int, str]]) -> str:
    found = _LINE_MAGIC.match(line)
    if found is None:
        return f"{indent}pass"
    if found[2] == "run":
        shell.append((number, stripped[1:]))
    if found[2] in _INLINE_PYTHON and found[3] and not found[3].startswith("-"):
        return f"{indent}{found[3]}"
    return f"{indent}pass"


def _comment(line: str) -> str:
    return f"# {line}" if line.strip() else line
