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
_NUMBER_IN_WORD = re.compile(r"\d+(?:\.\d+)?")
_BAR = re.compile(r"[^\w\s]{3,}")
_NAMED = re.compile(r"[^\W\d_]{2}")
_VARIES = "<varies>"


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
        varying = _varying_numbers(left, again)
        masked = [
            _mask(one, other, varying.get(_form(one), frozenset())) for one, other in zip(left, again, strict=True)
        ]
        hidden = [_apply(mask, line) for mask, line in zip(masked, right, strict=True)]
        return masked, hidden, sum(_VARIES in mask for mask in masked)
    matcher = difflib.SequenceMatcher(None, left, again, autojunk=False)
    kept = [left[i] for block in matcher.get_matching_blocks() for i in range(block.a, block.a + block.size)]
    wanted = set(kept)
    return kept, [line for line in right if line in wanted], len(left) - len(kept)


def _varying_numbers(left: Sequence[str], again: Sequence[str]) -> dict[str, frozenset[int]]:
    """Return, by the form of a line, at which of its words the monolith prints other numbers when it is run again.

    A duration that is rounded may be printed alike twice by chance: where one line of a form shows that the number there
    is not repeated, it counts in no line of that form. Lines without a word have no form.
    """
    found: dict[str, set[int]] = {}
    for one, other in zip(left, again, strict=True):
        if one != other and _form(one) == _form(other) and _NAMED.search(one):
            pairs = enumerate(zip(one.split(), other.split(), strict=True))
            found.setdefault(_form(one), set()).update(index for index, (a, b) in pairs if a != b)
    return {form: frozenset(indexes) for form, indexes in found.items()}


def _form(line: str) -> str:
    """Return what lines of one format have in common: their words without numbers, bars and rulers of any length."""
    return " ".join(_BAR.sub("|", _NUMBER_IN_WORD.sub("0", line)).split())


def _mask(one: str, other: str, varying: frozenset[int] = frozenset()) -> str:
    """Return the line with the words that differ, and those at the `varying` places, replaced by `<varies>`.

    Where one is, a single space stands between the words: numbers of other widths are set in by other spaces.
    """
    if one == other and not varying:
        return one
    words, others = one.split(), other.split()
    if len(words) != len(others):
        return _VARIES
    pairs = enumerate(zip(words, others, strict=True))
    return " ".join(a if a == b and index not in varying else _VARIES for index, (a, b) in pairs)


def _apply(mask: str, line: str) -> str:
    """Return the line with the words masked that `mask` masks."""
    if _VARIES not in mask:
        return line
    if mask == _VARIES:
        return mask
    masks, words = mask.split(), line.split()
    if len(masks) != len(words):
        return line
    return " ".join(_VARIES if hidden == _VARIES else word for hidden, word in zip(masks, words, strict=True))


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
