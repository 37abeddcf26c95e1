"""The blueprint: a plan resolved against a graph, with everything that the generator needs decided."""

from __future__ import annotations

from typing import Literal

from decompose.ir.findings import Finding
from decompose.ir.graph import Confidence, Record, Site

Verdict = Literal["safe", "safe-with-adapter", "needs-change", "forbidden"]
Codec = Literal["json", "frame", "array", "stream", "handle", "callback", "artifact", "model", "none"]
OperationKind = Literal["function", "constructor", "method", "static", "property", "setter", "constant", "route"]


class Hazard(Record):
    """One way in which a call changes its meaning when it becomes remote."""

    number: int
    """Row of the hazard table (1 to 27), `docs/hazards.md`."""
    name: str
    sites: tuple[Site, ...] = ()
    strategy: str = ""
    """What the generated code does about it; empty when nothing can be done."""
    why: str = ""


class CutEdge(Record):
    """A dependency that crosses services."""

    source: str
    target: str
    from_service: str
    to_service: str
    kind: str
    """Edge kind of the graph (`call`, `inherit`, `type`, `state_read` …)."""
    verdict: Verdict
    hazards: tuple[Hazard, ...] = ()
    sites: tuple[Site, ...] = ()
    calls_per_run: float = 1.0
    bytes_per_call: float = 0.0
    cost_ms: float = 0.0
    """Time spent on the wire, per run or request, in milliseconds."""
    why: str = ""


class Field(Record):
    """One value of a message."""

    name: str
    codec: Codec = "json"
    type: str = "object"
    """Dotted Python type as far as known; `object` when unknown."""
    annotation: str = ""
    confidence: Confidence = "possible"
    provenance: str = ""
    kind: str = "positional"
    """Parameter kind of `ir.graph`; empty for a result."""
    default: str | None = None
    """Source text of the default that the callee owns; `None` when required."""
    is_copied_back: bool = False
    """Whether the callee changes it in place, so that the reply carries the changed value."""


class Operation(Record):
    """Something a service offers to the others."""

    name: str
    """Identifier, unique in its service."""
    symbol: str
    service: str
    kind: OperationKind
    parameters: tuple[Field, ...] = ()
    result: Field = Field(name="result")
    raises: tuple[str, ...] = ()
    is_async: bool = False
    is_idempotent: bool = False
    callers: tuple[str, ...] = ()
    """Services that call it, sorted."""
    effects: tuple[str, ...] = ()


class Handoff(Record):
    """An asset that one service writes and another reads."""

    asset: str
    owner: str
    writers: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()


class ArtifactFile(Record):
    """A file, or files of one pattern, that the services share through the artifact store."""

    pattern: str
    """Path relative to the working directory, `*` for a part that is not known (`models/*.pt`)."""
    writers: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()


class ArtifactSet(Record):
    """Files that are versioned together: those of one folder."""

    name: str
    files: tuple[ArtifactFile, ...] = ()
    """Sorted by pattern."""


class JobStep(Record):
    """Something of a job that can be run, as a step of the pipeline."""

    service: str
    entry: str
    """Symbol that is run."""
    after: tuple[str, ...] = ()
    """Entries that write what this one reads, sorted."""
    inputs: tuple[str, ...] = ()
    """Assets that it reads and does not write, in whichever service, sorted."""
    outputs: tuple[str, ...] = ()
    """Assets that it writes, sorted."""


class ServiceBlueprint(Record):
    """One service, with all names final."""

    name: str
    kind: str
    """`service`, `job` or `gateway`."""
    because: str = ""
    members: tuple[str, ...] = ()
    """Module-level unit symbols, sorted; `MODULE:<module>` says that it owns the module's body."""
    operations: tuple[Operation, ...] = ()
    depends_on: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    """PEP 508 lines for what its code imports, at the monolith's versions."""
    environment: tuple[str, ...] = ()
    """Environment variables that its code reads."""
    owns: tuple[str, ...] = ()
    cpu: float = 1.0
    memory_mb: int = 512
    gpu: int = 0


class Blueprint(Record):
    """Everything that the generator needs besides the source text."""

    system: str
    services: tuple[ServiceBlueprint, ...]
    startup: tuple[str, ...] = ()
    """Modules that every service imports before any other code, in this order."""
    shared: tuple[str, ...] = ()
    """Module-level unit symbols that are copied into every service that needs them, sorted."""
    offline: tuple[str, ...] = ()
    dead: tuple[str, ...] = ()
    cut_edges: tuple[CutEdge, ...] = ()
    handoffs: tuple[Handoff, ...] = ()
    artifacts: tuple[ArtifactSet, ...] = ()
    """What goes through the artifact store, sorted by name."""
    pipeline: tuple[JobStep, ...] = ()
    findings: tuple[Finding, ...] = ()
    schema_version: int = 1
