"""Extracted facts by content, in a sqlite file; a damaged cache is an empty one."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

import msgspec

from decompose.ir.facts import FACTS_SCHEMA, FileFacts

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(FileFacts)


class FactsCache:
    """Facts by `(path, digest)`; use as a context manager. Without a folder it holds nothing.

    Args:
        folder: Where the cache stands.
        with_effects: Whether only whole facts will do; without, those that lack effects are taken as well, and kept apart.
    """

    def __init__(self, folder: Path | None, *, with_effects: bool = True) -> None:
        self._kinds = ("",) if with_effects else ("", ":calls")
        self._connection: sqlite3.Connection | None = None
        if folder is None:
            return
        with contextlib.suppress(OSError, sqlite3.Error):
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = _open(folder / "facts.sqlite")

    def __enter__(self) -> FactsCache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()

    def load(self, path: str, digest: str) -> FileFacts | None:
        """Return the facts of a file with this content, or `None`."""
        if self._connection is None:
            return None
        try:
            for kind in self._kinds:
                key = _key(path, digest) + kind
                row = self._connection.execute("SELECT facts FROM facts WHERE key = ?", (key,)).fetchone()
                if row:
                    return _DECODER.decode(row[0])
        except (sqlite3.Error, msgspec.DecodeError):
            return None
        return None

    def store(self, records: Iterable[FileFacts]) -> None:
        """Keep facts; those of older content of the same path are forgotten."""
        if self._connection is None:
            return
        with contextlib.suppress(sqlite3.Error), self._connection:
            for record in records:
                key = _key(record.path, record.digest) + self._kinds[-1]
                self._connection.execute("DELETE FROM facts WHERE path = ?", (record.path,))
                row = (key, record.path, encode(record))
                self._connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", row)


def encode(record: FileFacts) -> bytes:
    """Return the bytes that the cache and worker processes exchange."""
    return _ENCODER.encode(record)


def decode(data: bytes) -> FileFacts:
    """Return the record of `encode`."""
    return _DECODER.decode(data)


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=5)
    try:
        _prepare(connection)
    except sqlite3.DatabaseError:
        connection.close()
        path.unlink(missing_ok=True)
        connection = sqlite3.connect(path, timeout=5)
        _prepare(connection)
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, path TEXT, facts BLOB)")
    connection.execute("CREATE INDEX IF NOT EXISTS by_path ON facts (path)")


def _key(path: str, digest: str) -> str:
    return f"{FACTS_SCHEMA}:{digest}:{path}"
