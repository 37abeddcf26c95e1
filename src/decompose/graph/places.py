"""Where relative paths start: one file has one name, whatever folder the code that names it runs in."""

from __future__ import annotations

import posixpath
from collections.abc import Collection

from decompose.graph.assets import Link
from decompose.graph.naming import is_template

_STORAGE = "django.core.files.storage"
_PATHS = ("file", "directory", "model", "config")


def place(links: list[Link], data_files: Collection[str]) -> None:
    """Give paths the name that they have from the root of the tree, in place.

    A notebook runs in its own folder. A script may run anywhere: a path that climbs (`../data/x.csv`) is taken from
    the script's folder only where that leads to a file of the tree, or to one that other code names.

    Args:
        links: Every link of the system.
        data_files: Files of the tree that are not source, relative to its root.
    """
    files = [k for k in links if k.kind in _PATHS and not k.is_registry and _is_relative(k.name)]
    known = {k.name for k in links if not k.name.startswith("../")} | set(data_files)
    for link in files:
        folder = posixpath.dirname(link.site.path)
        is_notebook = link.site.path.endswith(".ipynb")
        if not folder or not (is_notebook or link.name.startswith("../")):
            continue
        name = posixpath.normpath(posixpath.join(folder, link.name))
        if not name.startswith("..") and (name in known or (is_notebook and link.name not in known)):
            link.original = link.original or link.name
            link.name = name
    _joined(links)


def _joined(links: list[Link]) -> None:
    """Give one name to a file that one side names from the root of its container, or of the media that Django keeps."""
    files = [k for k in links if k.kind in _PATHS and not k.is_registry]
    written = {k.name: k for k in files if k.effect == "write" and "/" in k.name.strip("/")}
    read = {k.name: k for k in files if k.effect == "read" and "/" in k.name.strip("/")}
    for longer, shorter in ((read, written), (written, read)):
        for name in longer:
            parts = name.split("/")
            tails = ("/".join(parts[i:]) for i in range(1, len(parts) - 1))
            tail = next((t for t in tails if t in shorter and t not in longer), "")
            if tail and (name.startswith("/") or _STORAGE in shorter[tail].api) and name not in shorter:
                for link in files:
                    if link.name == name:
                        link.original = link.original or link.name
                        link.name = tail


def _is_relative(name: str) -> bool:
    first = name.partition("/")[0]
    return not name.startswith(("/", "~")) and ":" not in first and not is_template(first)
