"""`decompose plan diff` and `decompose plan order`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decompose import workflow
from decompose.cli import options
from decompose.cli.console import progress, show, show_json

app = typer.Typer(help="Look at plan files.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _plan() -> None:
    """Look at plan files."""


@app.command("diff")
def diff(
    first: Annotated[Path, typer.Argument(metavar="A", help="A plan file.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Another.")],
    root: Annotated[Path | None, typer.Option("--root", help="Folder of the monolith; as the plans name it.")] = None,
    json: options.Json = False,
) -> None:
    """Show what moved between two plans."""
    result = workflow.report_plan_difference(first, second, root=root)
    if json:
        show_json(result.figures)
    else:
        show(result.summary)
    if not result.is_yes:
        raise typer.Exit(1)


@app.command("order")
def order(
    path: options.OptionalSource = None,
    plan: options.PlanFile = Path(workflow.PLAN_FILE),
    json: options.Json = False,
) -> None:
    """Show in which order to take the services out of the monolith, and why."""
    with progress("reading") as update:
        result = workflow.report_extraction_order(path, plan_file=plan, progress=update)
    if json:
        show_json(result.figures)
    else:
        show(result.summary)
