"""YAML as plain values: common files by the C parser, some thirty times as fast, all others by the full one."""

from __future__ import annotations

import re
from typing import Any

import yaml
from ruamel.yaml import YAML

_UNUSUAL = re.compile("[^\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Characters that YAML 1.1 and 1.2 treat differently, or not at all; a tab among them."""
_WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?")
_MAY_BE_NO_TEXT = frozenset("-+0123456789.")
_IS_NO_TEXT = re.compile(
    r"[-+]?(?:[0-9._]+(?:e[-+]?[0-9]*)?|0[box]?[0-9a-f_]*|\.(?:inf|nan))|[0-9]{4}\s*-.*", re.IGNORECASE
)
"""At least all that numbers and times look like, in any notation."""


class _UnsureError(Exception):
    """The file has something that only the full parser reads for certain."""


def load_yaml(text: str) -> Any:
    """Return what a YAML 1.2 document holds.

    Raises:
        ruamel.yaml.error.YAMLError: If it is not one well-formed document.
        ValueError: If a value in it cannot be.
        RecursionError: If it nests too deeply.
    """
    if _C_PARSER is not None and _UNUSUAL.search(text) is None:
        try:
            return _common(text)
        except (_UnsureError, yaml.YAMLError):
            pass
    return YAML(typ="safe", pure=False).load(text)


def _common(text: str) -> Any:
    """Return the values of a document without tags, anchors, merges, duplicate keys and rare notations."""
    holders: list[Any] = [[]]
    keys: list[Any] = [None]
    flows = [False]
    documents = 0
    for event in yaml.parse(text, Loader=_C_PARSER):
        kind = type(event)
        if kind is yaml.ScalarEvent:
            if event.anchor is not None or event.tag is not None or event.style == ">":
                raise _UnsureError
            is_quoted = event.style in ("'", '"', "|")
            value = event.value if is_quoted else _scalar(event.value, is_flow=flows[-1])
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            if event.anchor is not None or event.tag is not None:
                raise _UnsureError
            flows.append(bool(event.flow_style))
            holders.append({} if kind is yaml.MappingStartEvent else [])
            keys.append(_NO_KEY)
            continue
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            flows.pop()
            value = holders.pop()
            keys.pop()
        elif kind is yaml.DocumentStartEvent:
            documents += 1
            if documents > 1 or event.version is not None or event.tags:
                raise _UnsureError
            continue
        elif kind is yaml.AliasEvent:
            raise _UnsureError
        else:
            continue
        holder = holders[-1]
        if type(holder) is list:
            holder.append(value)
        elif keys[-1] is _NO_KEY:
            if type(value) not in (str, int) or value in holder:
                raise _UnsureError
            keys[-1] = value
        else:
            holder[keys[-1]] = value
            keys[-1] = _NO_KEY
    return holders[0][0] if holders[0] else None


def _scalar(text: str, *, is_flow: bool) -> Any:
    """Return the value of a plain scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if text in ("<<", "=") or (is_flow and (":" in text or "?" in text)):
        raise _UnsureError
    if text[0] not in _MAY_BE_NO_TEXT:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _IS_NO_TEXT.fullmatch(text):
        raise _UnsureError
    return text


_NO_KEY = object()
_C_PARSER = getattr(yaml, "CBaseLoader", None)
"""Absent where the library was built without it."""
