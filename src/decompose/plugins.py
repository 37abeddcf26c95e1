"""Extensions by other distributions: entry points in the groups `decompose.partitioners` and `decompose.targets`."""

from __future__ import annotations

import difflib
from importlib.metadata import EntryPoint, entry_points

from decompose.errors import ConfigError

PARTITIONERS = "decompose.partitioners"
TARGETS = "decompose.targets"


def load_plugin(group: str, name: str) -> object:
    """Return the object that the entry point `name` of `group` names.

    Raises:
        ConfigError: If there is none of that name, or it does not import.
    """
    found: dict[str, EntryPoint] = {entry.name: entry for entry in entry_points(group=group)}
    if name not in found:
        close = difflib.get_close_matches(name, found, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"installed: {', '.join(sorted(found)) or 'none'}"
        raise ConfigError(f"no `{name}` in the entry points `{group}`", hint=hint)
    try:
        return found[name].load()
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"entry point `{name}` of `{group}` does not import: {error}") from error
