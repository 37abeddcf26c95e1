"""Reads a pickle as a tree of what it would build, importing and executing nothing.

Opcodes are followed on a symbolic stack: a class becomes its name, a call becomes a record of the call. That is enough
to say whether two pickles would build the same, although their bytes differ (shared strings, memo numbers, framing).
numpy arrays become `RawArray`s, also those that joblib writes between the opcodes.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickletools
import zlib
from collections.abc import Callable
from typing import Any

from decompose.parity.probe.places import Difference, Tolerance, shorten
from decompose.parity.rawarray import RawArray, raw_difference

_MAX_DEPTH = 400
_MARK = object()


class UnreadableError(Exception):
    """The bytes are not a pickle that can be followed."""


class Name:
    """A class or function that the pickle names."""

    def __init__(self, module: str, name: str) -> None:
        self.text = f"{module}.{name}"


class Call:
    """An object: what would be called to make it, its arguments, and the state and items that it is given after."""

    def __init__(self, function: object, arguments: object) -> None:
        self.function = function
        self.arguments = arguments
        self.state: object = None
        self.items: list[object] = []


def read_pickle(content: bytes) -> object:
    """Return the tree of a pickle or joblib file, compressed or not.

    Raises:
        UnreadableError: If it is damaged or uses an opcode that has no meaning outside one process.
    """
    data = _decompressed(content)
    stream = io.BytesIO(data)
    try:
        return _Reader(stream).read()
    except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableError(str(error)) from error


def tree_difference(left: object, right: object, place: str, tolerance: Tolerance) -> Difference | None:
    """Return the first place where two trees differ."""
    return _Comparison(tolerance).difference(left, right, place, 0)


def _decompressed(content: bytes) -> bytes:
    openers: tuple[tuple[bytes, Callable[[bytes], bytes]], ...] = (
        (b"\x1f\x8b", gzip.decompress), (b"BZh", bz2.decompress), (b"\xfd7zXZ", lzma.decompress),
        (b"\x78\x01", zlib.decompress), (b"\x78\x9c", zlib.decompress), (b"\x78\xda", zlib.decompress),
        (b"\x78\x5e", zlib.decompress),
    )  # fmt: skip
    for magic, opener in openers:
        if content.startswith(magic):
            try:
                return opener(content)
            except (OSError, zlib.error, lzma.LZMAError, EOFError) as error:
                raise UnreadableError(str(error)) from error
    return content


class _Reader:
    """Follows the opcodes of one pickle."""

    def __init__(self, stream: io.BytesIO) -> None:
        self.stream = stream
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def read(self) -> object:
        """Return the finished tree."""
        finished = False
        while not finished:
            # `genops` reads nothing ahead, so the raw arrays of joblib can be taken between two opcodes
            for opcode, argument, _ in pickletools.genops(self.stream):
                if opcode.name == "STOP":
                    finished = True
                    break
                self._step(opcode.name, argument)
        return self.stack[-1]

    def _step(self, name: str, argument: Any) -> None:
        if name in _IGNORED:
            return
        if name in _CONSTANTS:
            self.stack.append(_CONSTANTS[name]())
        elif name in _LITERALS:
            self.stack.append(argument)
        elif name in _BUILDERS:
            _BUILDERS[name](self)
        elif name in ("BINPUT", "LONG_BINPUT", "PUT"):
            self.memo[int(argument)] = self.stack[-1]
        elif name in ("BINGET", "LONG_BINGET", "GET"):
            self.stack.append(self.memo[int(argument)])
        elif name in ("GLOBAL", "INST"):
            module, _, qualname = argument.partition(" ")
            target = Name(module, qualname)
            self.stack.append(Call(target, tuple(self.marked())) if name == "INST" else target)
        elif name == "PERSID":
            self.stack.append(Call(Name("pickle", "persistent"), (argument,)))
        else:
            raise UnreadableError(f"opcode {name}")

    def marked(self) -> list[Any]:
        """Return and remove what lies above the last mark."""
        at = max(i for i, value in enumerate(self.stack) if value is _MARK)
        values = self.stack[at + 1 :]
        del self.stack[at:]
        return values

    def memoize(self) -> None:
        """Remember the top under the next number."""
        self.memo[len(self.memo)] = self.stack[-1]

    def call(self) -> None:
        """Replace function and arguments by the call."""
        arguments = self.stack.pop()
        self.stack[-1] = Call(self.stack[-1], arguments)

    def call_with_keywords(self) -> None:
        """Replace class, arguments and keywords by the call."""
        keywords, arguments = self.stack.pop(), self.stack.pop()
        self.stack[-1] = Call(self.stack[-1], (arguments, keywords))

    def build(self) -> None:
        """Give an object its state; read the raw array that joblib puts here."""
        state = self.stack.pop()
        made = self.stack[-1]
        if isinstance(made, Call):
            made.state = state
            if isinstance(made.function, Name) and made.function.text.endswith("NumpyArrayWrapper"):
                self.stack[-1] = self._joblib_array(state)

    def _joblib_array(self, state: Any) -> RawArray | Call:
        """Return the array that follows its wrapper in a joblib file.

        Source:
            joblib 1.x, `numpy_pickle.NumpyArrayWrapper.write_array`.
        """
        described = state[0] if isinstance(state, tuple) else state
        dtype = _dtype_text(described["dtype"])
        if "O" in dtype.partition("[")[0]:
            return Call(Name("joblib", "objects"), _Reader(self.stream).read())
        if described.get("numpy_array_alignment_bytes") is not None:
            self.stream.read(self.stream.read(1)[0])
        size = 1
        for extent in described["shape"]:
            size *= extent
        data = self.stream.read(size * _dtype_size(described["dtype"]))
        return RawArray(dtype, tuple(described["shape"]), described.get("order") == "F", data)

    def append_one(self) -> None:
        """Add the top to the list or object below it."""
        value = self.stack.pop()
        _extend(self.stack[-1], [value])

    def append_marked(self) -> None:
        """Add what lies above the mark to the list, set or object below it."""
        values = self.marked()
        _extend(self.stack[-1], values)

    def set_one(self) -> None:
        """Store one pair into the dictionary or object below it."""
        value, key = self.stack.pop(), self.stack.pop()
        _store(self.stack[-1], [(key, value)])

    def set_marked(self) -> None:
        """Store the pairs above the mark into the dictionary or object below them."""
        values = self.marked()
        _store(self.stack[-1], list(zip(values[::2], values[1::2], strict=True)))

    def make(self, count: int) -> None:
        """Replace the top `count` values by a tuple."""
        values = tuple(self.stack[len(self.stack) - count :])
        del self.stack[len(self.stack) - count :]
        self.stack.append(values)


def _extend(target: Any, values: list[Any]) -> None:
    if isinstance(target, list):
        target.extend(values)
    else:
        target.items.extend(values)


def _store(target: Any, pairs: list[tuple[Any, Any]]) -> None:
    if isinstance(target, dict):
        for key, value in pairs:
            target[key if _is_plain(key) else _Key(key)] = value
    else:
        target.items.extend(pairs)


class _Key:
    """A dictionary key that is no plain value."""

    def __init__(self, value: object) -> None:
        self.value = value


def _is_plain(key: object) -> bool:
    if isinstance(key, tuple):
        return all(_is_plain(part) for part in key)
    return key is None or isinstance(key, (str, bytes, int, float))


def _pop(reader: _Reader) -> None:
    reader.stack.pop()


def _pop_mark(reader: _Reader) -> None:
    reader.marked()


def _global(reader: _Reader) -> None:
    name, module = reader.stack.pop(), reader.stack.pop()
    reader.stack.append(Name(module, name))


def _object(reader: _Reader) -> None:
    values = reader.marked()
    reader.stack.append(Call(values[0], tuple(values[1:])))


def _persistent(reader: _Reader) -> None:
    reader.stack[-1] = Call(Name("pickle", "persistent"), reader.stack[-1])


_IGNORED = {"PROTO", "FRAME"}
_CONSTANTS: dict[str, Callable[[], object]] = {
    "NONE": lambda: None, "NEWTRUE": lambda: True, "NEWFALSE": lambda: False, "EMPTY_TUPLE": tuple,
    "EMPTY_LIST": list, "EMPTY_DICT": dict, "EMPTY_SET": lambda: Call(Name("builtins", "set"), ()),
    "MARK": lambda: _MARK,
}  # fmt: skip
_LITERALS = {
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "STRING", "BINSTRING", "SHORT_BINSTRING",
    "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8", "UNICODE", "SHORT_BINUNICODE", "BINUNICODE",
    "BINUNICODE8", "FLOAT", "BINFLOAT",
}  # fmt: skip
_BUILDERS: dict[str, Callable[[_Reader], None]] = {
    "MEMOIZE": _Reader.memoize, "REDUCE": _Reader.call, "NEWOBJ": _Reader.call, "NEWOBJ_EX": _Reader.call_with_keywords,
    "BUILD": _Reader.build, "APPEND": _Reader.append_one, "APPENDS": _Reader.append_marked,
    "ADDITEMS": _Reader.append_marked, "SETITEM": _Reader.set_one, "SETITEMS": _Reader.set_marked,
    "TUPLE1": lambda r: r.make(1), "TUPLE2": lambda r: r.make(2), "TUPLE3": lambda r: r.make(3),
    "TUPLE": lambda r: r.stack.append(tuple(r.marked())), "LIST": lambda r: r.stack.append(r.marked()),
    "DICT": lambda r: r.stack.append(dict(zip(*[iter(r.marked())] * 2, strict=True))),
    "FROZENSET": lambda r: r.stack.append(Call(Name("builtins", "frozenset"), r.marked())),
    "DUP": lambda r: r.stack.append(r.stack[-1]), "POP": _pop, "POP_MARK": _pop_mark,
    "STACK_GLOBAL": _global, "OBJ": _object, "BINPERSID": _persistent,
}  # fmt: skip


def _dtype_text(value: Any) -> str:
    """Return numpy's text for a symbolic dtype: byte order, kind and size, unit of dates."""
    if not isinstance(value, Call) or not isinstance(value.arguments, tuple):
        return str(value)
    code = str(value.arguments[0])
    state = value.state if isinstance(value.state, tuple) else ()
    order = state[1] if len(state) > 1 and state[1] in ("<", ">", "|") else "<"
    if len(state) > 3 and state[3] is not None:
        return f"fields {shorten(state[3])}"
    unit = state[8] if len(state) > 8 else None
    tail = f"[{_unit(unit)}]" if code[:1] in "Mm" and unit else ""
    return f"{order}{code}{tail}"


