"""What one service consists of."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from service_runtime.messages import Message
from service_runtime.operations import Operation


@dataclass(frozen=True)
class Service:
    """What one service consists of."""

    name: str
    source: Path
    """Folder of the code."""
    modules: dict[str, str]
    """File by import name, below `source`."""
    operations: tuple[Operation, ...] = ()
    symbols: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Classes, functions and modules that others may name, with the services that do."""
    messages: dict[str, Message] = field(default_factory=dict)
    """Models of arguments and results, by what they are for."""
    anchored: tuple[str, ...] = ()
    """Modules that look for data beside themselves."""
    entries: dict[str, str] = field(default_factory=dict)
    """What `POST /runs` can start: symbol by name."""
    web: str = ""
    """The monolith's own web application, `package.module:app`."""
    preload: tuple[str, ...] = ()
    """Modules that are imported before the service is ready."""
    live: tuple[str, ...] = ()
    """Module-level values that change, so that others get a handle instead of a copy."""
