"""Violations: where the code no longer keeps to the boundaries of the plan."""

from __future__ import annotations

from typing import Literal

import msgspec

from decompose.ir.findings import Level
from decompose.ir.graph import Record, Site

Contract = Literal[
    "independent",
    "only_exposed",
    "no_shared_state",
    "one_writer",
    "acyclic",
    "no_new_edges",
    "placed",
    "ignores",
    "compatible",
    "apart",
    "limits",
]


class Violation(Record):
    """One breach of one contract."""

    contract: Contract
    code: str
    """`DC6xx`, one for each contract."""
    level: Level
    source: str
    """Symbol that does it; a service's name for `acyclic` and `limits`."""
    target: str
    """What it does it to: a symbol, an asset, a state; empty when there is nothing beside it."""
    message: str
    """What is the case; names in backticks, no full stop."""
    hint: str
    fingerprint: str
    """Stays the same when lines above are added or code around it changes."""
    from_service: str = ""
    to_service: str = ""
    sites: tuple[Site, ...] = ()
    is_accepted: bool = False
    """Whether the baseline accepts it."""
    reason: str = ""
    """Why it is accepted, when somebody said so."""


class Violations(Record):
    """The answer of the gate."""

    system: str
    violations: tuple[Violation, ...] = ()
    """All, accepted ones too; worst first, then by place."""
    checked: dict[str, int] = msgspec.field(default_factory=dict)
    """Things looked at, by contract, sorted by name."""
    crossings: tuple[str, ...] = ()
    """Fingerprints of every dependency that crosses services, sorted: what a baseline remembers."""
    stale: tuple[str, ...] = ()
    """Fingerprints in the baseline that nothing matches any more, sorted."""
    schema_version: int = 1

    @property
    def is_clean(self) -> bool:
        """Whether nothing is violated that the baseline does not accept; warnings and notes do not count."""
        return not any(v.level == "error" and not v.is_accepted for v in self.violations)
