"""`decompose verify`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decompose import workflow
from decompose.cli import options
from decompose.cli.console import say, show, show_json


def command(
    output: Annotated[Path, typer.Argument(metavar="OUT", help="Folder that `decompose generate` wrote.")],
    root: options.Monolith = None,
    kind: Annotated[
        str, typer.Option("--kind", help="tests, driver, replay, contracts, or several joined by `+`.")
    ] = "",
    driver: Annotated[
        str, typer.Option("--driver", help="Command to run in both systems instead of the monolith's tests.")
    ] = "",
    python: options.Python = None,
    target: Annotated[str, typer.Option("--target", help="Where the services run: local, or ray.")] = "local",
    junit: Annotated[Path | None, typer.Option("--junit", help="Also write a JUnit report.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Also write the report as a page.")] = None,
    json: options.Json = False,
) -> None:
    """Check that the services answer as the monolith did: same tests, same outcomes."""
    result = workflow.report_verification(
        output,
        root=root,
        kind=kind,
        driver=driver,
        python=python,
        target=target,
        junit=junit,
        html=html,
        say=say,
    )
    if json:
        show_json(result.figures)
    else:
        show(result.summary)
    for file in result.written:
        say(f"wrote {file}")
    if not result.is_yes:
        raise typer.Exit(1)
