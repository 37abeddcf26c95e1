"""The file of recorded calls: written and read by the user's own interpreter only, in a private folder."""

from __future__ import annotations

import io
import json
import os
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

SPEC = "DECOMPOSE_PROBE_SPEC"
"""Environment variable with the path of the specification (JSON)."""

_PLAIN = ("builtins", "collections", "datetime", "decimal", "numpy", "pandas", "pathlib")
"""Libraries whose values cross by value on every path, so that an attribute of them can be asked for."""
_MOST_STATE = 100_000
"""Largest attribute that is compared after a call, in bytes."""


class Spec(NamedTuple):
    """What is recorded or replayed, and where."""

    root: str
    """Folder of the tree."""
    operations: Mapping[str, Mapping[str, str]]
    """Path of the file, to name in the module (`fit`, `Class`, `Class.method`), to symbol."""
    calls: str
    """File with the calls."""
    limit: int = 25
    """Most calls recorded for one operation."""
    seconds: float = 3.0
    """Time that recorded calls of one operation take together, in seconds, after which no more are recorded."""
    max_bytes: int = 8_000_000
    """Largest arguments recorded, in bytes."""
    output: str = ""
    """File with the outcomes of a replay."""
    timeout_s: int = 30
    """Longest replay of one call, in seconds."""
    variants: int = 24
    """Most variants of one recorded call."""
    varied_calls: int = 4
    """Most calls of one operation that are varied."""
    seed: int = 0


class Call(NamedTuple):
    """One recorded call."""

    number: int
    symbol: str
    module: str
    """Name under which the module had been imported."""
    name: str
    receiver: int
    """Number of the object it was called on; 0 for none."""
    made: int
    """Number of the object that a constructor made; 0 otherwise."""
    payload: bytes
    """Pickled (positional, keyword) arguments."""
    note: str = ""
    """What was varied."""
    is_read: bool = False
    """Whether it is a property that is read."""


def read_spec() -> Spec:
    """Return the specification named by the environment."""
    return Spec(**json.loads(Path(os.environ[SPEC]).read_text()))


def importable_folders(root: str) -> list[str]:
    """Return the folders of the tree that can be imported from, relative to it."""
    base = os.path.realpath(root)
    inside = [p for p in map(os.path.realpath, sys.path) if p == base or p.startswith(base + os.sep)]
    return [os.path.relpath(p, base) for p in dict.fromkeys(inside)]


def make_importable(root: str, folders: list[str]) -> None:
    """Put folders of the tree first on the path, in their order."""
    for folder in reversed(folders):
        path = os.path.normpath(str(Path(root) / folder))
        if path not in sys.path:
            sys.path.insert(0, path)


def append(path: str, record: object) -> None:
    """Add one record: a call, a list of importable folders, or a dictionary of what was left out."""
    with Path(path).open("ab") as stream:
        pickle.dump(tuple(record) if isinstance(record, tuple) else record, stream)


def read(path: str) -> Iterator[Any]:
    """Yield the records of a file; a last one that was cut off is left out."""
    with Path(path).open("rb") as stream:
        while True:
            try:
                yield pickle.load(stream)  # noqa: S301  (written by our own probe, in a private folder)
            except (EOFError, pickle.UnpicklingError):
                return


def returned_objects(records: Iterable[Any]) -> dict[int, int]:
    """Return, for each call that gave back an object of the moved code, the number of that object."""
    return {r["call"]: r["object"] for r in records if isinstance(r, dict) and "object" in r}


def attributes_of(records: Iterable[Any]) -> dict[int, list[str]]:
    """Return, for each object, the attributes that are compared after every call on it, sorted."""
    found: dict[int, list[str]] = {}
    for record in records:
        if isinstance(record, dict) and "attributes" in record:
            found[record["of"]] = sorted({*found.get(record["of"], ()), *record["attributes"]})
    return found


def is_plain(value: object) -> bool:
    """Return whether a value consists of numbers, text, containers, arrays and frames alone, and is not large."""

    def refuse(part: object) -> None:
        kind = type(part).__module__
        if kind.partition(".")[0] not in _PLAIN or kind.startswith("numpy.random"):
            raise TypeError(kind)

    try:
        return len(dump_with_handles(value, refuse)) <= _MOST_STATE
    except Exception:  # whatever the user's objects raise
        return False


def dump_with_handles(value: object, handle: Callable[[object], object]) -> bytes:
    """Return `value` pickled, with every object for which `handle` gives something replaced by that."""

    class Pickler(pickle.Pickler):
        def persistent_id(self, obj: Any) -> Any:
            return handle(obj)

    stream = io.BytesIO()
    Pickler(stream, protocol=4).dump(value)
    return stream.getvalue()


def load_with_handles(data: bytes, resolve: Callable[[Any], object]) -> Any:
    """Return the value of `dump_with_handles`, with handles resolved."""

    class Unpickler(pickle.Unpickler):
        def persistent_load(self, pid: Any) -> Any:
            return resolve(pid)

    return Unpickler(io.BytesIO(data)).load()
