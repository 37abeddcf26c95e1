"""The plan: a person's file (`decompose.yaml`) that says which part becomes which service."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from decompose.ir.notebook import Shown

PLAN_SCHEMA = 1
ServiceKind = Literal["service", "job", "gateway"]
Decision = Literal["split", "split partly", "stay"]
NAME_PATTERN = r"^[a-z][a-z0-9_]{0,39}$"


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
    notes: tuple[str, ...] = ()
