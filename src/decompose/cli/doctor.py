"""`decompose doctor`."""

from __future__ import annotations

import typer

from decompose import workflow
from decompose.cli import options
from decompose.cli.console import show, show_json


def command(json: options.Json = False) -> None:
    """Say what this installation can do here, and what each missing piece would bring."""
    result = workflow.report_installation()
    if json:
        show_json(result.figures)
    else:
        show(result.summary)
    if not result.is_yes:
        raise typer.Exit(1)
