"""Where two values differ first: by type, then by content, floats as far as their precision tells."""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Mapping, Sequence, Set
from typing import Any, NamedTuple

from service_runtime.proxies import RemoteObject

DEEPEST = 50
RELATIVE = {2: 1e-2, 4: 1e-5}
"""Relative tolerance of floats by their size in bytes."""
RELATIVE_DOUBLE = 1e-9
_OPAQUE = (type(None), bool, int, str, bytes, bytearray, type)


class Difference(NamedTuple):
    """One place in which two values differ."""

    field: str
    local: str
    remote: str


class NotComparable(Exception):
    """Two values of which nobody can say whether they are the same."""


def first_difference(local: Any, remote: Any, field: str = "result") -> Difference | None:
    """Return the first place in which two values differ, `None` when they are the same.

    Args:
        local: A value made here.
        remote: The one that another process made, after its journey.
        field: Name of the value; the place inside it is put behind.

    Raises:
        NotComparable: If the values have no content that can be looked at.
    """
    return _compare(local, remote, field, 0, set())


def _compare(local: Any, remote: Any, field: str, depth: int, seen: set[tuple[int, int]]) -> Difference | None:
    pair = (id(local), id(remote))
    if local is remote or pair in seen:
        return None
    if depth > DEEPEST:
        raise NotComparable(f"{field} is nested more than {DEEPEST} deep")
    seen.add(pair)
    if isinstance(remote, RemoteObject):
        return _told(field, local, remote) if type(local).__name__ != type(remote).__name__ else None
    if type(local) is not type(remote) and not _same_class(type(local), type(remote)):
        return _told(field, local, remote)
    if isinstance(local, (float, complex)):
        return None if _is_close(local, remote) else _told(field, local, remote)
    if isinstance(local, _OPAQUE):
        return None if local == remote else _told(field, local, remote)
    return _compare_content(local, remote, field, depth + 1, seen)


def _compare_content(local: Any, remote: Any, field: str, depth: int, seen: set[tuple[int, int]]) -> Difference | None:
    if isinstance(local, BaseException):
        return _compare(local.args, remote.args, f"{field}.args", depth, seen)
    if isinstance(local, Mapping):
        return _compare_mappings(local, remote, field, depth, seen)
    if isinstance(local, Set):
        return None if local == remote else _told(field, local, remote)
    if _is_of(local, "numpy", ("ndarray", "generic")):
        return _compare_arrays(local, remote, field)
    if _is_of(local, "pandas", ("DataFrame", "Series", "Index")):
        return _compare_tables(local, remote, field)
    if isinstance(local, Sequence):
        if len(local) != len(remote):
            return Difference(f"len({field})", str(len(local)), str(len(remote)))
        found = (
            _compare(a, b, f"{field}[{i}]", depth, seen) for i, (a, b) in enumerate(zip(local, remote, strict=True))
        )
        return next((difference for difference in found if difference is not None), None)
    return _compare_objects(local, remote, field, depth, seen)


def _compare_mappings(local: Any, remote: Any, field: str, depth: int, seen: set[tuple[int, int]]) -> Difference | None:
    if list(local) != list(remote) and set(local) != set(remote):
        return Difference(f"keys of {field}", _short(list(local)), _short(list(remote)))
    found = (_compare(local[key], remote[key], f"{field}[{key!r}]", depth, seen) for key in local)
    return next((difference for difference in found if difference is not None), None)


def _compare_objects(local: Any, remote: Any, field: str, depth: int, seen: set[tuple[int, int]]) -> Difference | None:
    """Compare by attributes; a value without any by its own `==`."""
    names = [f.name for f in dataclasses.fields(local)] if dataclasses.is_dataclass(local) else []
    names = names or sorted({*getattr(local, "__dict__", ()), *getattr(remote, "__dict__", ())})
    if not names:
        return _compare_opaque(local, remote, field)
    missing = object()
    pairs = ((n, getattr(local, n, missing), getattr(remote, n, missing)) for n in names)
    found = (_compare(a, b, f"{field}.{name}", depth, seen) for name, a, b in pairs)
    return next((difference for difference in found if difference is not None), None)


