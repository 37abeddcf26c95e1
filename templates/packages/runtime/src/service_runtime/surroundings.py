"""What a process sets of its environment while it runs travels with its calls, as far as the callee reads it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping

from service_runtime.errors import WireError

_read_by: dict[str, tuple[str, ...]] = {}
_at_start = dict(os.environ)


def reads(names_by_service: Mapping[str, tuple[str, ...]]) -> None:
    """Say which environment variables each service reads."""
    _read_by.update(names_by_service)


def changes_for(service: str) -> str:
    """Return what this process has set or removed since it started and the service reads, as JSON."""
    names = _read_by.get(service, ())
    changed = {name: os.environ.get(name) for name in names if os.environ.get(name) != _at_start.get(name)}
    return json.dumps(changed) if changed else ""


def apply(text: str, names: Iterable[str]) -> None:
    """Set here what the caller has set, of the variables that this service reads; other names are ignored.

    Raises:
        WireError: If the text is not JSON.
    """
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError("the caller's environment is unreadable") from error
    for name in names:
        if isinstance(given, dict) and name in given:
            value = given[name]
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = str(value)
