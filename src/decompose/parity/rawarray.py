"""Arrays as they lie in files: dtype, shape and bytes, decoded by the standard library, never by `pickle`."""

from __future__ import annotations

import ast
import math
import re
import struct
from collections.abc import Sequence
from typing import NamedTuple

from decompose.parity.probe.places import Difference, Tolerance, shorten

_MAGIC = b"\x93NUMPY"
_FORMATS = {
    "f2": "e", "f4": "f", "f8": "d", "i1": "b", "i2": "h", "i4": "i", "i8": "q",
    "u1": "B", "u2": "H", "u4": "I", "u8": "Q", "b1": "?", "M8": "q", "m8": "q", "c8": "ff", "c16": "dd",
}  # fmt: skip


class RawArray(NamedTuple):
    """An array that was read but not interpreted."""

    dtype: str
    """As numpy writes it, byte order first: `<f8`, `|b1`, `<M8[ns]`, or a description of a structured type."""
    shape: tuple[int, ...]
    is_fortran: bool
    data: bytes


def parse_npy(content: bytes) -> RawArray:
    """Return the array of an `.npy` file.

    Raises:
        ValueError: If it is not one, or an array of Python objects (which would have to be unpickled).
    """
    if not content.startswith(_MAGIC):
        raise ValueError("not an npy file")
    wide = content[6] >= 2
    size = struct.unpack("<I" if wide else "<H", content[8 : 12 if wide else 10])[0]
    start = 12 if wide else 10
    header = ast.literal_eval(content[start : start + size].decode("utf-8" if content[6] >= 3 else "latin-1"))
    dtype = str(header["descr"])
    if "O" in dtype:
        raise ValueError("an array of Python objects")
    return RawArray(dtype, tuple(header["shape"]), bool(header["fortran_order"]), content[start + size :])


def raw_difference(left: RawArray, right: RawArray, place: str, tolerance: Tolerance) -> Difference | None:
    """Return the first element that differs, or how dtype or shape do."""
    if left.dtype != right.dtype:
        return Difference(place, "dtype", left.dtype, right.dtype)
    if left.shape != right.shape:
        return Difference(place, "shape", str(left.shape), str(right.shape))
    if left.data == right.data and left.is_fortran == right.is_fortran:
        return None
    one, other = decode(left), decode(right)
    if one is None or other is None:
        return Difference(place, "value", f"{len(left.data)} bytes", f"{len(right.data)} bytes", f"dtype {left.dtype}")
    if left.is_fortran != right.is_fortran:
        other = _transposed(other, right)
    bits = 8 * _item_size(left.dtype)
    wrong = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if not _same(a, b, tolerance, bits)]
    if not wrong:
        return None
    note = f"{len(wrong)} of {math.prod(left.shape)} elements differ"
    is_reordered = sorted(map(repr, one)) == sorted(map(repr, other))
    values = shorten(one[wrong[0]]), shorten(other[wrong[0]])
    index = ", ".join(map(str, _index(wrong[0], left)))
    tail = ", same values in another order" if is_reordered else ""
    return Difference(f"{place}[{index}]", "order" if is_reordered else "value", *values, note + tail)


def decode(array: RawArray) -> Sequence[object] | None:
    """Return the elements in the order of storage; `None` for a dtype that is not decoded."""
    match = re.fullmatch(r"([<>|=]?)([a-zA-Z]\d+)(\[.*\])?", array.dtype)
    if match is None:
        return None
    order, code = match[1] if match[1] in "<>" else "<", match[2]
    count = math.prod(array.shape)
    if code[0] in "SU":
        width = int(code[1:]) * (4 if code[0] == "U" else 1)
        return [array.data[i * width : (i + 1) * width] for i in range(count)]
    if code not in _FORMATS:
        return None
    pattern = _FORMATS[code]
    numbers = struct.unpack_from(f"{order}{count * len(pattern)}{pattern[0]}", array.data)
    return numbers if len(pattern) == 1 else [complex(*pair) for pair in zip(numbers[::2], numbers[1::2], strict=True)]


def _same(a: object, b: object, tolerance: Tolerance, bits: int) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return tolerance.allows(a, b, bits)
    if isinstance(a, complex) and isinstance(b, complex):
        return tolerance.allows(a.real, b.real, bits // 2) and tolerance.allows(a.imag, b.imag, bits // 2)
    return a == b


def _item_size(dtype: str) -> int:
    match = re.fullmatch(r"[<>|=]?[a-zA-Z](\d+)(\[.*\])?", dtype)
    return int(match[1]) if match else 8


def _index(flat: int, array: RawArray) -> list[int]:
    sizes = array.shape if array.is_fortran else array.shape[::-1]
    index: list[int] = []
    for size in sizes:
        index.append(flat % size)
        flat //= size
    return index if array.is_fortran else index[::-1]


def _transposed(values: Sequence[object], array: RawArray) -> list[object]:
    """Return the elements of an array in the storage order of its twin in the other order."""
    result: list[object] = [None] * len(values)
    twin = array._replace(is_fortran=not array.is_fortran)
    strides = _strides(twin)
    for flat, value in enumerate(values):
        result[sum(i * s for i, s in zip(_index(flat, array), strides, strict=True))] = value
    return result


def _strides(array: RawArray) -> list[int]:
    """Return the distance of neighbours along each axis, in elements."""
    strides: list[int] = []
    step = 1
    for size in array.shape if array.is_fortran else array.shape[::-1]:
        strides.append(step)
        step *= size
    return strides if array.is_fortran else strides[::-1]
