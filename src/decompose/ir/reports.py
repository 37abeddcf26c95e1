"""Reports: what verification and comparison found."""

from __future__ import annotations

from typing import Literal

from decompose.ir.graph import Record
from decompose.ir.notebook import Shown

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


Basis = Literal["predicted", "measured", "counted", "assumed"]
Side = Literal["monolith", "services"]


class Figure(Record):
    """A number with what is known about how sure it is."""

    value: float
    low: float | None = None
    """Lower end of the 95 % interval; `None` when no interval is known."""
    high: float | None = None
    unit: str = ""
    """`ms`, `1/s`, `MB`, `share`, `s`, `$/h` …"""
    basis: Basis = "predicted"

    def __str__(self) -> str:
        text = _short(self.value)
        if self.low is not None and self.high is not None and self.low != self.high:
            text += f" ({_short(self.low)}–{_short(self.high)})"
        return f"{text} {self.unit}".strip()


def _short(value: float) -> str:
    """Return three digits, and no exponent for large numbers."""
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


class LoadFigures(Record):
    """How one entry point answers at one load."""

    entry: str
    side: Side
    rate_per_s: float
    """Offered requests per second, open loop."""
    p50_ms: Figure
    p95_ms: Figure
    p99_ms: Figure
    error_share: Figure = Figure(value=0.0, unit="share")
    replicas: int = 1
    curve_ms: tuple[float, ...] = ()
    """Latency below which 1, 2, … 99 percent of the requests were answered, in milliseconds; the distribution."""


class Capacity(Record):
    """The most that one entry point can take."""

    entry: str
    side: Side
    per_s: Figure
    bottleneck: str = ""
    """Service that is exhausted first."""


class Kill(Record):
    """What stops working when one part dies."""

    killed: str
    """Service, or `monolith`."""
    failed: tuple[str, ...] = ()
    """Entry points that no longer answer, sorted."""
    alive: tuple[str, ...] = ()
    basis: Basis = "predicted"


class Scaling(Record):
    """What one entry point can take with more processes, each on a core of its own."""

    entry: str
    side: Side
    processes: int
    """Of all parts together."""
    per_s: Figure
    memory_mb: float = 0.0
    """Of all of them, in MiB; 0 when not known."""
    added: str = ""
    """Part that the last process was added to."""


class Rollout(Record):
    """What happened when the model was rolled forward and back under load."""

    side: Side
    asked: int
    failed: int
    """Requests without a good answer meanwhile."""
    forward_s: float | None = None
    """From the end of the command until an answer came from the new model; `None` when it needs a restart."""
    back_s: float | None = None


class Alternative(Record):
    """One plan among those that nothing else beats."""

    name: str
    services: int
    cost: float
    """Share of the calls that would cross a wire."""
    gain: float
    """Share of roles and rhythms that stand apart (stage purity)."""
    is_chosen: bool = False


class StudyRow(Record):
    """One claim about monolith and services, with a number for both."""

    aspect: str
    """`performance`, `scalability`, `reliability` …"""
    measure: str
    """What is measured, with its unit in words."""
    monolith: Figure | None = None
    services: Figure | None = None
    winner: Literal["monolith", "services", "tie", "unknown"] = "unknown"
    by: str = ""
    evidence: str = ""
    is_by_construction: bool = False
    """Whether the row says what any split of any system would say, so that it does not count for the verdict."""
    predicted_monolith: Figure | None = None
    """What the model had said, when the row is measured."""
    predicted_services: Figure | None = None


class Comparison(Record, Shown):
    """Monolith and services side by side."""

    system: str
    rows: tuple[StudyRow, ...]
    load: tuple[LoadFigures, ...] = ()
    capacity: tuple[Capacity, ...] = ()
    kills: tuple[Kill, ...] = ()
    scaling: tuple[Scaling, ...] = ()
    rollouts: tuple[Rollout, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    verdict: str = ""
    """`split`, `split partly` or `stay`."""
    because: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    schema_version: int = 1
