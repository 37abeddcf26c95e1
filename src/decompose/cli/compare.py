"""`decompose compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decompose import workflow
from decompose.cli import options
from decompose.cli.console import say, show, show_json


def command(
    output: Annotated[Path, typer.Argument(metavar="OUT", help="Folder that `decompose generate` wrote.")],
    predict: Annotated[bool, typer.Option("--predict", help="Only predict; run nothing of the system.")] = False,
    workload: Annotated[
        Path | None, typer.Option("--workload", help="JSON file: how to serve the application, and requests to it.")
    ] = None,
    driver: Annotated[str, typer.Option("--driver", help="Command whose time is taken on both sides.")] = "",
    root: options.Monolith = None,
    plan: options.PlanFile = Path(workflow.PLAN_FILE),
    python: options.Python = None,
    report: Annotated[Path | None, typer.Option("--report", help="Also write the report (Markdown) to a file.")] = None,
    json: options.Json = False,
) -> None:
    """Put monolith and services side by side: predicted, then measured."""
    result = workflow.report_comparison(
        output,
        root=root,
        plan_file=plan,
        workload=workload,
        driver=driver,
        python=python,
        report=report,
        predict_only=predict,
        say=say,
    )
    if json:
        show_json(result.figures)
    else:
        show(result.summary)
    for file in result.written:
        say(f"wrote {file}")
