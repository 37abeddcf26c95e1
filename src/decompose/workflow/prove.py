"""`verify` and `compare`."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from decompose import api
from decompose.errors import ConfigError, GenerateError
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
    target: str,
    junit: Path | None,
    html: Path | None,
    say: Say,
) -> Outcome:
    """Check that the services in `output` answer as the monolith does."""
    result = api.verify(
        output,
        root=find_monolith(output, root),
        kind=kind,
        driver=shlex.split(driver),
        python=python,
        target=target,
        progress=say,
    )
    wanted = {"junit": junit, "html": html}
    for format, file in wanted.items():
        if file is not None:
            write_atomic(file, api.render_equivalence(result, format).encode())
    return Outcome(
        summary=api.render_equivalence(result, "markdown"),
        figures=json.loads(api.render_equivalence(result, "json")),
        written=tuple(file for file in wanted.values() if file is not None),
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
    prices: str,
    report: Path | None,
    html: Path | None,
    predict_only: bool,
    say: Say,
) -> Outcome:
    """Put monolith and services side by side; reports go to the files that are named."""
    monolith = find_monolith(output, root)
    job = open_job(monolith, plan_file)
    result = api.compare(
        job.plan,
        job.system,
        output,
        root=monolith,
        workload=read_bytes(workload) if workload is not None else None,
        driver=shlex.split(driver),
        prices=_parsed_prices(prices),
        predict_only=predict_only,
        python=python,
        say=say,
    )
    wanted = {"markdown": report, "html": html}
    for format, file in wanted.items():
        if file is not None:
            write_atomic(file, api.render_comparison(result, format).encode())
    return Outcome(
        summary=api.render_comparison(result, "markdown"),
        figures=json.loads(api.render_comparison(result, "json")),
        written=tuple(file for file in wanted.values() if file is not None),
    )


def _parsed_prices(text: str) -> dict[str, float]:
    """Return prices by resource out of `cpu=0.04,memory_gb=0.005,gpu=0.9`.

    Raises:
        ConfigError: If a part is no price.
    """
    found = {}
    for part in filter(None, text.split(",")):
        name, _, value = part.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError as error:
            hint = "for example: --prices cpu=0.04,memory_gb=0.005,gpu=0.9"
            raise ConfigError(f"`{part}` is no price", hint=hint) from error
    return found
