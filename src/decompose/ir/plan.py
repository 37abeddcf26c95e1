"""The plan: a person's file (`decompose.yaml`) that says which part becomes which service."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from decompose.ir.notebook import Shown

PLAN_SCHEMA = 1
ServiceKind = Literal["service", "job", "gateway"]
Decision = Literal["split", "split partly", "stay"]
NAME_PATTERN = r"^[a-z][a-z0-9_]{0,39}$"
Rule = Annotated[tuple[str, ...], Field(min_length=2)]


class PlanModel(BaseModel):
    """Base of the plan's models: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Resources(PlanModel):
    """What one replica needs."""

    cpu: float = 1.0
    """Cores."""
    memory_mb: int = 512
    """Resident memory, in MiB."""
    gpu: int = 0
    """Whole devices."""


class ServicePlan(PlanModel):
    """One part of the system that is to run by itself."""

    name: str = Field(pattern=NAME_PATTERN)
    kind: ServiceKind = "service"
    because: str = ""
    """Why it stands by itself, in words; written by `propose`, yours to change."""
    members: tuple[str, ...] = ()
    """Symbols or globs over symbols (`shop.train.*`, `shop.util:save`); the most specific entry wins."""
    exposes: tuple[str, ...] = ()
    """Symbols that others call; empty means: whatever the others need."""
    owns: tuple[str, ...] = ()
    """Assets and state that only this service writes."""
    resources: Resources = Resources()
    locked: tuple[str, ...] = ()
    """Members (or `*`) that `propose` must leave here."""
    note: str = ""


class Limits(PlanModel):
    """What no service may exceed."""

    max_size: int = Field(default=0, ge=0)
    """Functions and methods in one service (a class counts one and one for each method); 0 for no limit."""


class Circle(PlanModel):
    """Services that call each other in a circle, and may: `check` reports every other circle."""

    services: tuple[str, ...] = Field(min_length=2)
    """Names of the services on it, sorted."""
    because: str = ""
    """The calls that close it; written by `propose`, yours to change."""


class Verdict(PlanModel):
    """Whether to split at all, with the numbers that decide it."""

    decision: Decision = "split"
    because: tuple[str, ...] = ()
    """The three numbers that decide, each as a sentence."""
    would_change: str = ""
    """What would have to be different for another answer."""


class Plan(PlanModel, Shown):
    """The decomposition as people edit it."""

    version: Literal[1] = 1
    system: str
    """Name of the analysed system."""
    root: str = "."
    """Path of the analysed tree, relative to the plan file."""
    graph: str = ""
    """Digest of the graph that the plan was proposed for."""
    verdict: Verdict = Verdict()
    services: tuple[ServicePlan, ...] = ()
    shared: tuple[str, ...] = ()
    """Symbols or globs of library code that every service gets a copy of."""
    offline: tuple[str, ...] = ()
    """Symbols or globs that are not deployed: tests, notebooks, packaging."""
    dead: tuple[str, ...] = ()
    """Symbols or globs that no entry point reaches."""
    startup: tuple[str, ...] = ()
    """Modules of the analysed tree that every service imports before any other code, in this order: what the monolith's
    start-up does for all of its code (`sitecustomize`, a patch, a name put into `builtins`)."""
    apart: tuple[Rule, ...] = ()
    """Rules such as `[shop.train.*, shop.serve.*]`: symbols or globs whose units `propose` never puts into one service."""
    limits: Limits = Limits()
    circles: tuple[Circle, ...] = ()
    notes: tuple[str, ...] = ()
