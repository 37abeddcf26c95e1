"""Small systems of one module a service, resolved."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from decompose import graph, source
from decompose.boundary import resolve
from decompose.ir.blueprint import Blueprint
from decompose.ir.plan import Plan, ServicePlan


def resolved(folder: Path, sources: Mapping[str, str], kinds: Mapping[str, str]) -> Blueprint:
    """Return the blueprint of modules that each become the service of their name.

    Args:
        folder: Where the sources are written.
        sources: Text by path.
        kinds: Kind of the service, by module.
    """
    for path, text in sources.items():
        (folder / path).write_text(text)
    system = graph.link(source.scan(folder))
    services = tuple(ServicePlan(name=name, kind=kind, members=(f"{name}:*",)) for name, kind in kinds.items())
    return resolve(Plan(system="toy", services=services), system)
