"""Compares two files by what is in them: tables cell by cell, arrays by dtype, pickles without loading them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import Any

from decompose.parity.probe.compare import first_difference
from decompose.parity.probe.places import Difference, Tolerance, shorten
from decompose.parity.rawarray import parse_npy, raw_difference
from decompose.parity.text import line_difference, normalise
from decompose.parity.unpickle import UnreadableError, read_pickle, tree_difference

Compare = Callable[[bytes, bytes, str, Tolerance], "Difference | None"]
_TEXT = {
    ".txt",
    ".md",
    ".html",
    ".htm",
    ".yaml",
    ".yml",
    ".toml",
    ".xml",
    ".log",
    ".ini",
    ".cfg",
    ".rst",
    ".svg",
    ".py",
}


def file_difference(left: Path, right: Path, *, place: str, tolerance: Tolerance) -> Difference | None:
    """Return the first difference of two files, `None` when they say the same.

    Nothing in them is ever executed or unpickled. What is not understood is compared byte by byte.
    """
    one, other = left.read_bytes(), right.read_bytes()
    if one == other:
        return None
    if one.startswith(b"SQLite format 3\x00") and other.startswith(b"SQLite format 3\x00"):
        return _databases(left, right, place, tolerance)
    return content_difference(one, other, place, tolerance)


def content_difference(one: bytes, other: bytes, place: str, tolerance: Tolerance) -> Difference | None:
    """Return the first difference of two contents; the file type is told by the name at the end of `place`."""
    if one == other:
        return None
    compare = _by_suffix(place)
    try:
        return compare(one, other, place, tolerance)
    except (ValueError, UnreadableError, KeyError, csv.Error, zipfile.BadZipFile, OSError, EOFError):
        return _bytes(one, other, place, tolerance)


def _by_suffix(place: str) -> Compare:
    suffix = PurePosixPath(place).suffix.lower()
    table: dict[str, Compare] = {
        ".csv": _tables, ".tsv": _tables, ".json": _json, ".jsonl": _json_lines, ".ndjson": _json_lines,
        ".npy": _arrays, ".npz": _zips, ".zip": _zips, ".pt": _zips, ".pth": _zips, ".keras": _zips, ".gz": _gzip,
        ".pkl": _pickles, ".pickle": _pickles, ".joblib": _pickles, ".sav": _pickles, ".dill": _pickles,
        ".parquet": _arrow, ".feather": _arrow, ".arrow": _arrow,
    }  # fmt: skip
    return table.get(suffix, _text if suffix in _TEXT else _bytes)


def _bytes(one: bytes, other: bytes, place: str, tolerance: Tolerance) -> Difference | None:
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return Difference(place, "value", f"{len(one)} bytes", f"{len(other)} bytes", f"first at byte {at}")


def _text(one: bytes, other: bytes, place: str, tolerance: Tolerance) -> Difference | None:
    found, _ = line_difference(normalise(one.decode()), normalise(other.decode()), tolerance=tolerance, place=place)
    return found


def _tables(one: bytes, other: bytes, place: str, tolerance: Tolerance) -> Difference | None:
    delimiter = "\t" if place.endswith(".tsv") else ","
    left, right = (list(csv.reader(io.StringIO(data.decode()), delimiter=delimiter)) for data in (one, other))
    if not left or not right or left[0] != right[0]:
        header = (left[:1] or [[]])[0], (right[:1] or [[]])[0]
        kind = "order" if sorted(header[0]) == sorted(header[1]) else "columns"
        return Difference(f"{place} header", kind, shorten(header[0]), shorten(header[1]))
    if len(left) != len(right):
        return Difference(place, "shape", f"{len(left) - 1} rows", f"{len(right) - 1} rows")
    for number, (row, twin) in enumerate(zip(left[1:], right[1:], strict=True), start=1):
        found = _rows(row, twin, f"{place} row {number}", left[0], tolerance)
        if found is not None:
            is_reordered = sorted(left[1:]) == sorted(right[1:])
            return found._replace(kind="order", note="same rows in another order") if is_reordered else found
    return None


def _rows(row: list[str], twin: list[str], place: str, header: list[str], tolerance: Tolerance) -> Difference | None:
    if len(row) != len(twin):
        return Difference(place, "length", f"{len(row)} cells", f"{len(twin)} cells")
    for position, (a, b) in enumerate(zip(row, twin, strict=True)):
        if a == b or _cells_equal(a, b, tolerance):
            continue
        column = header[position] if position < len(header) else str(position)
        return Difference(f"{place}, column {column!r}", "value", shorten(a), shorten(b))
    return None


def _cells_equal(a: str, b: str, tolerance: Tolerance) -> bool:
    """Two cells count as equal when both are decimals near each other; `1` and `1.0` are of different types."""
    if not all(any(mark in cell for mark in ".eE") for cell in (a, b)):
        return False
    try:
        return tolerance.allows(float(a), float(b))
    except ValueError:
        return False


def _json(one: bytes, other: bytes, place: str, tolerance: Tolerance) -> Difference | None:
    return first_difference(json.loads(one), json.loads(other), tolerance=tolerance, place=f"{place} ")


def _json_lines(one: bytes, other: bytes, place: str, tolerance: Tolerance) -> Difference | None:
    left, right = ([json.loads(line) for line in data.splitlines() if line.strip()] for data in (one, other))
    return first_difference(left, right, tolerance=tolerance, place=f"{place} ")


def _arrays(one: bytes, other: bytes, place: str, tolerance: Tolerance) -> Difference | None:
    return raw_difference(parse_npy(one), parse_npy(other), place, tolerance)


def _pickles(one: bytes, other: bytes, place: str, tolerance: Tolerance) -> Difference | None:
    return tree_difference(read_pickle(one), read_pickle(other), place, tolerance)


def _gzip(one: bytes, other: bytes, place: str, tolerance: Tolerance) -> Difference | None:
    inner = place[: -len(".gz")] if place.endswith(".gz") else place
    return content_difference(gzip.decompress(one), gzip.decompress(other), inner, tolerance)


def _zips(one: bytes, other: bytes, place: str, tolerance: Tolerance) -> Difference | None:
    with zipfile.ZipFile(io.BytesIO(one)) as left, zipfile.ZipFile(io.BytesIO(other)) as right:
        names = sorted(left.namelist()), sorted(right.namelist())
        if names[0] != names[1]:
            return Difference(place, "key", shorten(names[0]), shorten(names[1]), "members")
        for name in names[0]:
            found = content_difference(left.read(name), right.read(name), f"{place}!{name}", tolerance)
            if found is not None:
                return found
    return None


def _arrow(one: bytes, other: bytes, place: str, tolerance: Tolerance) -> Difference | None:
    try:
        import pyarrow as pa  # noqa: PLC0415  (optional: without it these files are compared as bytes)
        import pyarrow.feather  # noqa: PLC0415
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError:
        return _bytes(one, other, place, tolerance)
    read = pa.parquet.read_table if place.endswith(".parquet") else pa.feather.read_table
    left, right = read(pa.BufferReader(one)), read(pa.BufferReader(other))
    types = [[(field.name, str(field.type)) for field in table.schema] for table in (left, right)]
    if types[0] != types[1]:
        return first_difference(types[0], types[1], place=f"{place} schema")
    return first_difference(left.to_pydict(), right.to_pydict(), tolerance=tolerance, place=f"{place} ")


def _databases(left: Path, right: Path, place: str, tolerance: Tolerance) -> Difference | None:
    contents = _database(left), _database(right)
    return first_difference(contents[0], contents[1], tolerance=tolerance, place=f"{place} ")


def _database(path: Path) -> dict[str, Any]:
    """Return every table of an SQLite file: its schema, and its rows in the order of storage."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        tables = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
        return {name: {"schema": sql, "rows": _table_rows(connection, name)} for name, sql in tables}


def _table_rows(connection: sqlite3.Connection, name: str) -> Sequence[Any]:
    quoted = '"' + name.replace('"', '""') + '"'
    return connection.execute(f"SELECT * FROM {quoted}").fetchall()  # noqa: S608  (a quoted identifier)
