"""Makes further calls out of recorded ones: `python -m decompose_probe.vary SOURCE`.

One argument at a time becomes empty, missing, reordered or of another dtype. Originals and variants go to the file of
the specification; the same seed gives the same variants.
"""

from __future__ import annotations

import datetime
import math
import random
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from . import calls
from .places import type_name

Variant = tuple[str, Any]


def main(source: str) -> None:
    """Write every recorded call and variants of those that are plain functions."""
    spec = calls.read_spec()
    rng = random.Random(spec.seed)  # noqa: S311
    number = 1_000_000
    varied: Counter[str] = Counter()
    for record in calls.read(source):
        calls.append(spec.calls, record)
        if not isinstance(record, tuple):
            continue
        call = calls.Call(*record)
        varied[call.symbol] += 1
        if call.made or varied[call.symbol] > spec.varied_calls:
            continue
        for note, payload in vary(call, rng, spec.variants):
            number += 1
            calls.append(spec.calls, call._replace(number=number, payload=payload, note=note))


def vary(call: calls.Call, rng: random.Random, limit: int) -> Iterator[tuple[str, bytes]]:
    """Yield up to `limit` variants of one call: what was changed, and the arguments."""
    try:
        args, kwargs = calls.load_with_handles(call.payload, _refuse)
    except Exception:  # arguments that refer to live objects are not varied
        return
    found: list[tuple[str, Any]] = []
    for position, value in enumerate(args):
        found += [(f"argument {position} {n}", (_put(args, position, v), kwargs)) for n, v in variants_of(value, rng)]
    for name, value in sorted(kwargs.items()):
        found += [(f"argument `{name}` {n}", (args, {**kwargs, name: v})) for n, v in variants_of(value, rng)]
        found.append((f"argument `{name}` left out", (args, {k: v for k, v in kwargs.items() if k != name})))
    if len(args) > 1:
        found.append(("last argument left out", (args[:-1], kwargs)))
    rng.shuffle(found)
    for note, arguments in found[:limit]:
        try:
            yield note, calls.dump_with_handles(arguments, lambda _: None)
        except Exception:  # noqa: S112  (a variant that cannot be pickled is none)
            continue


def _refuse(number: Any) -> object:
    raise LookupError(number)


def _put(args: tuple[Any, ...], position: int, value: Any) -> tuple[Any, ...]:
    return (*args[:position], value, *args[position + 1 :])


def variants_of(value: Any, rng: random.Random) -> list[Variant]:
    """Return neighbours and edge cases of a value, each with its description."""
    name = type_name(value)
    if name == "pandas.DataFrame" or name.endswith(".frame.DataFrame"):
        return _try(_frames(value, rng))
    if name.startswith("numpy.") and hasattr(value, "dtype") and getattr(value, "shape", ()) != ():
        return _try(_arrays(value))
    table: dict[str, Any] = {
        "bool": lambda v: [("negated", not v), ("None", None)],
        "int": lambda v: [
            ("0", 0),
            ("1", 1),
            ("-1", -1),
            ("one more", v + 1),
            ("negative", -v - 2),
            ("as float", float(v)),
        ],
        "float": lambda v: [
            ("NaN", math.nan),
            ("0.0", 0.0),
            ("-0.0", -0.0),
            ("half", v / 2),
            ("negated", -v - 1.0),
            ("infinite", math.inf),
        ],
        "str": lambda v: _texts(v, rng),
        "NoneType": lambda _: [("NaN", math.nan), ("0", 0)],
        "list": _sequences,
        "tuple": lambda v: [(n, tuple(x)) for n, x in _sequences(list(v))],
        "dict": _mappings,
        "datetime.datetime": _moments,
    }
    return list(table[name](value)) if name in table else []


def _try(makers: list[tuple[str, Any]]) -> list[Variant]:
    """Return the variants that could be made; a change that does not fit this value is left out."""
    made: list[Variant] = []
    for note, make in makers:
        try:
            made.append((note, make()))
        except Exception:  # noqa: S112  (a dtype that does not fit)
            continue
    return made


def _texts(value: str, rng: random.Random) -> list[Variant]:
    if any(mark in value for mark in "/\\.~"):  # may be a path: never write anywhere else
        return [("a name that is not there", f"{value}.absent-{rng.randrange(10**6)}")]  # that no other variant makes
    return [
        ("empty", ""),
        ("other case", value.swapcase()),
        ("not ASCII", value + "é𝄞"),
        ("with a line break", value + "\n"),
    ]


def _sequences(value: list[Any]) -> list[Variant]:
    found: list[Variant] = [
        ("empty", []),
        ("reversed", value[::-1]),
        ("twice", value + value),
        ("None inside", [*value, None]),
    ]
    if value and all(type(item) in (int, float) for item in value):
        found.append(("negated", [-item - 1 for item in value]))
    return [variant for variant in found if variant[0] != "reversed" or len(value) > 1]


def _mappings(value: dict[Any, Any]) -> list[Variant]:
    found: list[Variant] = [("empty", {}), ("other order", dict(reversed(list(value.items()))))]
    for key in list(value)[:2]:
        found.append((f"without {key!r}", {k: v for k, v in value.items() if k != key}))
        found.append((f"None for {key!r}", {**value, key: None}))
    return found


def _moments(value: datetime.datetime) -> list[Variant]:
    zone = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
    return [
        ("without timezone", value.replace(tzinfo=None)),
        ("of another timezone", value.replace(tzinfo=zone)),
        ("with microseconds", value.replace(microsecond=123456)),
    ]


def _arrays(value: Any) -> list[tuple[str, Any]]:
    return [
        ("without elements", value[:0].copy),
        ("reversed", value[::-1].copy),
        ("a view with a stride", lambda: value[::2]),
        ("as float32", lambda: value.astype("float32")),
        ("as float64", lambda: value.astype("float64")),
        ("as integers", lambda: value.astype("int64")),
        ("in column order", lambda: value.copy(order="F")),
        ("NaN inside", lambda: _with_nan(value)),
        ("negated", lambda: -value - 1),
        ("as a list", value.tolist),
    ]


def _with_nan(value: Any) -> Any:
    changed = value.astype("float64")
    changed.flat[0] = math.nan
    return changed


def _frames(value: Any, rng: random.Random) -> list[tuple[str, Any]]:
    columns = list(value.columns)
    found: list[tuple[str, Any]] = [
        ("without rows", lambda: value.iloc[:0]),
        ("one row", lambda: value.iloc[:1]),
        ("rows reversed", lambda: value.iloc[::-1]),
        ("index reset to a range from 10", lambda: value.set_axis(range(10, 10 + len(value)), axis=0)),
        ("rows twice", lambda: value.loc[list(value.index) * 2]),
        ("columns reversed", lambda: value[columns[::-1]]),
    ]
    for column in rng.sample(columns, min(3, len(columns))):
        found += _one_column(value, column)
    return found


def _one_column(value: Any, column: Any) -> list[tuple[str, Any]]:
    return [
        (f"without column {column!r}", lambda: value.drop(columns=[column])),
        (f"missing values in {column!r}", lambda: _with_missing(value, column)),
        (f"column {column!r} as float32", lambda: value.astype({column: "float32"})),
        (f"column {column!r} as category", lambda: value.astype({column: "category"})),
        (f"column {column!r} as text", lambda: value.astype({column: "str"})),
    ]


def _with_missing(value: Any, column: Any) -> Any:
    changed = value.copy()
    changed[column] = changed[column].where([i % 2 == 1 for i in range(len(changed))])
    return changed


if __name__ == "__main__":
    main(sys.argv[1])
