"""`decompose mcp`."""

from __future__ import annotations

from pathlib import Path

from decompose import assistant, workflow
from decompose.cli import options


def command(path: options.Source = Path(), plan: options.PlanFile = Path(workflow.PLAN_FILE)) -> None:
    """Answer coding assistants about the system: a Model Context Protocol server on standard input and output."""
    assistant.serve(path, plan)
