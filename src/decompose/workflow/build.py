"""`generate`."""

from __future__ import annotations

import os
from pathlib import Path

from decompose import api
from decompose.ir.codec import encode, write_atomic
from decompose.workflow.inputs import open_job
from decompose.workflow.outcome import Outcome

ORIGIN_FILE = "monolith.json"
"""Says where the monolith stands, relative to the generated workspace; not part of what is generated."""


def report_generation(
    path: Path | None,
    *,
    plan_file: Path,
    output: Path,
    progress: api.Progress | None = None,
) -> Outcome:
    """Generate the services of the plan into a folder; a plan that is not there yet is proposed and written."""
    job = open_job(path, plan_file, progress=progress)
    if job.is_new:
        api.write_plan(job.plan, plan_file)
    tree, notes = api.generate_all(job.plan, job.system, root=job.root)
    report = api.write_tree(tree, output)
    write_atomic(output / ORIGIN_FILE, encode({"root": Path(os.path.relpath(job.root, output)).as_posix()}))
    lines = [
        f"verdict of the plan: {job.plan.verdict.decision}",
        *(f"  {service.name:<24} {service.kind:<8} {service.because}" for service in job.plan.services),
        f"files: {len(report.written)} written, {len(report.unchanged)} unchanged, {len(report.kept)} kept as edited",
        *(f"{note.level}: {note.span} {note.code} {note.message}" for note in notes),
        f"start them: python {output / 'run.py'} up --workdir {job.root}   (where settings and data are)",
    ]
    figures = {
        "services": [service.name for service in job.plan.services],
        "files": {"written": len(report.written), "unchanged": len(report.unchanged), "kept": list(report.kept)},
        "findings": notes,
    }
    return Outcome(summary="\n".join(lines), figures=figures, written=(output,))