def _unit(metadata: Any) -> str:
    found = (
        metadata[1]
        if isinstance(metadata, tuple) and len(metadata) > 1 and isinstance(metadata[1], tuple)
        else metadata
    )
    name = found[0] if isinstance(found, tuple) and found else found
    return name.decode() if isinstance(name, bytes) else str(name)


def _dtype_size(value: Any) -> int:
    """Return the bytes of one element of a symbolic dtype."""
    code = str(value.arguments[0])
    state = value.state if isinstance(value.state, tuple) else ()
    declared = state[5] if len(state) > 5 and isinstance(state[5], int) and state[5] > 0 else 0
    digits = "".join(c for c in code if c.isdigit())
    return declared or int(digits or 1) * (4 if code.startswith("U") else 1)


def _as_array(value: Any) -> Any:
    """Return a symbolic numpy array as a `RawArray`, anything else unchanged."""
    if not isinstance(value, Call) or not isinstance(value.function, Name):
        return value
    short = value.function.text.rpartition(".")[2]
    state = value.state
    if short == "_reconstruct" and isinstance(state, tuple) and len(state) == 5 and isinstance(state[4], bytes):
        return RawArray(_dtype_text(state[2]), tuple(state[1]), bool(state[3]), state[4])
    arguments = value.arguments
    if short == "_frombuffer" and isinstance(arguments, tuple) and isinstance(arguments[0], (bytes, bytearray)):
        return RawArray(_dtype_text(arguments[1]), tuple(arguments[2]), arguments[3] == "F", bytes(arguments[0]))
    if short == "scalar" and isinstance(arguments, tuple) and len(arguments) == 2 and isinstance(arguments[1], bytes):
        return RawArray(_dtype_text(arguments[0]), (), False, arguments[1])
    return value


