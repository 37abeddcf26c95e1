"""Everything the templates need, with all names final and all lists sorted: templates only write it down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from decompose.ir.blueprint import ServiceBlueprint
from decompose.ir.symbols import MODULE_BODY, module_of, qualname_of
from decompose.scaffold.operations import ServedOperation
from decompose.scaffold.territory import Territory

BASE_PORT = 8100


@dataclass(frozen=True, slots=True)
class ServiceContext:
    """One service as its templates see it."""

    name: str
    kind: str
    because: str
    port: int
    depends_on: tuple[str, ...]
    operations: tuple[ServedOperation, ...]
    symbols: tuple[tuple[str, tuple[str, ...]], ...]
    modules: tuple[tuple[str, str], ...]
    anchored: tuple[str, ...]
    entries: tuple[tuple[str, str], ...]
    web: str
    preload: tuple[str, ...]
    live: tuple[str, ...]
    requirements: tuple[str, ...]
    environment: tuple[str, ...]
    forms: tuple[tuple[str, str], ...]
    """Path and form of each carried module."""
    cpu: float
    memory_mb: int

    @property
    def probe_prefix(self) -> str:
        """Path before the service's own routes."""
        return "/_service" if self.web else ""


@dataclass(frozen=True, slots=True)
class SystemContext:
    """The whole system as its templates see it."""

    name: str
    services: tuple[ServiceContext, ...]
    value_classes: tuple[str, ...]
    functions: tuple[tuple[str, str], ...]
    libraries: tuple[str, ...]
    modules: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]


def entries_of(territory: Territory, service: ServiceBlueprint) -> tuple[tuple[str, str], ...]:
    """Return what can be run of a service: steps of the pipeline first, then its programs, by name."""
    found: dict[str, str] = {}
    for step in territory.blueprint.pipeline:
        if step.service == service.name and step.entry:
            found.setdefault(_entry_name(step.entry), step.entry)
    for symbol in service.members:
        unit = territory.units.get(symbol)
        if unit is not None and unit.entry is not None and unit.entry.kind in ("main", "job", "flow", "task"):
            found.setdefault(_entry_name(symbol), symbol)
    return tuple(found.items())


def as_json(context: SystemContext) -> dict[str, Any]:
    """Return what `system.json` says."""
    return {
        "system": context.name,
        "schema_version": 1,
        "services": [
            {
                "name": service.name,
                "kind": service.kind,
                "source": f"services/{service.name}/src",
                "app": f"services/{service.name}/app.py",
                "depends_on": list(service.depends_on),
                "operations": [
                    {"name": o.name, "symbol": o.symbol, "callers": list(o.callers)} for o in service.operations
                ],
                "entries": dict(service.entries),
                "port": service.port,
                "probes": service.probe_prefix,
                "requirements": list(service.requirements),
                "environment": list(service.environment),
                "cpu": service.cpu,
                "memory_mb": service.memory_mb,
            }
            for service in context.services
        ],
        "shared": list(context.value_classes),
    }


def _entry_name(symbol: str) -> str:
    name = qualname_of(symbol)
    return module_of(symbol) if name == MODULE_BODY else name
