"""`decompose export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decompose import workflow
from decompose.cli import options
from decompose.cli.console import progress, say

FORMATS = "json, graphml, dot, mermaid, markdown, csv, callgraph, svg, png or pdf"
VIEWS = "Of a picture: services, modules, functions, assets or pipeline."
GROUPS = "Of a picture, frames by: service, module, package or role; by default services where there is a plan."


def command(
    path: options.Source = Path(),
    format: Annotated[str, typer.Option("--format", "-f", help=f"{FORMATS}.")] = "json",
    output: options.Output = None,
    plan: options.PlanFile = Path(workflow.PLAN_FILE),
    view: Annotated[str | None, typer.Option("--view", help=VIEWS)] = None,
    focus: Annotated[
        list[str] | None, typer.Option("--focus", help="Of a picture: only what is near this symbol, module or glob.")
    ] = None,
    depth: Annotated[int, typer.Option("--depth", min=0, help="Steps around the focus.")] = 1,
    hide: Annotated[
        list[str] | None, typer.Option("--hide", help="Of a picture: leave out this symbol, module or glob.")
    ] = None,
    group_by: Annotated[str, typer.Option("--group-by", help=GROUPS)] = "auto",
    most: Annotated[int, typer.Option("--most", min=1, help="Boxes of a picture; more are gathered.")] = 60,
    dark: Annotated[bool, typer.Option("--dark", help="Draw on a dark ground.")] = False,
    no_cache: options.NoCache = False,
) -> None:
    """Write the graph in another format, or a picture of it."""
    picture = workflow.Picture(view, tuple(focus or ()), depth, tuple(hide or ()), group_by, most, dark)
    with progress("reading") as update:
        data = workflow.export(
            path, format=format, plan_file=plan, picture=picture, cache=not no_cache, progress=update
        )
    if output is None:
        typer.echo(data, nl=False)
    else:
        workflow.write_file(output, data)
        say(f"wrote {output}")
