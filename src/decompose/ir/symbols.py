"""Names of things: one spelling, the same in graph, plan, report and command line.

A symbol is `MODULE:QUALNAME` for code (`pkg.module:Class.method`), `MODULE:<module>` for the statements that a module
runs on import, `PATH.ipynb:cell_4` for a notebook cell, and `PREFIX:NAME` for what is not code.
`MODULE` is the dotted path of the file below the analysed root, without a leading `src.` when `src` is only a layout folder.
"""

from __future__ import annotations

import posixpath
import re

MODULE_BODY = "<module>"
"""Qualified name of the statements that a module runs on import."""

ASSET_PREFIXES = ("asset", "table", "model", "topic", "url", "env", "config", "cache")
"""Prefixes of data asset symbols; `asset` is a file or directory."""

STATE = "state"
EXTERNAL = "external"
BUILTIN_MODULE = "builtins"


def join(module: str, qualname: str) -> str:
    """Return the symbol of `qualname` in `module`."""
    return f"{module}:{qualname}"


def module_of(symbol: str) -> str:
    """Return the module part of a code symbol (the whole of it when it names a module)."""
    return symbol.partition(":")[0]


def qualname_of(symbol: str) -> str:
    """Return the part after the colon; empty for a bare module."""
    return symbol.partition(":")[2]


def parent_of(symbol: str) -> str:
    """Return the symbol one level up: the class of a method, the module body of a top-level function.

    A module body has no parent: the result is empty.
    """
    module, _, qualname = symbol.partition(":")
    if qualname == MODULE_BODY or not qualname:
        return ""
    outer, dot, _ = qualname.rpartition(".")
    return f"{module}:{outer}" if dot else f"{module}:{MODULE_BODY}"


def top_level_of(symbol: str) -> str:
    """Return the module-level symbol that holds `symbol`: `m:C.f` gives `m:C`, `m:f.inner` gives `m:f`."""
    module, _, qualname = symbol.partition(":")
    return f"{module}:{qualname.partition('.')[0]}" if qualname else symbol


def external(qualified_name: str) -> str:
    """Return the symbol of a name that the analysed tree does not define (`external:pandas.read_csv`)."""
    return f"{EXTERNAL}:{qualified_name}"


def is_external(symbol: str) -> bool:
    """Return whether the symbol names something outside the analysed tree."""
    return symbol.startswith("external:")


def is_asset(symbol: str) -> bool:
    """Return whether the symbol names a data asset."""
    return symbol.partition(":")[0] in ASSET_PREFIXES


def is_topic(symbol: str) -> bool:
    """Return whether the symbol names a stream of messages that a broker keeps."""
    return symbol.startswith("topic:")


def is_state(symbol: str) -> bool:
    """Return whether the symbol names shared mutable state."""
    return symbol.startswith("state:")


def is_code(symbol: str) -> bool:
    """Return whether the symbol names code of the analysed tree."""
    return not (is_external(symbol) or is_asset(symbol) or is_state(symbol))


def path_pattern(symbol: str) -> str:
    """Return the path of an asset as a pattern; empty when it does not lie below the working directory for sure.

    Unknown parts become `*`. A path that begins with an unknown folder may lead anywhere, and one that is nothing but
    unknown names every file: neither is a pattern.
    """
    kind, _, path = symbol.partition(":")
    if kind != "asset" or "://" in path or path.startswith(("/", "~")) or re.search(r"[*?\[\]\\:]", path):
        return ""
    pattern = posixpath.normpath(re.sub(r"\{[^{}]*\}", "*", path))
    first = pattern.partition("/")[0]
    return "" if first in ("..", ".", "") or "{" in pattern or not first.replace("*", "").strip(".") else pattern
