"""`check` and `trace`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from decompose import api
from decompose.api import TRACE_FILE
from decompose.workflow.inputs import open_job
from decompose.workflow.outcome import Outcome

__all__ = ["TRACE_FILE", "record_trace", "report_check"]


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
    progress: api.Progress | None = None,
) -> Outcome:
    """Check that the plan's boundaries hold; the answer is no when something is violated."""
    job = open_job(path, plan_file, progress=progress)
    text, is_yes = api.check(job.plan, job.system, format=format, baseline=baseline, update=update)
    return Outcome(summary=text, is_yes=is_yes)
