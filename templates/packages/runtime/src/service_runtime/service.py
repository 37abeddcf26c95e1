"""What one service consists of."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from service_runtime.handover import Artifact
from service_runtime.messages import Message
from service_runtime.oip_models import Model
from service_runtime.operations import Operation


@dataclass(frozen=True, slots=True)
class Job:
    """What is known of something that the service runs to its end; patterns as in `Artifact`."""

    inputs: tuple[str, ...] = ()
    """Files that it reads and does not write."""
    outputs: tuple[str, ...] = ()
    is_closed: bool = False
    """Whether these are all that it reads and writes, so that equal inputs make a run superfluous."""
    environment: tuple[str, ...] = ()
    """Variables that it reads."""


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
    environment: tuple[str, ...] = ()
    """Environment variables that the code reads."""
    aliases: dict[str, str] = field(default_factory=dict)
    """Further names of modules, each with the name by which the code imports it: both are one module."""
    renamed: dict[str, dict[str, str]] = field(default_factory=dict)
    """By module: top-level names that it imports, with the names under which this service has the modules it means."""
    anchored: tuple[str, ...] = ()
    """Modules that look for data beside themselves."""
    entries: dict[str, str] = field(default_factory=dict)
    """What can be run: symbol by name; a symbol that ends in `:<module>` is run as a program."""
    jobs: dict[str, Job] = field(default_factory=dict)
    """What is known of the entries, by name."""
    web: str = ""
    """The monolith's own web application, `package.module:app`."""
    startup: tuple[str, ...] = ()
    """Modules that are imported before any other code of the service."""
    preload: tuple[str, ...] = ()
    """Modules that are imported before the service is ready."""
    unloadable: tuple[str, ...] = ()
    """Modules that no process can import, the monolith's included: calls of what they hold fail, as they did there."""
    live: tuple[str, ...] = ()
    """Module-level values that change, so that others get a handle instead of a copy."""
    models: tuple[Model, ...] = ()
    """What clients of the Open Inference Protocol can ask."""
    is_protocol_at_root: bool = False
    """Whether a gateway answers `/v2` itself, because the web application does not."""
    artifacts: tuple[Artifact, ...] = ()
    """Files that it shares with other services through the artifact store."""
    is_job: bool = False
    """Whether it runs and ends; what it holds in memory is then not kept from one run to the next."""
