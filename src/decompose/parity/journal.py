"""What has been measured so far, kept on disk, so that an interrupted comparison goes on where it stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from decompose.ir.graph import Record

T = TypeVar("T")


class Entry(Record):
    """One finished step."""

    key: str
    name: str
    value: msgspec.Raw


class Journal:
    """Finished steps of one comparison; those of another one in the same file are forgotten.

    Args:
        file: Where steps are kept; nowhere when `None`.
        key: What identifies the comparison: workspace, workload, options.
        total: Number of steps, for the progress.
        progress: Called with one line for every step.
    """

    def __init__(
        self, file: Path | None, *, key: str, total: int = 0, progress: Callable[[str], None] = lambda _: None
    ) -> None:
        self._file, self._key, self._total, self._progress = file, key, total, progress
        self._values = _read(file, key) if file is not None else {}
        self._done = 0
        if self._values:
            progress(f"going on after {len(self._values)} steps of an interrupted comparison")

    def has(self, name: str) -> bool:
        """Return whether a step was finished before."""
        return name in self._values

    def once(self, name: str, kind: type[T], make: Callable[[], T]) -> T:
        """Return what a step gave before, else do it now and keep what it gives."""
        self._done += 1
        if name in self._values:
            return msgspec.json.decode(self._values[name], type=kind)
        self._progress(f"{bar(self._done, self._total)} {name}")
        value = make()
        encoded = msgspec.json.encode(value)
        self._values[name] = encoded
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("ab") as stream:
                stream.write(msgspec.json.encode(Entry(key=self._key, name=name, value=msgspec.Raw(encoded))) + b"\n")
        return value

    def forget(self) -> None:
        """Remove the file: the comparison is complete."""
        if self._file is not None:
            self._file.unlink(missing_ok=True)


def bar(done: int, total: int, width: int = 20) -> str:
    """Return a progress bar as text: `[######..............]  6/20`."""
    filled = width * min(done, total) // total if total else 0
    return f"[{'#' * filled}{'.' * (width - filled)}] {done}/{max(done, total)}"


def key_of(out: Path, *options: Any) -> str:
    """Return what identifies a comparison: the generated files and the options."""
    digest = hashlib.sha256()
    for name in ("system.json", "decompose.lock"):
        digest.update((out / name).read_bytes() if (out / name).is_file() else b"")
    for option in options:
        digest.update(msgspec.json.encode(option, order="deterministic", enc_hook=str))
    return digest.hexdigest()[:32]


def _read(file: Path, key: str) -> dict[str, bytes]:
    """Return the finished steps of this comparison; a line that was cut off is left out."""
    found: dict[str, bytes] = {}
    try:
        lines = file.read_bytes().splitlines()
    except OSError:
        return found
    for line in lines:
        try:
            entry = msgspec.json.decode(line, type=Entry)
        except msgspec.MsgspecError:
            continue
        if entry.key == key:
            found[entry.name] = bytes(entry.value)
    return found
