"""Reports: what verification and comparison found."""

from __future__ import annotations

from typing import Literal

from decompose.ir.graph import Record

CheckOutcome = Literal["equal", "different", "unreachable", "nondeterministic", "error", "skipped"]


class Check(Record):
    """One comparison of monolith and services."""

    name: str
    """Test id, operation or driver output."""
    outcome: CheckOutcome
    monolith: str = ""
    services: str = ""
    difference: str = ""
    """The first place where the two differ."""
    evidence: str = ""
    """`path:line` of what most likely explains it."""


class Equivalence(Record):
    """Whether the services answer as the monolith did."""

    system: str
    kind: str
    """`tests`, `driver`, `replay` or `contracts`."""
    checks: tuple[Check, ...]
    seconds: float = 0.0
    services_started: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    schema_version: int = 1

    @property
    def is_equivalent(self) -> bool:
        """Whether no check differs or failed to run."""
        return bool(self.checks) and all(c.outcome in ("equal", "nondeterministic", "skipped") for c in self.checks)
