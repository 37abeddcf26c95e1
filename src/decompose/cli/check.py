"""`decompose check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decompose import workflow
from decompose.cli import options
from decompose.cli.console import progress, say, show


def command(
    path: options.OptionalSource = None,
    plan: options.PlanFile = Path(workflow.PLAN_FILE),
    format: Annotated[str, typer.Option("--format", "-f", help="text, github, sarif, junit or json.")] = "text",
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="File of accepted violations; only new ones fail.")
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Accept what is there now, in the baseline file.")
    ] = False,
    sarif: Annotated[Path | None, typer.Option("--sarif", help="Write SARIF to this file, too.")] = None,
    contracts: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--contracts", metavar="OLD NEW", help="Instead: what breaks callers between two generations."),
    ] = None,
    output: options.Output = None,
) -> None:
    """Check that the boundaries of the plan still hold, for CI."""
    if contracts is not None:
        result = workflow.report_compatibility(*contracts, format=format)
    else:
        with progress("reading") as update:
            result = workflow.report_check(
                path,
                plan_file=plan,
                format=format,
                baseline=baseline,
                update=update_baseline,
                sarif=sarif,
                progress=update,
            )
    if output is None:
        show(result.summary)
    else:
        workflow.write_file(output, str(result.summary).encode())
        say(f"wrote {output}")
    if not result.is_yes:
        raise typer.Exit(1)
