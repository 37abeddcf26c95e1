"""`decompose generate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decompose import workflow
from decompose.cli import options
from decompose.cli.console import progress, say, show, show_json


def command(
    path: options.OptionalSource = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write the services to.")] = Path("services"),
    plan: options.PlanFile = Path(workflow.PLAN_FILE),
    json: options.Json = False,
) -> None:
    """Write the services of the plan: code moved, call sites untouched, ready to run."""
    with progress("reading") as update:
        result = workflow.report_generation(path, plan_file=plan, output=output, progress=update)
    if json:
        show_json(result.figures)
    else:
        show(result.summary)
    for file in result.written:
        say(f"wrote {file}")
