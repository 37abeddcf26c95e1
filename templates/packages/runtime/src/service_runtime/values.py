"""Values to JSON trees with tags and back, without loss: types, sharing and cycles inside one message survive.

A tagged value is an object with the key `$`. Every mutable value gets the next number when it is first met, on both
sides alike; a second meeting is written as a reference to that number.
"""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import math
import pathlib
import re
import zoneinfo
from collections.abc import Callable
from typing import Any

from service_runtime.errors import NotTransferable, WireError
from service_runtime.wire import Part

TAG = "$"
DEPTH_LIMIT = 128
"""Levels of nesting that a message may have."""

_PLAIN = frozenset({bool, int, str, type(None)})

Encode = Callable[["Encoder", Any], Any]
Decode = Callable[["Decoder", dict[str, Any]], Any]

encoders: dict[type[Any], Encode] = {}
"""Encoder by exact type."""
decoders: dict[str, Decode] = {}
"""Decoder by tag."""
families: list[Callable[[type[Any]], Encode | None]] = []
"""Look-ups for types that no entry of `encoders` names; asked in order, the first answer is remembered."""


class Encoder:
    """Turns values into a JSON tree and binary parts.

    Args:
        known: Number by `id()` of objects that the receiver already has; these are written as `arg` references.
    """

    def __init__(self, known: dict[int, int] | None = None) -> None:
        self.parts: list[Part] = []
        self.objects: list[Any] = []
        self.known = known or {}
        self.allows_handles = True
        self.fresh = 0
        """Identity of a known object whose content is to be written at its next meeting."""
        self._numbers: dict[int, int] = {}
        self._depth = 0

    def encode(self, value: Any) -> Any:
        """Return the JSON tree of `value`.

        Raises:
            NotTransferable: If the value can cross neither by value nor by handle.
        """
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is float:
            return value if math.isfinite(value) else {TAG: "float", "v": repr(value)}
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise NotTransferable(f"a value is nested deeper than {DEPTH_LIMIT} levels")
        try:
            encode = encoders.get(kind) or _encoder_for(kind)
            return encode(self, value)
        finally:
            self._depth -= 1

    def seen(self, value: Any) -> dict[str, Any] | None:
        """Return a reference to `value` when it was met before, else number it and return `None`."""
        identity = id(value)
        if identity == self.fresh:
            self.fresh = 0
        elif identity in self.known:
            number = self.known[identity]
            return {TAG: "arg", "v": number}
        if identity in self._numbers:
            return {TAG: "ref", "v": self._numbers[identity]}
        self._numbers[identity] = len(self.objects)
        self.objects.append(value)
        return None

    def part(self, content: Part) -> int:
        """Add a binary part and return its index."""
        self.parts.append(content)
        return len(self.parts) - 1


