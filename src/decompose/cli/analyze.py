"""`decompose analyze`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decompose import workflow
from decompose.cli import options
from decompose.cli.console import progress, say, show, show_json


def command(
    paths: options.Sources = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write the interactive page to this file.")] = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    executor: options.ExecutorAddress = "",
    no_cache: options.NoCache = False,
    json: options.Json = False,
) -> None:
    """Build the graph: what calls what, what data flows where, which ML role each piece has."""
    with progress("reading") as update:
        result = workflow.report_analysis(
            paths or [Path()], cache=not no_cache, page=html, select=select or (), ignore=ignore or (),
            executor=executor, progress=update,
        )  # fmt: skip
    if json:
        show_json(result.figures)
    else:
        show(result.summary)
    for file in result.written:
        say(f"wrote {file}")
