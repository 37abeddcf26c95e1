"""What a command hands to the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from decompose.ir.codec import write_atomic

Say = Callable[[str], None]
"""Takes one line for people."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command has to tell."""

    summary: object = ""
    """For people: text or a rich renderable."""
    figures: object = None
    """For machines: anything that encodes as JSON."""
    written: tuple[Path, ...] = ()
    is_yes: bool = True
    """Whether the answer to the command's question is yes."""


def write_file(path: Path, data: bytes) -> None:
    """Write a result to the file that the user named, whole or not at all.

    Raises:
        WriteError: If the place cannot be written.
    """
    write_atomic(path, data)