class _Comparison:
    """Walks two trees side by side; every pair of shared objects is visited once."""

    def __init__(self, tolerance: Tolerance) -> None:
        self.tolerance = tolerance
        self.seen: set[tuple[int, int]] = set()

    def difference(self, left: Any, right: Any, place: str, depth: int) -> Difference | None:
        """Return the first difference below `place`."""
        left, right = _as_array(left), _as_array(right)
        if depth > _MAX_DEPTH:
            raise UnreadableError("nested too deeply")
        if type(left) is not type(right):
            return Difference(place, "type", _label(left), _label(right))
        if isinstance(left, RawArray):
            return raw_difference(left, right, place, self.tolerance)
        if isinstance(left, float):
            same = self.tolerance.allows(left, right)
            return None if same else Difference(place, "value", repr(left), repr(right))
        if isinstance(left, (list, tuple, dict, Call, Name, _Key)):
            if (id(left), id(right)) in self.seen:
                return None
            self.seen.add((id(left), id(right)))
            return self._compound(left, right, place, depth + 1)
        return None if left == right else Difference(place, "value", shorten(left), shorten(right))

    def _compound(self, left: Any, right: Any, place: str, depth: int) -> Difference | None:
        if isinstance(left, Name):
            return None if left.text == right.text else Difference(place, "type", left.text, right.text)
        if isinstance(left, _Key):
            return self.difference(left.value, right.value, place, depth)
        if isinstance(left, Call):
            return self._calls(left, right, place, depth)
        if len(left) != len(right):
            return Difference(place, "length", str(len(left)), str(len(right)))
        if isinstance(left, dict):
            return self._mappings(left, right, place, depth)
        for position, (one, other) in enumerate(zip(left, right, strict=True)):
            found = self.difference(one, other, f"{place}[{position}]", depth)
            if found is not None:
                return found
        return None

    def _mappings(self, left: dict[Any, Any], right: dict[Any, Any], place: str, depth: int) -> Difference | None:
        for (key, one), (twin, other) in zip(left.items(), right.items(), strict=True):
            plain = not isinstance(key, _Key) and not isinstance(twin, _Key)
            if plain and key != twin:
                kind = "order" if key in right else "key"
                return Difference(f"{place}[{key!r}]", kind, shorten(key), shorten(twin))
            text = f"{place}[{key!r}]" if plain else f"{place}[…]"
            found = self.difference(key, twin, text, depth) or self.difference(one, other, text, depth)
            if found is not None:
                return found
        return None

    def _calls(self, left: Call, right: Call, place: str, depth: int) -> Difference | None:
        name = f"{place} {_label(left)}" if isinstance(left.function, Name) else place
        for part in ("function", "arguments", "state", "items"):
            at = name if part in ("arguments", "items") else place
            found = self.difference(getattr(left, part), getattr(right, part), at, depth)
            if found is not None:
                return found
        return None


def _label(value: Any) -> str:
    if isinstance(value, Call):
        inner = value.arguments[0] if isinstance(value.arguments, tuple) and value.arguments else None
        is_generic = isinstance(value.function, Name) and value.function.text.endswith("_reconstructor")
        return _label(inner) if is_generic and isinstance(inner, Name) else _label(value.function)
    if isinstance(value, Name):
        return value.text
    if isinstance(value, RawArray):
        return f"array {value.dtype} {value.shape}"
    return f"{type(value).__name__} {shorten(value)}"