class Decoder:
    """Turns a JSON tree and binary parts into values.

    Args:
        parts: Binary parts of the message.
        arguments: Objects of the request that the sender refers to by number.
    """

    def __init__(self, parts: list[memoryview] | None = None, arguments: list[Any] | None = None) -> None:
        self.parts = parts or []
        self.arguments = arguments or []
        self.objects: list[Any] = []
        self.sources: dict[int, memoryview] = {}
        self.by_reference: set[int] = set()
        """Numbers of objects that are here, or elsewhere, under a handle: their changes need not be carried back."""
        self._depth = 0

    def decode(self, tree: Any) -> Any:
        """Return the value of a JSON tree.

        Raises:
            WireError: If the tree is not one that `Encoder` makes.
        """
        kind = type(tree)
        if kind is not dict and kind is not list:
            return tree
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise WireError(f"the message is nested deeper than {DEPTH_LIMIT} levels")
        try:
            if kind is list:
                return self._list(tree)
            tag = tree.get(TAG)
            if tag is None:
                return self._dict(tree)
            decode = decoders.get(tag) if isinstance(tag, str) else None
            if decode is None:
                decode = _late_decoder(tag)
            return decode(self, tree)
        except (KeyError, IndexError, AttributeError) as error:
            raise WireError(f"unreadable value: {error!r}") from error
        finally:
            self._depth -= 1

    def add(self, value: Any) -> Any:
        """Number a value, in the order in which the sender met it."""
        self.objects.append(value)
        return value

    def reserve(self) -> int:
        """Number a value that is not built yet and return its number."""
        self.objects.append(None)
        return len(self.objects) - 1

    def _list(self, tree: list[Any]) -> list[Any]:
        made: list[Any] = self.add([])
        made.extend(map(self.decode, tree))
        return made

    def _dict(self, tree: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = self.add({})
        for key, value in tree.items():
            made[key] = self.decode(value)
        return made


def _encode_list(encoder: Encoder, value: list[Any]) -> Any:
    kinds = set(map(type, value))
    reference = encoder.seen(value)
    if reference is not None:
        return reference
    if kinds <= _PLAIN or (kinds == {float} and all(map(math.isfinite, value))):
        return list(value)
    return [encoder.encode(item) for item in value]


def _encode_dict(encoder: Encoder, value: dict[Any, Any]) -> Any:
    reference = encoder.seen(value)
    if reference is not None:
        return reference
    if all(type(key) is str for key in value) and TAG not in value:
        return {key: encoder.encode(item) for key, item in value.items()}
    return {TAG: "dict", "v": [[encoder.encode(key), encoder.encode(item)] for key, item in value.items()]}


def _decode_dict(decoder: Decoder, tree: dict[str, Any]) -> Any:
    made: dict[Any, Any] = decoder.add({})
    for key, item in tree["v"]:
        made[decoder.decode(key)] = decoder.decode(item)
    return made


def _encode_set(encoder: Encoder, value: set[Any]) -> Any:
    reference = encoder.seen(value)
    return reference if reference is not None else {TAG: "set", "v": [encoder.encode(item) for item in value]}


def _decode_set(decoder: Decoder, tree: dict[str, Any]) -> Any:
    made: set[Any] = decoder.add(set())
    made.update(decoder.decode(item) for item in tree["v"])
    return made


def _encode_bytes(encoder: Encoder, value: bytes) -> Any:
    if len(value) < 4096:  # noqa: PLR2004  (small ones stay readable in the header)
        return {TAG: "bytes", "v": base64.b64encode(value).decode()}
    return {TAG: "bytes", "p": encoder.part(value)}


def _decode_bytes(decoder: Decoder, tree: dict[str, Any]) -> bytes:
    return bytes(decoder.parts[tree["p"]]) if "p" in tree else base64.b64decode(tree["v"])


def _encode_bytearray(encoder: Encoder, value: bytearray) -> Any:
    reference = encoder.seen(value)
    return reference if reference is not None else {TAG: "bytearray", "p": encoder.part(bytes(value))}


def _decode_reference(decoder: Decoder, tree: dict[str, Any]) -> Any:
    return decoder.objects[_index(tree)]


def _decode_argument(decoder: Decoder, tree: dict[str, Any]) -> Any:
    return decoder.arguments[_index(tree)]


def _index(tree: dict[str, Any]) -> int:
    number = tree["v"]
    if type(number) is not int:
        raise WireError("a reference is a number")
    return number


def _sequence(tag: str) -> Encode:
    return lambda encoder, value: {TAG: tag, "v": [encoder.encode(item) for item in value]}


def _text(tag: str, text: Callable[[Any], Any]) -> Encode:
    return lambda encoder, value: {TAG: tag, "v": text(value)}


def _from_text(build: Callable[[Any], Any]) -> Decode:
    return lambda decoder, tree: build(tree["v"])


def _encode_datetime(encoder: Encoder, value: dt.datetime) -> Any:
    tree: dict[str, Any] = {TAG: "datetime", "v": value.replace(tzinfo=None).isoformat(), "f": value.fold}
    if value.tzinfo is not None:
        tree["z"] = encoder.encode(value.tzinfo)
    return tree


def _decode_datetime(decoder: Decoder, tree: dict[str, Any]) -> dt.datetime:
    zone = decoder.decode(tree["z"]) if "z" in tree else None
    return dt.datetime.fromisoformat(tree["v"]).replace(tzinfo=zone, fold=tree["f"])


def _encode_time(encoder: Encoder, value: dt.time) -> Any:
    tree: dict[str, Any] = {TAG: "time", "v": value.replace(tzinfo=None).isoformat(), "f": value.fold}
    if value.tzinfo is not None:
        tree["z"] = encoder.encode(value.tzinfo)
    return tree


def _decode_time(decoder: Decoder, tree: dict[str, Any]) -> dt.time:
    zone = decoder.decode(tree["z"]) if "z" in tree else None
    return dt.time.fromisoformat(tree["v"]).replace(tzinfo=zone, fold=tree["f"])


def _decode_timezone(decoder: Decoder, tree: dict[str, Any]) -> dt.timezone:
    offset = decoder.decode(tree["v"])
    return dt.UTC if not offset and tree["n"] == "UTC" else dt.timezone(offset, tree["n"])


def _encode_zone(encoder: Encoder, value: zoneinfo.ZoneInfo) -> Any:
    if value.key is None:
        raise NotTransferable("a time zone without a name cannot cross between services")
    return {TAG: "zone", "v": value.key}


def _encoder_for(kind: type[Any]) -> Encode:
    import service_runtime.instances  # noqa: F401, PLC0415  (registers the families, on first need)

    for family in families:
        found = family(kind)
        if found is not None:
            encoders[kind] = found
            return found
    raise NotTransferable(f"a `{kind.__module__}.{kind.__qualname__}` cannot cross between services")


def _late_decoder(tag: Any) -> Decode:
    from service_runtime import instances  # noqa: PLC0415  (registers the tags, on first need)

    instances.load_decoders(tag)
    if not isinstance(tag, str) or tag not in decoders:
        raise WireError(f"unknown tag `{str(tag)[:40]}`")
    return decoders[tag]


_SINGLETONS: dict[str, Any] = {"Ellipsis": ..., "NotImplemented": NotImplemented}

encoders.update(
    {
        list: _encode_list,
        dict: _encode_dict,
        set: _encode_set,
        tuple: _sequence("tuple"),
        frozenset: _sequence("frozenset"),
        bytes: _encode_bytes,
        bytearray: _encode_bytearray,
        complex: _text("complex", lambda v: [repr(v.real), repr(v.imag)]),
        range: _text("range", lambda v: [v.start, v.stop, v.step]),
        slice: lambda encoder, v: {TAG: "slice", "v": [encoder.encode(x) for x in (v.start, v.stop, v.step)]},
        decimal.Decimal: _text("decimal", str),
        dt.datetime: _encode_datetime,
        dt.date: _text("date", dt.date.isoformat),
        dt.time: _encode_time,
        dt.timedelta: _text("timedelta", lambda v: [v.days, v.seconds, v.microseconds]),
        dt.timezone: lambda encoder, v: {TAG: "timezone", "v": encoder.encode(v.utcoffset(None)), "n": v.tzname(None)},
        zoneinfo.ZoneInfo: _encode_zone,
        pathlib.PosixPath: _text("path", str),
        pathlib.WindowsPath: _text("path", str),
        pathlib.PurePosixPath: _text("purepath", str),
        re.Pattern: lambda encoder, v: {TAG: "pattern", "v": encoder.encode(v.pattern), "f": v.flags},
        type(...): _text("singleton", lambda v: "Ellipsis"),
        type(NotImplemented): _text("singleton", lambda v: "NotImplemented"),
    }
)
decoders.update(
    {
        "dict": _decode_dict,
        "set": _decode_set,
        "tuple": lambda decoder, tree: tuple([decoder.decode(item) for item in tree["v"]]),
        "frozenset": lambda decoder, tree: frozenset([decoder.decode(item) for item in tree["v"]]),
        "bytes": _decode_bytes,
        "bytearray": lambda decoder, tree: decoder.add(bytearray(decoder.parts[tree["p"]])),
        "float": _from_text(float),
        "complex": _from_text(lambda v: complex(float(v[0]), float(v[1]))),
        "range": _from_text(lambda v: range(*v)),
        "slice": lambda decoder, tree: slice(*[decoder.decode(item) for item in tree["v"]]),
        "decimal": _from_text(decimal.Decimal),
        "datetime": _decode_datetime,
        "date": _from_text(dt.date.fromisoformat),
        "time": _decode_time,
        "timedelta": _from_text(lambda v: dt.timedelta(*v)),
        "timezone": _decode_timezone,
        "zone": _from_text(zoneinfo.ZoneInfo),
        "path": _from_text(pathlib.Path),
        "purepath": _from_text(pathlib.PurePosixPath),
        "pattern": lambda decoder, tree: re.compile(decoder.decode(tree["v"]), tree["f"]),
        "singleton": _from_text(_SINGLETONS.__getitem__),
        "ref": _decode_reference,
        "arg": _decode_argument,
    }
)
