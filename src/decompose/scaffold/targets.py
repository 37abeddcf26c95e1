"""Where a generated system can run: each target writes its own files beside the services."""

from __future__ import annotations

from typing import Protocol

from decompose.scaffold.context import SystemContext
from decompose.scaffold.target_compose import compose
from decompose.scaffold.target_kubernetes import kubernetes


class Target(Protocol):
    """Writes down how a system runs in one place; other distributions offer theirs as `decompose.targets`."""

    def __call__(self, system: SystemContext, /) -> dict[str, bytes]:
        """Return content by path in the workspace."""


BUILT_IN: tuple[Target, ...] = (compose, kubernetes)
"""Written into every workspace, beside `run.py` (this machine) and `run_ray.py` (Ray Serve), which need no file a system."""
