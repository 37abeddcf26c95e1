"""Everything the templates need, with all names final and all lists sorted: templates only write it down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from decompose.ir.blueprint import ArtifactSet, Handoff, ServiceBlueprint
from decompose.scaffold.dependencies import Extra, Use
from decompose.scaffold.inference import ModelContext
from decompose.scaffold.jobs import StepContext, entry_name
from decompose.scaffold.operations import ServedOperation
from decompose.scaffold.pins import NO_PINS, Pins
from decompose.scaffold.territory import Territory

BASE_PORT = 8100


@dataclass(frozen=True, slots=True)
class SharedFile:
    """Files of one pattern that a service shares through the artifact store."""

    folder: str
    """The set that they belong to."""
    pattern: str
    is_written: bool
    is_kept: bool
    """Whether the service puts the current version in place where services share a working directory."""


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
    startup: tuple[str, ...]
    """Modules that are imported before all others."""
    preload: tuple[str, ...]
    live: tuple[str, ...]
    requirements: tuple[str, ...]
    environment: tuple[str, ...]
    forms: tuple[tuple[str, str], ...]
    """Path and form of each carried module."""
    cpu: float
    memory_mb: int
    gpu: int
    starts_after: tuple[str, ...]
    """Services that must be ready before it starts; a circle is broken."""
    holds_state: bool
    """Whether callers hold on to objects or state of one process, so that replicas cannot stand in for each other."""
    artifacts: tuple[SharedFile, ...] = ()
    models: tuple[ModelContext, ...] = ()
    """What clients of the Open Inference Protocol can ask."""
    is_protocol_at_root: bool = False
    """Whether the protocol's paths stand beside those of the web application as well."""
    jobs: tuple[StepContext, ...] = ()
    """Steps of the pipeline that it runs."""
    methods: tuple[str, ...] = ()
    """Symbols of the classes that are built and used from outside, and of their public methods."""
    extras: tuple[Extra, ...] = ()
    """Requirements without which it runs as well."""
    renamed: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    """By module: names that it imports, and the names under which the service has what they mean."""
    aliases: tuple[tuple[str, str], ...] = ()
    """Further names of modules, each with the name by which the code imports it."""
    unloadable: tuple[str, ...] = ()
    """Carried modules that no process can import."""
    brought: tuple[str, ...] = ()
    """What its requirements bring along, at the versions of a lock file."""
    constraints: tuple[str, ...] = ()
    """What holds for all that it installs, from a lock file; empty where that of the whole system does."""
    pins: Pins = NO_PINS
    """What the monolith's lock files say."""
    own_imports: tuple[Use, ...] = ()
    """Imports of what the tree provides but the analysis did not find."""

    @property
    def has_function_models(self) -> bool:
        """Whether some model is a function."""
        return any(model.symbol for model in self.models)

    @property
    def is_job(self) -> bool:
        """Whether it runs and ends."""
        return self.kind == "job"

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
    scattered: tuple[str, ...]
    """Functions that no service owns and not every service has a copy of."""
    libraries: tuple[str, ...]
    modules: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    constraints: tuple[str, ...] = ()
    """Versions that hold for all that any service installs."""
    steps: tuple[StepContext, ...] = ()
    """The pipeline, each step after those that it waits for."""

    topics: tuple[Handoff, ...] = ()
    """Streams between services: they stay with the broker that the monolith uses."""

    @property
    def label(self) -> str:
        """Name of the system as images, pipelines and the like may be called: letters, digits and dashes."""
        letters = "".join(c if c.isascii() and c.isalnum() else "-" for c in self.name.lower())
        return "-".join(part for part in letters.split("-") if part) or "system"


def start_order(depends_on: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return what each service waits for: what it calls, except services that need it in turn."""
    reached = {name: _reached(name, depends_on) for name in depends_on}
    return {
        name: tuple(other for other in others if name not in reached.get(other, ()))
        for name, others in depends_on.items()
    }


def _reached(name: str, depends_on: Mapping[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    pending = list(depends_on[name])
    while pending:
        other = pending.pop()
        if other not in found:
            found.add(other)
            pending += depends_on.get(other, ())
    return found


def entries_of(territory: Territory, service: ServiceBlueprint) -> tuple[tuple[str, str], ...]:
    """Return what can be run of a service: steps of the pipeline first, then its programs, by name."""
    found: dict[str, str] = {}
    for step in territory.blueprint.pipeline:
        if step.service == service.name and step.entry:
            found.setdefault(entry_name(step.entry), step.entry)
    for symbol in service.members:
        unit = territory.units.get(symbol)
        if unit is not None and unit.entry is not None and unit.entry.kind in ("main", "job", "flow", "task"):
            found.setdefault(entry_name(symbol), symbol)
    return tuple(found.items())


def shared_files(territory: Territory, service: str) -> tuple[SharedFile, ...]:
    """Return what a service writes and reads of the versioned sets, sorted."""
    return tuple(
        SharedFile(found.name, file.pattern, service in file.writers, service == _keeper(territory, found))
        for found in territory.blueprint.artifacts
        for file in found.files
        if service in (*file.writers, *file.readers)
    )


def _keeper(territory: Territory, found: ArtifactSet) -> str:
    """Return the one of the writers that sees to the files of a set: what answers requests before what runs and ends."""
    writers = {name for file in found.files for name in file.writers}
    return min(writers, key=lambda name: (territory.service_by_name[name].kind == "job", name), default="")


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
                "starts_after": list(service.starts_after),
                "operations": [
                    {"name": o.name, "symbol": o.symbol, "callers": list(o.callers)} for o in service.operations
                ],
                "methods": list(service.methods),
                "entries": dict(service.entries),
                "port": service.port,
                "probes": service.probe_prefix,
                "requirements": list(service.requirements),
                "environment": list(service.environment),
                "cpu": service.cpu,
                "memory_mb": service.memory_mb,
                "gpu": service.gpu,
                "holds_state": service.holds_state,
                "models": [model.name for model in service.models],
                "artifacts": [
                    {"set": f.folder, "pattern": f.pattern, "is_written": f.is_written} for f in service.artifacts
                ],
            }
            for service in context.services
        ],
        "pipeline": [
            {
                "name": step.name,
                "service": step.service,
                "entry": step.entry,
                "after": list(step.after),
                "inputs": list(step.inputs),
                "outputs": list(step.outputs),
            }
            for step in context.steps
        ],
        "topics": [
            {"name": topic.asset.partition(":")[2], "producers": list(topic.writers), "consumers": list(topic.readers)}
            for topic in context.topics
        ],
        "shared": list(context.value_classes),
    }
