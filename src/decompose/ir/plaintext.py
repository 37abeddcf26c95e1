"""Text of the analysed code on its way to a terminal or a log: no character in it moves, hides or rewrites anything."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""C0 and C1 controls but tab and line feed, line separators, bidirectional overrides, lone surrogates."""


def plain(text: str) -> str:
    """Return the text with a `?` for every control character; line feeds and tabs stay."""
    return _CONTROL.sub("?", text)


def one_line(text: str) -> str:
    """Return the text as one line without control characters."""
    return plain(text).replace("\n", " ")
