"""Settings of a project, from `[tool.decompose]` in its `pyproject.toml`."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from decompose.errors import ConfigError


class Settings(BaseModel):
    """What a project may set; command-line options win over these."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    knowledge: tuple[str, ...] = ()
    """Own API knowledge files (TOML), relative to the project."""
    templates: str = ""
    """Folder whose files replace those of the same name among the built-in templates, or add to them."""
    ignore: tuple[str, ...] = ()
    """Finding codes that are not shown (`DC302`)."""


def read_settings(root: Path) -> Settings:
    """Return the settings of the project at `root`; the defaults when it has none.

    Raises:
        ConfigError: If `pyproject.toml` does not parse, or holds a key or value that is not known.
    """
    path = root / "pyproject.toml"
    if not path.is_file():
        return Settings()
    try:
        table = tomllib.loads(path.read_text("utf-8")).get("tool", {}).get("decompose", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        # The analysed project's own file: the analyser reports it, the settings do without.
        return Settings()
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        close = difflib.get_close_matches(key, Settings.model_fields, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"known keys: {', '.join(sorted(Settings.model_fields))}"
        raise ConfigError(f"{path}: `tool.decompose.{key}`: {first['msg']}", hint=hint) from error
