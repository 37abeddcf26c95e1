"""`verify` and `compare`."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from decompose import api
from decompose.errors import GenerateError
from decompose.ir.codec import read_bytes, write_atomic
from decompose.workflow.build import ORIGIN_FILE
from decompose.workflow.inputs import open_job
from decompose.workflow.outcome import Outcome, Say


def report_verification(
    output: Path,
    *,
    root: Path | None,
    kind: str,
    driver: str,
    python: Path | None,
    junit: Path | None,
    say: Say,
) -> Outcome:
    """Check that the services in `output` answer as the monolith does."""
    result = api.verify(
        output, root=find_monolith(output, root), kind=kind, driver=shlex.split(driver), python=python, progress=say
    )
    if junit is not None:
        write_atomic(junit, api.render_equivalence(result, "junit").encode())
    return Outcome(
        summary=api.render_equivalence(result, "markdown"),
        figures=json.loads(api.render_equivalence(result, "json")),
        written=(junit,) if junit is not None else (),
        is_yes=result.is_equivalent,
    )


def find_monolith(output: Path, root: Path | None) -> Path:
    """Return the monolith's folder: the one named, else the one that the workspace records.

    Raises:
        GenerateError: If `output` is not a generated workspace, or its monolith has moved.
    """
    if root is not None:
        return root
    record = output / ORIGIN_FILE
    try:
        place = json.loads(record.read_text("utf-8")).get("root", "")
    except (OSError, ValueError) as error:
        raise GenerateError(f"{output}: no generated services here", hint="`decompose generate -o OUT`") from error
    found: Path | None = (output / place).resolve() if place else None
    if found is None or not found.is_dir():
        raise GenerateError(f"{record}: does not say where the monolith is", hint="name it with `--root`")
    return found


def report_comparison(
    output: Path,
    *,
    root: Path | None,
    plan_file: Path,
    workload: Path | None,
    driver: str,
    python: Path | None,
    report: Path | None,
    predict_only: bool,
    say: Say,
) -> Outcome:
    """Put monolith and services side by side; the report goes to a file when one is named."""
    monolith = find_monolith(output, root)
    job = open_job(monolith, plan_file)
    result = api.compare(
        job.plan,
        job.system,
        output,
        root=monolith,
        workload=None if predict_only or workload is None else read_bytes(workload),
        driver=() if predict_only else shlex.split(driver),
        python=python,
        say=say,
    )
    text = api.render_comparison(result, "markdown")
    if report is not None:
        write_atomic(report, text.encode())
    return Outcome(
        summary=text,
        figures=json.loads(api.render_comparison(result, "json")),
        written=(report,) if report is not None else (),
    )
