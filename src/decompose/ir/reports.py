"""Reports: what verification and comparison found."""

from __future__ import annotations

from typing import Literal

from decompose.ir.graph import Record

CheckOutcome = Literal["equal", "different", "unreachable", "nondeterministic", "error", "skipped"]
CheckKind = Literal["test", "exit", "stdout", "file", "call", "property"]


class Check(Record):
    """One comparison of monolith and services."""

    name: str
    """Test id, operation or driver output."""
    outcome: CheckOutcome
    monolith: str = ""
    services: str = ""
    difference: str = ""
    """The first place where the two differ, or why it is `unreachable`, `error` or `skipped`."""
    evidence: str = ""
    """`path:line` of what most likely explains it."""
    kind: CheckKind = "test"
    seconds_monolith: float = 0.0
    """Time the check took in the monolith, in seconds; 0 when not measured."""
    seconds_services: float = 0.0


class Equivalence(Record):
    """Whether the services answer as the monolith did."""

    system: str
    kind: str
    """`tests`, `driver`, `replay`, `contracts`, or several joined by `+`."""
    checks: tuple[Check, ...]
    seconds: float = 0.0
    services_started: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What was not compared, and under which tolerance the rest was."""
    schema_version: int = 1

    @property
    def is_equivalent(self) -> bool:
        """Whether something was compared, and nothing differs or failed to run.

        Tests that patch the inside of moved code cannot tell anything across processes: they are listed as
        `unreachable` and do not count, either way.
        """
        bad = any(c.outcome in ("different", "error") for c in self.checks)
        return not bad and any(c.outcome == "equal" for c in self.checks)

    def count(self, outcome: CheckOutcome) -> int:
        """Return how many checks had this outcome."""
        return sum(c.outcome == outcome for c in self.checks)
