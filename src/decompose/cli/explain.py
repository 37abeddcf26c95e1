"""`decompose explain`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decompose import workflow
from decompose.cli import options
from decompose.cli.console import show, show_json


def command(
    symbols: Annotated[
        list[str],
        typer.Argument(metavar="SYMBOL [SYMBOL]", help="One symbol, two for an edge, or services of the plan."),
    ],
    root: Annotated[Path | None, typer.Option("--root", help="The monolith; by default as the plan names it.")] = None,
    plan: options.PlanFile = Path(workflow.PLAN_FILE),
    json: options.Json = False,
) -> None:
    """Say why a piece has its role, why an edge exists, why it stands in its service, what a boundary costs and brings."""
    result = workflow.report_explanation(symbols, root=root, plan_file=plan)
    if json:
        show_json(result.figures)
    else:
        show(result.summary)
