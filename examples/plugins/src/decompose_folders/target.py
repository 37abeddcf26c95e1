"""A Procfile: one line a service, for Foreman, Honcho and the platforms that read it."""

from __future__ import annotations

from decompose.scaffold.context import SystemContext


def procfile(system: SystemContext) -> dict[str, bytes]:
    """Return the file by its path in the workspace.

    Args:
        system: The services with their ports and kinds, sorted by name.
    """
    lines = [f"{s.name}: SERVICE_PORT={s.port} python services/{s.name}/app.py" for s in system.services]
    return {"Procfile": "".join(f"{line}\n" for line in lines).encode()}
