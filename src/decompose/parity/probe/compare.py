"""Compares two values by type: exact where the type is discrete, within a stated tolerance where it is not.

Knows numpy, pandas, scipy.sparse and torch values without importing any of them.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import pathlib
import re
import types
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .frames import array_difference, frame_difference, sparse_difference
from .places import DEFAULT, Difference, Tolerance, shorten, type_name

__all__ = ["Difference", "Tolerance", "first_difference"]

_SCALARS = (
    str,
    bytes,
    bytearray,
    int,
    bool,
    complex,
    decimal.Decimal,
    pathlib.PurePath,
    enum.Enum,
    range,
    slice,
    re.Pattern,
)
_CODE = (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType)
_MAX_DEPTH = 150


class Walk(NamedTuple):
    """What a comparison carries downwards."""

    tolerance: Tolerance
    seen: set[tuple[int, int]]
    depth: int

    def deeper(self) -> Walk:
        """Return the walk one level down."""
        return self._replace(depth=self.depth + 1)


def first_difference(
    left: object, right: object, *, tolerance: Tolerance = DEFAULT, place: str = ""
) -> Difference | None:
    """Return the first place where two values differ, or `None` when they are equal.

    Types must agree exactly (`numpy.float64` is not `float`), NaN equals NaN, `None` equals only `None`, the order of
    lists, rows, columns and dictionary keys counts. Floats may differ by the tolerance of their precision.

    Args:
        left: The monolith's value.
        right: The services' value.
        tolerance: How far floats may be apart.
        place: Name of the value, the start of the reported place.
    """
    return _compare(left, right, place, Walk(tolerance, set(), 0))


def _compare(left: Any, right: Any, place: str, walk: Walk) -> Difference | None:
    if left is right and not isinstance(left, float):
        return None
    if type_name(left) != type_name(right):
        return Difference(place, "type", f"{type_name(left)} {shorten(left)}", f"{type_name(right)} {shorten(right)}")
    if walk.depth > _MAX_DEPTH or (id(left), id(right)) in walk.seen:
        return None
    return _comparator(left)(left, right, place, walk)


def _comparator(value: Any) -> Callable[[Any, Any, str, Walk], Difference | None]:
    """Return the function that compares values of this type."""
    kinds: tuple[tuple[Any, Callable[[Any, Any, str, Walk], Difference | None]], ...] = (
        (float, _floats),
        (datetime.datetime, _datetimes),
        (_SCALARS, _equal),
        ((list, tuple), _sequences),
        ((set, frozenset), _sets),
        (dict, _mappings),
        (BaseException, _exceptions),
        (_CODE, _code),
    )
    base = type(value).__module__.partition(".")[0]
    if base in _LIBRARY:
        return _LIBRARY[base]
    for kind, function in kinds:
        if isinstance(value, kind):
            return function
    return _objects


def _floats(left: float, right: float, place: str, walk: Walk) -> Difference | None:
    if walk.tolerance.allows(float(left), float(right)):
        return None
    return Difference(place, "value", repr(left), repr(right), f"apart by {abs(left - right):.3g}")


def _datetimes(left: datetime.datetime, right: datetime.datetime, place: str, walk: Walk) -> Difference | None:
    if (left.tzinfo is None) != (right.tzinfo is None) or str(left.tzinfo) != str(right.tzinfo):
        return Difference(place, "timezone", left.isoformat() + _zone(left), right.isoformat() + _zone(right))
    return _equal(left, right, place, walk)


def _zone(moment: datetime.datetime) -> str:
    return f" [{moment.tzinfo}]" if moment.tzinfo is not None else " [no timezone]"


def _equal(left: Any, right: Any, place: str, walk: Walk) -> Difference | None:
    if isinstance(left, complex):
        real = _floats(left.real, right.real, place + ".real", walk)
        return real or _floats(left.imag, right.imag, place + ".imag", walk)
    if left == right or (left != left and right != right):  # noqa: PLR0124  (Decimal NaN)
        return None
    note = ""
    if isinstance(left, (str, bytes, bytearray)):
        at = next((i for i, (a, b) in enumerate(zip(left, right)) if a != b), min(len(left), len(right)))  # noqa: B905
        note = f"first at character {at}"
        if max(len(left), len(right)) > 60:
            begin = max(0, at - 15)
            left, right = left[begin : at + 40], right[begin : at + 40]
    return Difference(place, "value", shorten(left), shorten(right), note)


def _sequences(left: Any, right: Any, place: str, walk: Walk) -> Difference | None:
    walk.seen.add((id(left), id(right)))
    names = getattr(left, "_fields", None)
    for position, (one, other) in enumerate(zip(left, right)):  # noqa: B905  (the length is compared below)
        below = f"{place}.{names[position]}" if names else f"{place}[{position}]"
        found = _compare(one, other, below, walk.deeper())
        if found is not None and len(left) == len(right) and _is_reordered(left, right):
            return found._replace(kind="order", note="same elements in another order")
        if found is not None and len(left) == len(right):
            return found
        if found is not None:
            break
    if len(left) != len(right):
        return Difference(place, "length", str(len(left)), str(len(right)), "number of elements")
    return None


def _is_reordered(left: Any, right: Any) -> bool:
    return len(left) > 1 and sorted(shorten(v, 2000) for v in left) == sorted(shorten(v, 2000) for v in right)


def _sets(left: Any, right: Any, place: str, walk: Walk) -> Difference | None:
    if left == right:
        return None
    only_left, only_right = sorted(map(repr, left - right)), sorted(map(repr, right - left))
    if only_left == only_right:
        return None  # NaN is no element of another set
    return Difference(place, "value", shorten(only_left), shorten(only_right), "elements of one side only")


def _mappings(left: Any, right: Any, place: str, walk: Walk) -> Difference | None:
    walk.seen.add((id(left), id(right)))
    for one, other, side in ((left, right, "services lack it"), (right, left, "monolith lacks it")):
        missing = next((key for key in one if key not in other), None)
        if missing is not None or (None in one and None not in other):
            text = f"{place}[{missing!r}]"
            values = (shorten(one[missing]), "absent")
            return Difference(text, "key", *(values if one is left else values[::-1]), side)
    for key in left:
        found = _compare(left[key], right[key], f"{place}[{key!r}]", walk.deeper())
        if found is not None:
            return found
    if list(left) != list(right):
        return Difference(place, "order", shorten(list(left)), shorten(list(right)), "same keys in another order")
    return None


def _exceptions(left: BaseException, right: BaseException, place: str, walk: Walk) -> Difference | None:
    return _compare(left.args, right.args, f"{place}.args", walk.deeper())


def _code(left: Any, right: Any, place: str, walk: Walk) -> Difference | None:
    one, other = (
        f"{getattr(v, '__module__', '')}.{getattr(v, '__qualname__', getattr(v, '__name__', ''))}"
        for v in (left, right)
    )
    return None if one == other else Difference(place, "value", one, other)


def _library(left: Any, right: Any, place: str, walk: Walk) -> Difference | None:
    """Compare values of numpy, pandas, scipy and torch, or fall back to the object's state."""
    below = walk.deeper()

    def inner(one: Any, other: Any, at: str) -> Difference | None:
        return _compare(one, other, at, below)

    for compare in (array_difference, frame_difference, sparse_difference):
        answer: Difference | None = compare(left, right, place, walk.tolerance, inner)
        if answer is not NotImplemented:
            return answer
    return _objects(left, right, place, walk)


