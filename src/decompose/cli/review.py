"""`decompose review`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decompose import workflow
from decompose.cli import options
from decompose.cli.console import progress, say


def command(
    path: options.OptionalSource = None,
    plan: options.PlanFile = Path(workflow.PLAN_FILE),
    port: Annotated[int, typer.Option("--port", help="Port on 127.0.0.1; 0 takes a free one.")] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page.")] = True,
    html: Annotated[Path | None, typer.Option("--html", help="Write the page to a file instead of serving it.")] = None,
    against: Annotated[
        Path | None, typer.Option("--against", help="With --html: another plan file, to compare with.")
    ] = None,
) -> None:
    """Look at graph and plan in the browser; move, lock, undo, and save back to the plan file."""
    with progress("reading") as update:
        session = workflow.open_review(path, plan_file=plan, progress=update)
    if html is not None:
        workflow.write_file(html, session.page(against=against).encode())
        say(f"wrote {html}")
    else:
        session.serve(port=port, open_browser=browser, say=say)
