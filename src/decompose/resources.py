"""Files that ship with the package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


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