_LIBRARY: Mapping[str, Callable[[Any, Any, str, Walk], Difference | None]] = dict.fromkeys(
    ("numpy", "pandas", "scipy", "torch"), _library
)


def _objects(left: Any, right: Any, place: str, walk: Walk) -> Difference | None:
    """Compare two objects by their state: attributes, else what a copy of them would be built from."""
    walk.seen.add((id(left), id(right)))
    states = _state(left), _state(right)
    if states[0] is None or states[1] is None:
        same = shorten(left) == shorten(right) or _answers_equal(left, right)
        return None if same else Difference(place, "value", shorten(left), shorten(right))
    if isinstance(states[0], dict) and isinstance(states[1], dict):
        found = _mappings(states[0], states[1], place, walk.deeper())
        if found is not None and found.kind == "order":
            return None  # the order in which attributes were set is no part of a value
        return None if found is None else found._replace(place=_attribute_places(place, found.place))
    return _compare(states[0], states[1], place, walk.deeper())


def _attribute_places(place: str, below: str) -> str:
    """Return `x.name` for the place `x['name']`."""
    return place + re.sub(r"^\['(\w+)'\]", r".\1", below[len(place) :])


def _state(value: Any) -> Any:
    """Return what the object consists of; `None` when it does not tell."""
    if hasattr(value, "__dict__"):
        slots = {name: getattr(value, name) for name in _slots(value) if hasattr(value, name)}
        return {**vars(value), **slots}
    if _slots(value):
        return {name: getattr(value, name) for name in _slots(value) if hasattr(value, name)}
    try:
        return tuple(part for part in value.__reduce_ex__(4)[1:3])
    except Exception:  # any object of the user's code may refuse in any way
        return None


def _slots(value: Any) -> list[str]:
    found: list[str] = []
    for base in type(value).__mro__:
        slots = base.__dict__.get("__slots__", ())
        found.extend([slots] if isinstance(slots, str) else slots)
    return sorted(name for name in found if name not in ("__dict__", "__weakref__"))


def _answers_equal(left: Any, right: Any) -> bool:
    try:
        return bool(left == right)
    except Exception:  # comparison is the user's own code
        return False
