"""Reads and writes records: atomically, with a version, the same bytes for the same record."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import TypeVar

import msgspec

from decompose.errors import RecordError, WriteError
from decompose.ir.graph import GRAPH_SCHEMA, CodeGraph

T = TypeVar("T")

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}


def encode_graph(graph: CodeGraph) -> bytes:
    """Return the graph as JSON text: one line a record, keys in field order."""
    return encode(graph)


def decode_graph(data: bytes, *, path: Path) -> CodeGraph:
    """Return the graph stored in `data`.

    Raises:
        RecordError: If it is not a graph, or one of another schema version; `path` is named.
    """
    try:
        version = msgspec.json.decode(data, type=dict[str, msgspec.Raw]).get("schema_version")
    except msgspec.MsgspecError as error:
        raise RecordError(f"{path}: not a stored graph: {error}", hint="run `decompose analyze` again") from error
    if version is not None and bytes(version) != str(GRAPH_SCHEMA).encode():
        raise RecordError(
            f"{path}: graph of schema version {bytes(version).decode()}, this program reads {GRAPH_SCHEMA}",
            hint="run `decompose analyze` again",
        )
    return decode(data, CodeGraph, path=path)


def encode(record: object) -> bytes:
    """Return any msgspec record as indented JSON with a final newline."""
    return msgspec.json.format(msgspec.json.encode(record, order="deterministic"), indent=1) + b"\n"


def decode(data: bytes, kind: type[T], *, path: Path) -> T:
    """Return the record of type `kind` in `data`.

    Raises:
        RecordError: If the text is not JSON or does not fit the record; `path` is named.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.MsgspecError as error:
        raise RecordError(f"{path}: cannot be read as {kind.__name__}: {error}") from error


def read_bytes(path: Path) -> bytes:
    """Return a file's content.

    Raises:
        RecordError: If it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise RecordError(f"{path}: cannot be read: {error.strerror or error}") from error


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file so that a reader, a crash or a full disk sees the old content or the new, never a part.

    Raises:
        WriteError: If the place cannot be written; the old content stands.
    """
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(_mode_of(path))
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        hint = "free some space and run again" if error.errno in _NO_SPACE else "choose a place that you may write to"
        raise WriteError(f"{path}: cannot be written: {error.strerror or error}", hint=hint) from error
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _mode_of(path: Path) -> int:
    """Return the permission bits that the file has, or those a new file would get."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
