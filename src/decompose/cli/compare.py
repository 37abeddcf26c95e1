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
        Path | None,
        typer.Option("--workload", help="JSON file: how to serve, what to ask, how to roll a model."),
    ] = None,
    driver: Annotated[str, typer.Option("--driver", help="Command whose time is taken on both sides.")] = "",
    root: options.Monolith = None,
    plan: options.PlanFile = Path(workflow.PLAN_FILE),
    python: options.Python = None,
    prices: Annotated[str, typer.Option("--prices", help="$ per hour, as `cpu=0.04,memory_gb=0.005,gpu=0.9`.")] = "",
    report: Annotated[Path | None, typer.Option("--report", help="Also write the report (Markdown) to a file.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Also write the report with plots, as a page.")] = None,
    json: options.Json = False,
) -> None:
    """Put monolith and services side by side: predicted, then measured. Interrupted, it goes on where it stopped."""
    result = workflow.report_comparison(
        output,
        root=root,
        plan_file=plan,
        workload=workload,
        driver=driver,
        python=python,
        prices=prices,
        report=report,
        html=html,
        predict_only=predict,
        say=say,
    )
    if json:
        show_json(result.figures)
    else:
        show(result.summary)
    for file in result.written:
        say(f"wrote {file}")