def _compare_opaque(local: Any, remote: Any, field: str) -> Difference | None:
    """Compare values without attributes by their own `==`; objects of a plain class have nothing to differ in."""
    if getattr(type(local), "__eq__", None) is object.__eq__:
        if hasattr(local, "__dict__"):
            return None
        raise NotComparable(f"{field} is a {type(local).__name__}")
    try:
        is_same = bool(local == remote)
    except Exception as error:
        raise NotComparable(f"{field} is a {type(local).__name__}") from error
    return None if is_same else _told(field, local, remote)


def _compare_arrays(local: Any, remote: Any, field: str) -> Difference | None:
    numpy = sys.modules["numpy"]
    if local.dtype != remote.dtype or local.shape != remote.shape:
        shown = (f"{a.dtype} of shape {a.shape}" for a in (local, remote))
        return Difference(field, *shown)
    if local.dtype.kind in "fc":
        relative = RELATIVE.get(local.dtype.itemsize, RELATIVE_DOUBLE)
        same = numpy.isclose(local, remote, rtol=relative, atol=0, equal_nan=True)
    else:
        same = (local == remote) | (_is_missing(local) & _is_missing(remote))
    if numpy.all(same):
        return None
    place = numpy.argwhere(~numpy.atleast_1d(same))[0].tolist()
    at = tuple(place) if local.ndim else ()
    return Difference(f"{field}{place if at else ''}", _short(local[at]), _short(remote[at]))


def _compare_tables(local: Any, remote: Any, field: str) -> Difference | None:
    """Compare frames by labels, types, then column by column."""
    if not hasattr(local, "index"):
        return None if local.equals(remote) and local.dtype == remote.dtype else _told(field, local, remote)
    if not local.index.equals(remote.index):
        return _told(f"{field}.index", local.index, remote.index)
    if not hasattr(local, "columns"):
        return _compare_columns(local, remote, field)
    if list(local.columns) != list(remote.columns):
        return Difference(f"{field}.columns", _short(list(local.columns)), _short(list(remote.columns)))
    places = ((name, local.iloc[:, i], remote.iloc[:, i]) for i, name in enumerate(local.columns))
    found = (_compare_columns(a, b, f"{field}[{name!r}]") for name, a, b in places)
    return next((difference for difference in found if difference is not None), None)


def _compare_columns(local: Any, remote: Any, field: str) -> Difference | None:
    if local.dtype != remote.dtype:
        return Difference(f"{field}.dtype", str(local.dtype), str(remote.dtype))
    if local.equals(remote):
        return None
    for row, (a, b) in enumerate(zip(local, remote, strict=True)):
        is_missing = _is_missing(a) is True and _is_missing(b) is True
        difference = None if is_missing else _compare(a, b, f"{field} row {row}", 0, set())
        if difference is not None:
            return difference
    return None


def _is_missing(value: Any) -> Any:
    """Return whether a value is no number or no time, element by element for an array."""
    return value != value  # noqa: PLR0124  (what is missing is not equal to itself)


def _same_class(first: type, second: type) -> bool:
    return (first.__module__, first.__qualname__) == (second.__module__, second.__qualname__)


def _is_close(local: Any, remote: Any) -> bool:
    if isinstance(local, complex):
        return _is_close(local.real, remote.real) and _is_close(local.imag, remote.imag)
    if math.isnan(local) or math.isnan(remote):
        return math.isnan(local) and math.isnan(remote)
    return math.isclose(local, remote, rel_tol=RELATIVE_DOUBLE)


def _is_of(value: Any, library: str, names: tuple[str, ...]) -> bool:
    """Return whether a value is of one of a library's classes, without importing the library."""
    module = sys.modules.get(library)
    return module is not None and isinstance(value, tuple(getattr(module, name) for name in names))


def _told(field: str, local: Any, remote: Any) -> Difference:
    shown = tuple(f"{type(value).__name__} {_short(value)}" for value in (local, remote))
    return Difference(field, *shown)


def _short(value: Any) -> str:
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001  (whatever a class's own repr raises)
        text = f"<{type(value).__name__}>"
    return text if len(text) <= 200 else f"{text[:200]}…"  # noqa: PLR2004
