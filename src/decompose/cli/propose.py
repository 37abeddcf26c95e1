"""`decompose propose`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decompose import workflow
from decompose.cli import options
from decompose.cli.console import progress, say, show, show_json


def command(
    path: options.OptionalSource = None,
    plan: options.PlanFile = Path(workflow.PLAN_FILE),
    partitioner: Annotated[
        str,
        typer.Option("--partitioner", help="Installed plug-in that divides the system instead of the built-in search."),
    ] = "",
    no_cache: options.NoCache = False,
    json: options.Json = False,
) -> None:
    """Propose service boundaries with their reasons, and write them to decompose.yaml."""
    with progress("reading") as update:
        result = workflow.report_proposal(
            path, plan_file=plan, partitioner=partitioner, cache=not no_cache, progress=update
        )
    if json:
        show_json(result.figures)
    else:
        show(result.summary)
    for file in result.written:
        say(f"wrote {file}")
