"""What a service does for others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that a service does for others."""

    name: str
    symbol: str
    """Where the code stands, `package.module:function`."""
    parameters: tuple[str, ...] = ()
    """Names of the parameters, in order."""
    callers: tuple[str, ...] = ()
    """Services that call it; `client` may call everything while `SERVICE_OPEN` is set."""
    is_idempotent: bool = False
    """Whether a call may be repeated when its answer is lost."""
    summary: str = ""
    origin: str = ""
    """`path:line` in the monolith."""
