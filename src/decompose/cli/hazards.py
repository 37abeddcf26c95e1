"""`decompose hazards`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decompose import workflow
from decompose.cli import options
from decompose.cli.console import show, show_json


def command(
    path: options.Source = Path(),
    cut: Annotated[
        Path, typer.Option("--cut", help="A plan, or JSON that maps service names to lists of modules.")
    ] = Path(workflow.PLAN_FILE),
    json: options.Json = False,
) -> None:
    """Show what each cut edge would break as a remote call, with file and line."""
    result = workflow.report_hazards(path, cut=cut)
    if json:
        show_json(result.figures)
    else:
        show(result.summary)
