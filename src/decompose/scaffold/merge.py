"""Three-way merge of text by lines: what a person changed and what the generator changed, against what both started from.

The well-kept Python libraries for this are GPL or merge by characters, which can put an edit into the wrong function.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple


class _Region(NamedTuple):
    """A stretch of the base and where it stands in the two descendants: half-open line ranges."""

    base: slice
    mine: slice
    theirs: slice


def merge(base: bytes, mine: bytes, theirs: bytes) -> bytes | None:
    """Return the content with both changes in it, `None` when they meet in one place or the content is not text.

    Args:
        base: What both started from.
        mine: What the person made of it.
        theirs: What the generator makes of it now.

    Source:
        S. Khanna, K. Kunal, B. C. Pierce, "A Formal Investigation of Diff3" (2007): stable chunks are the
        stretches that both differences keep; every other chunk may be changed by one side only.
    """
    if mine == theirs:
        return mine
    try:
        texts = [split_lines(content.decode()) for content in (base, mine, theirs)]
    except UnicodeDecodeError:
        return None
    merged: list[str] = []
    for region in _regions(*texts):
        before, ours, others = (text[part] for text, part in zip(texts, region, strict=True))
        if ours == others or others == before:
            merged += ours
        elif ours == before:
            merged += others
        else:
            return None
    return "".join(merged).encode()


def parses(content: bytes) -> bool:
    """Return whether the content is Python that compiles."""
    try:
        ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def split_lines(text: str) -> list[str]:
    """Return the lines with their ends; only a line feed ends one, so that joining them gives the text back."""
    return [line + "\n" for line in text.split("\n")[:-1]] + ([last] if (last := text.rpartition("\n")[2]) else [])


def _regions(base: list[str], mine: list[str], theirs: list[str]) -> Iterator[_Region]:
    """Yield the whole base as regions, in order: by turns one that somebody may have changed, and one that nobody has."""
    at = mine_at = theirs_at = 0
    for start, end, in_mine, in_theirs in [
        *_shared(base, mine, theirs),
        (len(base), len(base), len(mine), len(theirs)),
    ]:
        yield _Region(slice(at, start), slice(mine_at, in_mine), slice(theirs_at, in_theirs))
        size = end - start
        at, mine_at, theirs_at = end, in_mine + size, in_theirs + size
        yield _Region(slice(start, end), slice(in_mine, mine_at), slice(in_theirs, theirs_at))


def _shared(base: list[str], mine: list[str], theirs: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield stretches of the base that both kept: first and end line, and where they start in the two."""
    ours = SequenceMatcher(None, base, mine, autojunk=False).get_matching_blocks()
    others = SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
    i = j = 0
    while i < len(ours) and j < len(others):
        first, second = ours[i], others[j]
        start, end = max(first.a, second.a), min(first.a + first.size, second.a + second.size)
        if start < end:
            yield start, end, first.b + start - first.a, second.b + start - second.a
        if first.a + first.size < second.a + second.size:
            i += 1
        else:
            j += 1
