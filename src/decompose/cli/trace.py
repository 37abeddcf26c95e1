"""`decompose trace`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decompose import workflow
from decompose.cli.console import say


def command(
    words: Annotated[list[str], typer.Argument(metavar="-- COMMAND", help="Your own command, after `--`.")],
    root: Annotated[Path, typer.Option("--root", help="Folder of the monolith.")] = Path(),
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the trace goes.")] = Path(workflow.STATE_FOLDER)
    / workflow.TRACE_FILE,
) -> None:
    """Run your own command under a tracer: call counts, times, payload sizes and types."""
    code = workflow.record_trace(words, root=root, output=output)
    say(f"wrote {output}")
    raise typer.Exit(code)
