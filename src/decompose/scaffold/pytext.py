"""Text of the analysed code on its way into generated Python: the only two doors."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def pystr(text: str) -> str:
    """Return a Python string literal that holds exactly `text`, in double quotes where that needs no escape."""
    literal = repr(text)
    if literal[0] == "'" and '"' not in text:
        inner = literal[1:-1].replace("\\'", "'")
        return f'"{inner}"'
    return literal


def doc_literal(text: str) -> str:
    """Return a one-line docstring: the first line of `text`, with nothing in it that could end the string."""
    first = _CONTROL.sub(" ", text.strip().partition("\n")[0]).strip()
    safe = first.replace("\\", "/").replace('"', "'")[:108].rstrip()
    return f'"""{safe or "No description."}"""'


def comment(text: str) -> str:
    """Return `text` as it may stand in a comment or in Markdown: one line, no control characters."""
    return _CONTROL.sub(" ", text).replace("\n", " ").strip()
