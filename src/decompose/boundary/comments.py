"""Removing an item of a YAML list without losing the comment that stands above the next one."""

from __future__ import annotations

from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.tokens import CommentToken


def remove_item(items: CommentedSeq, index: int) -> None:
    """Remove an item with its own end-of-line comment; what stands on the lines below it stays.

    ruamel hangs the comment above an item on the item before it. That part moves to the item before the removed one,
    or to the top of the list.
    """
    below = _comment_below(items, index)
    del items[index]
    if not below:
        return
    if index:
        _append(items, index - 1, below)
    elif len(items):
        lines = [line.strip().removeprefix("#").strip() for line in below.splitlines() if line.strip()]
        items.yaml_set_comment_before_after_key(0, before="\n".join(lines), indent=items.lc.col or 0)


def _comment_below(items: CommentedSeq, index: int) -> str:
    """Return the comment lines that follow an item; empty without any."""
    token = _last_token(items, index)
    if token is None:
        return ""
    _, newline, rest = str(token.value).partition("\n")
    return rest if newline and "#" in rest else ""


def _append(items: CommentedSeq, index: int, text: str) -> None:
    """Add comment lines below an item."""
    token = _last_token(items, index)
    if token is not None:
        token.value = f"{str(token.value).rstrip()}\n{text}"
    elif not isinstance(items[index], CommentedMap):
        items.ca.items[index] = [CommentToken(f"\n{text}", _Mark()), None, None, None]


def _last_token(items: CommentedSeq, index: int) -> Any:
    """Return the token that holds the comment after an item, looking into the item's last key."""
    item = items[index]
    if isinstance(item, CommentedMap) and len(item):
        last = list(item)[-1]
        value = item[last]
        if isinstance(value, CommentedSeq) and len(value):
            return _last_token(value, len(value) - 1)
        if isinstance(value, CommentedMap):
            return None
        found = item.ca.items.get(last)
        return found[2] if found and len(found) > 2 else None
    found = items.ca.items.get(index)
    return found[0] if found else None


class _Mark:
    """Where a comment starts, as the writer asks for it."""

    column = 0
    line = 0
