"""Findings: what a stage could not do, or what its reader should know. Never dropped, never fatal."""

from __future__ import annotations

from typing import Literal

import msgspec

Level = Literal["error", "warning", "note"]


class Span(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """A place in the analysed source."""

    path: str
    """POSIX path, relative to the analysed root."""
    line: int = 1
    """First line, 1-based (in a notebook: line of the joined code cells)."""
    column: int = 0
    """First column, 0-based, in UTF-8 bytes as `ast` counts."""
    end_line: int = 0
    """Last line, 1-based; 0 when only the start is known."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Finding(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """One observation with a stable code.

    Codes by stage: DC1xx reading source, DC2xx call graph, DC3xx data and assets, DC4xx boundaries,
    DC5xx generated code, DC6xx the gate.
    """

    code: str
    level: Level
    span: Span
    message: str
    """What is the case; names in backticks, no full stop."""
    hint: str = ""
    """What to do about it."""
    symbol: str = ""
    """The unit, asset or state concerned, when there is one."""
