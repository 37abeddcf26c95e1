"""`decompose export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decompose import workflow
from decompose.cli import options
from decompose.cli.console import progress, say, show


def command(
    path: options.Source = Path(),
    format: Annotated[
        str, typer.Option("--format", "-f", help="json, graphml, dot, mermaid, csv, callgraph, svg or png.")
    ] = "json",
    output: options.Output = None,
    plan: options.PlanFile = Path(workflow.PLAN_FILE),
    no_cache: options.NoCache = False,
) -> None:
    """Write the graph in another format."""
    with progress("reading") as update:
        data = workflow.export(path, format=format, plan_file=plan, cache=not no_cache, progress=update)
    if output is None:
        show(data.decode())
    else:
        workflow.write_file(output, data)
        say(f"wrote {output}")
