"""Strings and paths with unknown parts: joining, formatting, path arithmetic."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from decompose.graph.objects import NUMBER, TEXT, Box, Frame, Number, Text, Values

if TYPE_CHECKING:
    from decompose.graph.core import Core

MAX_VARIANTS = 12
"""Combinations of known parts that are kept apart; more become one unknown part."""
MAX_LENGTH = 300
Variant = tuple[str, bool]
"""Text, and whether it has unknown parts."""


def variants(core: Core, values: Values) -> list[Variant]:
    """Return the texts that a value may be; an unknown one is `{}`."""
    found: list[Variant] = []
    for item in sorted(values):
        made = core.objects[item]
        if isinstance(made, Text):
            found.append((made.text, made.is_template))
        elif isinstance(made, Number) and made.value is not None:
            found.append((str(made.value), False))
        else:
            found.append(("{}", True))
    return list(dict.fromkeys(found)) or [("{}", True)]


def joined(core: Core, parts: list[Values], separator: str = "") -> Values:
    """Return the concatenation of parts, every combination of known ones."""
    is_path = any(
        isinstance(core.objects[i], Text) and core.objects[i].is_path
        for part in parts
        for i in part  # type: ignore[attr-defined]
    )
    return _combine(core, [variants(core, p) for p in parts], separator, is_path=is_path and bool(separator))


def slashed(core: Core, left: Values, right: Values) -> Values:
    """Return `left / right` for paths."""
    return path_join(core, [left, right], is_path=True)


def path_join(core: Core, parts: list[Values], *, is_path: bool) -> Values:
    """Return the path of some parts, as `os.path.join` forms it."""
    rows = [[(t, u) for t, u in variants(core, p)] for p in parts]
    out: Values = frozenset()
    for text, unknown in _product(rows, join=_join_paths):
        out |= core.text(text, is_template=unknown, is_path=is_path)
    return out


def path_like(core: Core, parts: list[Values]) -> Values:
    """Return text parts put together, as a path."""
    out: Values = frozenset()
    for item in joined(core, parts):
        made = core.objects[item]
        assert isinstance(made, Text)
        out = core.union(out, core.text(made.text, is_template=made.is_template, is_path=True))
    return out


def percent(core: Core, frame: Frame, left: Values, right: Values) -> Values:
    """Return `left % right`."""
    arguments: list[Values] = []
    boxes = [core.objects[i] for i in right if isinstance(core.objects[i], Box)]
    if len(boxes) == 1 and len(right) == 1 and isinstance(boxes[0], Box) and boxes[0].length is not None:
        arguments = [core.take(frame, boxes[0], i) for i in range(boxes[0].length)]
    elif right and not boxes:
        arguments = [right]
    out: Values = frozenset()
    for text, unknown in variants(core, left):
        pieces = re.split(r"%[-+ #0]*\d*(?:\.\d+)?[sdrfgixXeE]", text)
        out |= _fill(core, pieces, arguments, unknown=unknown)
    return out


def formatted(core: Core, template: Values, positional: list[Values], keywords: dict[str, Values]) -> Values:
    """Return `template.format(*positional, **keywords)`."""
    out: Values = frozenset()
    for text, unknown in variants(core, template):
        pieces, arguments, last = [], [], 0
        counter = 0
        for match in re.finditer(r"\{(\w*)([^{}]*)\}", text):
            pieces.append(text[last : match.start()])
            last = match.end()
            name = match[1]
            if not name or name.isdigit():
                index = int(name) if name else counter
                counter += 1
                arguments.append(positional[index] if index < len(positional) else frozenset())
            else:
                arguments.append(keywords.get(name) or core.text(f"{{{name}}}", is_template=True))
        pieces.append(text[last:])
        out |= _fill(core, pieces, arguments, unknown=unknown and not arguments)
    return out


def _fill(core: Core, pieces: list[str], arguments: list[Values], *, unknown: bool) -> Values:
    rows: list[list[Variant]] = []
    for index, piece in enumerate(pieces):
        rows.append([(piece, unknown)])
        if index < len(pieces) - 1:
            known = index < len(arguments) and all(core.objects[i].kind in (TEXT, NUMBER) for i in arguments[index])
            rows.append(variants(core, arguments[index]) if known else [("{}", True)])
    return _combine(core, rows, "", is_path=False)


def _combine(core: Core, rows: list[list[Variant]], separator: str, *, is_path: bool) -> Values:
    out: Values = frozenset()
    for text, unknown in _product(rows, join=lambda a, b: f"{a}{separator}{b}"):
        out |= core.text(text, is_template=unknown, is_path=is_path)
    return out


def _product(rows: list[list[Variant]], join: object) -> list[Variant]:
    """Return the combinations of rows; a row that would make too many is one unknown part."""
    found: list[Variant] | None = None
    for row in rows:
        if found is None:
            found = row[:MAX_VARIANTS]
            continue
        if len(found) * len(row) > MAX_VARIANTS:
            row = [("{}", True)]
        found = [(join(a, b)[:MAX_LENGTH], u or v) for a, u in found for b, v in row]  # type: ignore[operator]
    return found or [("", False)]


def _join_paths(a: str, b: str) -> str:
    if b.startswith(("/", "~")):
        return b
    joined_path = posixpath.join(a, b) if a not in ("", ".") else b
    return posixpath.normpath(joined_path) if ".." in joined_path or "./" in joined_path else joined_path
