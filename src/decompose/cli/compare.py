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
    root: Annotated[Path | None, typer.Option("--root", help="The monolith; by default as recorded in OUT.")] = None,
    json: options.Json = False,
) -> None:
    """Put monolith and services side by side: predicted, then measured."""
    result = workflow.report_comparison(output, root=root, predict_only=predict, say=say)
    if json:
        show_json(result.figures)
    else:
        show(result.summary)
    for file in result.written:
        say(f"wrote {file}")
