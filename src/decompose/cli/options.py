"""Options that several commands share, worded once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Source = Annotated[Path, typer.Argument(help="Folder of the monolith.", show_default=True)]
Sources = Annotated[
    list[Path] | None, typer.Argument(help="Folder of the monolith, or of each repository of a fleet; `.` by default.")
]
ExecutorAddress = Annotated[
    str, typer.Option("--executor", help="Read files on a cluster: `dask://HOST:PORT`, `ray://HOST:PORT`, `ray://`.")
]
OptionalSource = Annotated[
    Path | None, typer.Argument(help="Folder of the monolith; by default the one that the plan names.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Select = Annotated[list[str] | None, typer.Option("--select", help="Finding codes (`DC3`, `DC307`) to list in full.")]
Ignore = Annotated[list[str] | None, typer.Option("--ignore", help="Finding codes to leave out.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Read every file again.")]
PlanFile = Annotated[Path, typer.Option("--plan", "-p", help="The plan file.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="File to write; standard output by default.")]
Monolith = Annotated[Path | None, typer.Option("--root", help="The monolith; by default as recorded in OUT.")]


def _from_here(python: Path | None) -> Path | None:
    """Return an interpreter's path as it is from every working directory, links kept; a bare command as it is."""
    return python.absolute() if python is not None and python.is_file() else python


Python = Annotated[
    Path | None,
    typer.Option("--python", help="Interpreter that has the monolith's dependencies.", callback=_from_here),
]
