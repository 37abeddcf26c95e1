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
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Generate this service alone; may be given again.")
    ] = None,
    in_place: Annotated[
        bool,
        typer.Option("--in-place", help="The monolith goes on running, with a switch to the services, as a patch."),
    ] = False,
    target: Annotated[
        list[str] | None,
        typer.Option("--target", help="Installed plug-in that writes files for one more place to run."),
    ] = None,
    allow_secrets: Annotated[
        bool,
        typer.Option("--allow-secrets", help="Copy passwords and keys that stand in the code; refused otherwise."),
    ] = False,
    json: options.Json = False,
) -> None:
    """Write the services of the plan: code moved, call sites untouched, ready to run."""
    with progress("reading") as update:
        result = workflow.report_generation(
            path,
            plan_file=plan,
            output=output,
            only=only or (),
            in_place=in_place,
            targets=target or (),
            allow_secrets=allow_secrets,
            progress=update,
        )
    if json:
        show_json(result.figures)
    else:
        show(result.summary)
    for file in result.written:
        say(f"wrote {file}")
    if not result.is_yes:
        raise typer.Exit(1)
