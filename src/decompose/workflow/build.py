"""`generate`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from decompose import api
from decompose.ir.codec import encode, write_atomic
from decompose.workflow.inputs import open_job
from decompose.workflow.outcome import Outcome

if TYPE_CHECKING:
    from decompose.scaffold import WriteReport

ORIGIN_FILE = "monolith.json"
"""Says where the monolith stands, relative to the generated workspace; not part of what is generated."""


def report_generation(
    path: Path | None,
    *,
    plan_file: Path,
    output: Path,
    only: Sequence[str] = (),
    in_place: bool = False,
    targets: Sequence[str] = (),
    allow_secrets: bool = False,
    progress: api.Progress | None = None,
) -> Outcome:
    """Generate the services of the plan into a folder; a plan that is not there yet is proposed and written.

    Args:
        path: Folder of the monolith; as the plan names it when `None`.
        plan_file: The plan.
        output: Where the services go.
        only: Services to generate; all when empty.
        in_place: Whether the monolith goes on running, with a switch to the services.
        targets: Plug-ins that write files of their own.
        allow_secrets: Whether passwords and keys of the monolith may be copied along with its code.
        progress: Called as files are read.
    """
    job = open_job(path, plan_file, progress=progress)
    if job.is_new:
        api.write_plan(job.plan, plan_file)
    tree, notes = api.generate_all(job.plan, job.system, root=job.root, only=only, in_place=in_place, targets=targets)
    report = api.write_tree(tree, output, allow_secrets=allow_secrets)
    write_atomic(output / ORIGIN_FILE, encode({"root": Path(os.path.relpath(job.root, output)).as_posix()}))
    services = [service for service in job.plan.services if not only or service.name in only]
    lines = [
        f"verdict of the plan: {job.plan.verdict.decision}",
        *(f"  {service.name:<24} {service.kind:<8} {service.because}" for service in services),
        *_told(report),
        *(f"{note.level}: {note.span} {note.code} {note.message}" for note in notes),
        f"start them: python {output / 'run.py'} up --workdir {job.root}   (where settings and data are)",
    ]
    if in_place:
        lines.append(
            f"switch the monolith: {output / 'IN_PLACE.md'} says how, {output / 'monolith.patch'} is the change"
        )
    figures = {
        "services": [service.name for service in services],
        "files": {
            "written": len(report.written),
            "unchanged": len(report.unchanged),
            "removed": len(report.removed),
            "merged": list(report.merged),
            "kept": list(report.kept),
            "deleted": list(report.deleted),
            "conflicts": dict(report.conflicts),
        },
        "findings": notes,
    }
    return Outcome(summary="\n".join(lines), figures=figures, written=(output,), is_yes=not report.conflicts)


def _told(report: WriteReport) -> list[str]:
    """Return what became of the files, in lines: the count, then every file in which a person has a hand."""
    counts = {"written": report.written, "unchanged": report.unchanged, "merged with your edits": report.merged}
    counts |= {"kept as edited": report.kept, "left deleted": report.deleted, "removed": report.removed}
    lines = ["files: " + ", ".join(f"{len(paths)} {word}" for word, paths in counts.items() if paths)]
    lines += [f"merged: {path}" for path in report.merged]
    for path, beside in report.conflicts:
        mend = (
            f"bring {beside} into it, then remove {beside}" if beside else "it is not generated any more; it is yours"
        )
        lines.append(f"conflict: {path} is as you left it: {mend}")
    return lines


def report_extraction_order(path: Path | None, *, plan_file: Path, progress: api.Progress | None = None) -> Outcome:
    """Say in which order to take the services out of the monolith."""
    job = open_job(path, plan_file, progress=progress)
    steps = api.extraction_order(job.plan, job.system)
    lines = [f"{number}. {step.service}: {'; '.join(step.because)}" for number, step in enumerate(steps, 1)]
    return Outcome(summary="\n".join(lines), figures=steps)
