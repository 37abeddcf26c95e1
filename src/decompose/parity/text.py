"""Compares printed text: line by line, numbers as numbers, what the monolith itself does not repeat left out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from decompose.parity.probe.places import Difference, Tolerance, shorten

_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?(?![\w.])")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?")


def normalise(text: str, *, roots: Iterable[str] = (), ignore: Iterable[str] = ()) -> list[str]:
    """Return the lines of a text without what differs between any two runs.

    Args:
        text: What was printed or written.
        roots: Paths of the tree it ran in, longest first; they become `<root>`.
        ignore: Regular expressions of the user; what they match becomes `<ignored>`.
    """
    for root in roots:
        text = text.replace(root, "<root>")
    for pattern in ignore:
        text = re.sub(pattern, "<ignored>", text, flags=re.MULTILINE)
    text = _MOMENT.sub("<time>", _ADDRESS.sub("<address>", _ANSI.sub("", text)))
    return [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def line_difference(
    left: Sequence[str], right: Sequence[str], again: Sequence[str] | None = None, *, tolerance: Tolerance, place: str
) -> tuple[Difference | None, int]:
    """Return the first line that differs, and how many lines the monolith itself does not repeat.

    Args:
        left: Normalised lines of the monolith.
        right: The same of the services.
        again: The same of a second run of the monolith; tokens and lines that it changes are not compared.
        tolerance: For numbers with a decimal point or exponent; whole numbers are exact.
        place: Name of the text.
    """
    stable = list(left)
    unstable = 0
    if again is not None and list(again) != stable:
        stable, right, unstable = _without_unstable(stable, list(again), list(right))
    for number, (one, other) in enumerate(zip(stable, right, strict=False), start=1):
        found = _tokens_differ(one, other, tolerance)
        if found is not None:
            return Difference(
                f"{place} line {number}", found[0], shorten(one, 160), shorten(other, 160), found[1]
            ), unstable
    if len(stable) != len(right):
        longer, side = (stable, "monolith") if len(stable) > len(right) else (list(right), "services")
        extra = shorten(longer[min(len(stable), len(right))], 160)
        note = f"first line that only the {side} has: {extra}"
        return Difference(place, "length", f"{len(stable)} lines", f"{len(right)} lines", note), unstable
    return None, unstable


def _without_unstable(left: list[str], again: list[str], right: list[str]) -> tuple[list[str], list[str], int]:
    """Return both sides with what changes between two runs of the monolith masked or dropped."""
    if len(left) == len(again) == len(right):
        masked = [_mask(one, other) for one, other in zip(left, again, strict=True)]
        hidden = [_apply(mask, line) for mask, line in zip(masked, right, strict=True)]
        return masked, hidden, sum(one != other for one, other in zip(left, again, strict=True))
    matcher = difflib.SequenceMatcher(None, left, again, autojunk=False)
    kept = [left[i] for block in matcher.get_matching_blocks() for i in range(block.a, block.a + block.size)]
    wanted = set(kept)
    return kept, [line for line in right if line in wanted], len(left) - len(kept)


def _mask(one: str, other: str) -> str:
    """Return the line with the tokens that differ replaced by `<varies>`."""
    if one == other:
        return one
    words, others = re.split(r"(\s+)", one), re.split(r"(\s+)", other)
    if len(words) != len(others):
        return "<varies>"
    return "".join(a if a == b else "<varies>" for a, b in zip(words, others, strict=True))


def _apply(mask: str, line: str) -> str:
    """Return the line with the tokens masked that `mask` masks."""
    if "<varies>" not in mask:
        return line
    if mask == "<varies>":
        return mask
    pattern = re.escape(mask).replace(re.escape("<varies>"), r"\S+")
    return mask if re.fullmatch(pattern, line) else line


def _tokens_differ(one: str, other: str, tolerance: Tolerance) -> tuple[str, str] | None:
    if one == other:
        return None
    if _NUMBER.sub("#", one) != _NUMBER.sub("#", other):
        return "value", ""
    for a, b in zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=False):
        if a == b:
            continue
        if not _is_float(a) or not _is_float(b):
            return "value", f"{a} and {b}"
        if not tolerance.allows(float(a), float(b)):
            return "value", f"{a} and {b}, apart by {abs(float(a) - float(b)):.3g}"
    return None


def _is_float(token: str) -> bool:
    return any(mark in token for mark in ".eE")
