"""`decompose schema`."""

from __future__ import annotations

from typing import Annotated

import typer

from decompose import api
from decompose.cli import options
from decompose.cli.console import say, show
from decompose.workflow import write_file


def command(
    record: Annotated[str, typer.Argument(help="plan (decompose.yaml) or graph (graph.json).")] = "plan",
    output: options.Output = None,
) -> None:
    """Print the JSON Schema of a file, for editors and other programs."""
    data = api.schema(record)
    if output is None:
        show(data.decode())
    else:
        write_file(output, data)
        say(f"wrote {output}")
