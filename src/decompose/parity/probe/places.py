"""What a comparison reports: the place of the first difference, and how far floats may be apart."""

from __future__ import annotations

import math
import re
from typing import Any, NamedTuple

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


class Difference(NamedTuple):
    """The first place where two values differ."""

    place: str
    """`result['score'][3]`, `stdout line 4`; empty for the value itself."""
    kind: str
    """`type`, `value`, `length`, `shape`, `dtype`, `order`, `key`, `columns`, `index`, `timezone`."""
    left: str
    right: str
    note: str = ""

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        tail = f" ({self.note})" if self.note else ""
        return f"{where}{self.kind} {self.left} != {self.right}{tail}"


class Tolerance(NamedTuple):
    """How far two floats may be apart: `|a - b| <= absolute + relative(precision) * max(|a|, |b|)`.

    Half and single precision get their own relative bound, because 1e-9 means nothing to them. All zero asks for
    identical bits. Zero is never equal to its negative.
    """

    relative: float = 1e-9
    """For double precision, without unit."""
    absolute: float = 1e-12
    single: float = 1e-6
    """Relative bound for 32-bit floats."""
    half: float = 1e-3
    """Relative bound for 16-bit floats."""

    def relative_for(self, bits: int) -> float:
        """Return the relative bound for a float of that many bits."""
        return {16: self.half, 32: self.single}.get(bits, self.relative)

    def allows(self, left: float, right: float, bits: int = 64) -> bool:
        """Return whether two floats count as equal; NaN equals NaN."""
        if math.isnan(left) or math.isnan(right):
            return math.isnan(left) and math.isnan(right)
        relative = self.relative_for(bits)
        if relative == 0 and self.absolute == 0:
            return left == right and math.copysign(1, left) == math.copysign(1, right)
        if math.isinf(left) or math.isinf(right):
            return left == right
        if left == right == 0:
            return math.copysign(1, left) == math.copysign(1, right)
        return abs(left - right) <= self.absolute + relative * max(abs(left), abs(right))

    def __str__(self) -> str:
        bounds = f"{self.relative:g} relative (32 bit {self.single:g}, 16 bit {self.half:g})"
        return f"floats are equal within {bounds} plus {self.absolute:g} absolute, all else exactly"


DEFAULT = Tolerance()
EXACT = Tolerance(0.0, 0.0, 0.0, 0.0)


def shorten(value: Any, limit: int = 80) -> str:
    """Return a printable form of at most `limit` characters, without memory addresses."""
    try:
        text = value if isinstance(value, str) and len(value) > limit else repr(value)
    except Exception as error:  # the user's own `__repr__`
        text = f"<{type_name(value)} whose repr raises {type(error).__name__}>"
    text = _ADDRESS.sub("", text).replace("\n", " ")
    return text if len(text) <= limit else text[: limit - 1] + "…"


def type_name(value: object) -> str:
    """Return the dotted name of the value's class; builtins bare."""
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
