"""`check` and `trace`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from decompose import api
from decompose.api import TRACE_FILE
from decompose.errors import ConfigError, PlanError
from decompose.ir.codec import decode, read_bytes, write_atomic
from decompose.ir.contracts import CONTRACTS_FILE, Offer
from decompose.workflow.inputs import open_job
from decompose.workflow.outcome import Outcome

__all__ = ["TRACE_FILE", "record_trace", "report_check", "report_compatibility"]


def record_trace(words: Sequence[str], *, root: Path, output: Path) -> int:
    """Run the user's own command under the tracer; return its exit code."""
    return api.record_trace(words, root=root, output=output)


def report_check(
    path: Path | None,
    *,
    plan_file: Path,
    format: str,
    baseline: Path | None,
    update: bool,
    sarif: Path | None = None,
    progress: api.Progress | None = None,
) -> Outcome:
    """Check that the plan's boundaries hold; the answer is no when something is violated."""
    job = open_job(path, plan_file, progress=progress)
    if job.is_new:
        raise PlanError(f"{plan_file}: no plan to hold the code against", hint="`decompose propose` writes one")
    if update and baseline is None:
        raise ConfigError("`--update-baseline` needs a file to write", hint="name it with `--baseline FILE`")
    accepted = baseline.read_text("utf-8") if baseline is not None and baseline.is_file() else None
    found, render, accept = api.check(
        job.plan, job.system, accepted=accepted, baseline_name=str(baseline or ""), root=_below_here(job.root)
    )
    if sarif is not None:
        write_atomic(sarif, render("sarif").encode())
    if update and baseline is not None:
        write_atomic(baseline, accept().encode())
        return Outcome(summary=f"{len(found.violations)} violations accepted in {baseline}", written=(baseline,))
    return Outcome(summary=render(format), written=(sarif,) if sarif is not None else (), is_yes=found.is_clean)


def _below_here(root: Path) -> str:
    """Return where the analysed tree lies below the current directory, empty when it is that or lies elsewhere."""
    try:
        below = root.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return ""
    return "" if below == "." else below


def report_compatibility(old: Path, new: Path, *, format: str) -> Outcome:
    """Compare the contracts of two generations; the answer is no when callers of the old one break.

    Args:
        old: A generated workspace, or the `contracts.json` of one.
        new: Another.
        format: As for `report_check`.
    """
    found, render = api.compatibility(_read_offer(old), _read_offer(new))
    return Outcome(summary=render(format), is_yes=found.is_clean)


def _read_offer(place: Path) -> Offer:
    file = place / CONTRACTS_FILE if place.is_dir() else place
    return decode(read_bytes(file), Offer, path=file)
