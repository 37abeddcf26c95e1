"""The baseline: what is accepted today, so that only what is new fails. It grows by decision alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec
from pydantic import BaseModel, ConfigDict, ValidationError

from decompose.errors import ConfigError
from decompose.ir.violations import Violation, Violations


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Accepted(_Stored):
    """One violation that does not fail."""

    fingerprint: str
    contract: str = ""
    message: str = ""
    """What it said when it was accepted; for the reader."""
    reason: str = ""
    """Why it may stay; written by a person, and then `until` is needed too."""
    until: date | None = None
    """Day after which it fails again."""


class Baseline(_Stored):
    """A baseline file."""

    version: int = 1
    accepted: tuple[Accepted, ...] = ()
    crossings: tuple[str, ...] = ()
    """Fingerprints of the dependencies that crossed services when it was taken, sorted."""


def read_baseline(text: str, path: str = "baseline") -> Baseline:
    """Return the baseline in a file's text.

    Raises:
        ConfigError: If it is no baseline, or an entry has a reason without an end.
    """
    try:
        baseline = Baseline.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        hint = "take it again with `decompose check --update-baseline`"
        raise ConfigError(f"{path}: `{where}`: {first['msg']}", hint=hint) from error
    for entry in baseline.accepted:
        if entry.reason and entry.until is None:
            hint = 'add `"until": "YYYY-MM-DD"`'
            raise ConfigError(f"{path}: `{entry.fingerprint}` has a reason and no end", hint=hint)
    return baseline


def render_baseline(result: Violations, previous: Baseline | None = None) -> str:
    """Return the text of a baseline that accepts what is there now; reasons that people wrote are kept."""
    kept = {entry.fingerprint: entry for entry in previous.accepted} if previous else {}
    accepted = [
        kept.get(violation.fingerprint)
        or Accepted(fingerprint=violation.fingerprint, contract=violation.contract, message=violation.message)
        for violation in sorted(result.violations, key=lambda v: (v.contract, v.source, v.target, v.fingerprint))
        if violation.contract not in ("no_new_edges", "ignores")
    ]
    baseline = Baseline(accepted=tuple(accepted), crossings=result.crossings)
    return baseline.model_dump_json(indent=2, exclude_defaults=True) + "\n"


def apply(violations: Iterable[Violation], baseline: Baseline, *, today: date) -> tuple[list[Violation], list[str]]:
    """Mark what the baseline accepts.

    Args:
        violations: What was found.
        baseline: What is accepted.
        today: Entries that ended before this day count no more.

    Returns:
        The violations, and the fingerprints of the baseline that match none of them.
    """
    valid = {e.fingerprint: e for e in baseline.accepted if e.until is None or e.until >= today}
    marked = []
    for violation in violations:
        entry = valid.get(violation.fingerprint)
        marked.append(violation if entry is None else _accept(violation, entry.reason))
    found = {violation.fingerprint for violation in marked}
    return marked, sorted(e.fingerprint for e in baseline.accepted if e.fingerprint not in found)


def _accept(violation: Violation, reason: str) -> Violation:
    return msgspec.structs.replace(violation, is_accepted=True, reason=reason)
