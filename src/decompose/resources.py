"""Files that ship with the package, and room on the interpreter's stack."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
RECURSION_LIMIT = 12_000
"""Python frames that a walk over nested code may use; facts nest at most some 1,200 levels."""


@contextmanager
def room_for_recursion(frames: int = RECURSION_LIMIT) -> Iterator[None]:
    """Let walkers and decoders recurse up to `frames` deep; the old limit returns afterwards."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, frames))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


@contextmanager
def without_collection() -> Iterator[None]:
    """Keep the collector of cycles still while records are made that all stay: looking for garbage among them costs much."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def template_root() -> Path:
    """Return the folder of the templates: inside the wheel, or at the top of a checkout."""
    shipped = _PACKAGE / "templates"
    return shipped if shipped.is_dir() else _PACKAGE.parent.parent / "templates"


def knowledge_root() -> Path:
    """Return the folder of the built-in API knowledge files (TOML)."""
    return _PACKAGE / "knowledge" / "data"


def ui_root() -> Path:
    """Return the folder of the bundled review page (`app.js`, `app.css`)."""
    return _PACKAGE / "views" / "ui"
