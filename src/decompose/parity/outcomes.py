"""Compares two runs of a test suite, test by test; a pure function."""

from __future__ import annotations

from collections.abc import Mapping

from decompose.ir.reports import Check
from decompose.parity.patches import MovedCode, Patch, unreachable_reason
from decompose.parity.suite import CaseResult, SuiteRun

_TRANSPORT = frozenset(
    {"ConnectionError", "ConnectionRefusedError", "ConnectionResetError", "BrokenPipeError", "EOFError", "TimeoutError"}
    | {"ImportError", "ModuleNotFoundError"}
)
"""Failures that say that the services are broken, which no patch excuses."""
_RUNTIME = "service_runtime."
_LOST = CaseResult(id="", outcome="unfinished", message="not collected or not finished")


def compare_suites(
    monolith: SuiteRun,
    services: SuiteRun,
    *,
    again: SuiteRun | None = None,
    patches: Mapping[str, tuple[Patch, ...]],
    moved: MovedCode,
) -> tuple[Check, ...]:
    """Return one check a test.

    Args:
        monolith: The suite's run in a plain copy.
        services: Its run with facades, services up.
        again: A second run in a plain copy; tests whose outcome changes between the two are `nondeterministic`.
        patches: Patches of each test, by test id without parameters.
        moved: The code that facades stand in for.
    """
    left = {test.id: test for test in monolith.tests}
    right = {test.id: test for test in services.tests}
    third = {test.id: test for test in again.tests} if again is not None else left
    checks: list[Check] = []
    for name in sorted(left.keys() | right.keys()):
        one, other = left.get(name, _LOST), right.get(name, _LOST)
        stable = _agree(one, third.get(name, _LOST))
        reason = unreachable_reason(patches.get(_without_parameters(name), ()), moved)
        checks.append(_check(name, one, _explained(other, right, name), stable=stable, reason=reason))
    return tuple(checks)


def _check(name: str, one: CaseResult, other: CaseResult, *, stable: bool, reason: str) -> Check:
    def verdict(outcome: str, difference: str = "") -> Check:
        return Check(
            name=name,
            outcome=outcome,  # type: ignore[arg-type]
            monolith=_text(one),
            services=_text(other),
            difference=difference,
            evidence=other.place or other.source or one.source,
            seconds_monolith=round(one.seconds, 4),
            seconds_services=round(other.seconds, 4),
        )

    if not stable:
        return verdict("nondeterministic", "two runs of the monolith itself disagree")
    if _agree(one, other):
        return verdict("skipped" if one.outcome == "skipped" else "equal")
    if one.outcome in ("passed", "xfailed", "xpassed") and reason and not _is_broken(other):
        return verdict("unreachable", reason)
    return verdict("different", f"{_text(one)} in the monolith, {_text(other)} across the services: {_reason(other)}")


def _is_broken(result: CaseResult) -> bool:
    """Return whether a test failed because a service could not be asked at all."""
    return result.exception in _TRANSPORT or result.exception.startswith(_RUNTIME)


def _agree(one: CaseResult, other: CaseResult) -> bool:
    return (one.outcome, one.exception) == (other.outcome, other.exception)


def _text(result: CaseResult) -> str:
    return f"{result.outcome} ({result.exception})" if result.exception else result.outcome


def _reason(result: CaseResult) -> str:
    lines = [line for line in result.message.splitlines() if line.strip()]
    return lines[0][:300] if lines else "no message"


def _explained(result: CaseResult, tests: Mapping[str, CaseResult], name: str) -> CaseResult:
    """Return a lost test with the reason why its file could not be collected."""
    if result is not _LOST:
        return result
    broken = tests.get(name.partition("::")[0])
    if broken is None:
        return result
    return CaseResult(id=name, outcome="error", exception=broken.exception, message=broken.message, place=broken.place)


def _without_parameters(name: str) -> str:
    return name.partition("[")[0]
