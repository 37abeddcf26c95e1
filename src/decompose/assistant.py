"""The graph, the plan and the evidence for coding assistants, over the Model Context Protocol.

Source: Model Context Protocol (https://modelcontextprotocol.io), official SDK, version 2.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from decompose import api, workflow
from decompose.errors import ConfigError

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

INSTRUCTIONS = (
    "Answers come from static analysis of one Python tree; nothing of it is ever run. Symbols look like "
    "`pkg.module:Class.method`, assets like `asset:models/m.pkl`. Start with `overview`, then `units` to find symbols, "
    "`explain` for one symbol or for the edges between two, `plan` for the services, `hazards` for what a cut breaks."
)
MOST_ROWS = 200
"""An answer longer than this is cut, and says so: an assistant's context is dear."""


class Desk:
    """The questions that an assistant may ask of one system; each answer is plain JSON values."""

    def __init__(self, root: Path, plan_file: Path) -> None:
        self._root = root
        self._plan_file = plan_file

    def tools(self) -> tuple[Callable[..., dict[str, Any]], ...]:
        """Return the questions, each with the name and the description that an assistant sees."""
        return self.overview, self.units, self.explain, self.plan, self.assets, self.findings, self.hazards

    def overview(self) -> dict[str, Any]:
        """Say what the system is made of: files, symbols, edges, roles, assets, findings, and what was not understood."""
        return workflow.analysis_figures(self._job().system)

    def units(self, contains: str = "", role: str = "") -> dict[str, Any]:
        """List functions, classes and cells whose symbol contains a text, or that have a role such as `training`."""
        job = self._job()
        services = api.membership(job.plan, job.system)
        rows = [
            {
                "symbol": unit.symbol,
                "kind": unit.kind,
                "place": str(unit.span),
                "role": unit.roles[0].role if unit.roles else "",
                "service": services.get(unit.symbol, ""),
            }
            for unit in job.system.units
            if contains in unit.symbol and (not role or any(tag.role == role for tag in unit.roles))
        ]
        return _cut("units", rows)

    def explain(self, symbol: str, other: str = "") -> dict[str, Any]:
        """Say why a symbol has its role and its service, or why the edges between two symbols exist, with source lines."""
        job = self._job()
        return api.explanation(job.system, [symbol, other] if other else [symbol], job.plan, root=job.root)

    def plan(self) -> dict[str, Any]:
        """Return the proposed services with their reasons and the verdict: split, split partly or stay."""
        job = self._job()
        stored = job.plan.model_dump(mode="json")
        return {"verdict": stored["verdict"], "services": stored["services"], "is_proposal": job.is_new}

    def assets(self, contains: str = "") -> dict[str, Any]:
        """List files, tables, models and other assets with the units that read and write them."""
        job = self._job()
        rows = [row for row in api.proposal(job.plan, job.system)["assets"] if contains in row["name"]]
        return _cut("assets", rows)

    def findings(self, code: str = "") -> dict[str, Any]:
        """List what the analysis found wrong or could not understand; `code` such as `DC3` picks a kind."""
        rows = [
            {
                "code": finding.code,
                "level": finding.level,
                "place": str(finding.span),
                "message": finding.message,
                "hint": finding.hint,
            }
            for finding in self._job().system.findings
            if finding.code.startswith(code)
        ]
        return _cut("findings", rows)

    def hazards(self) -> dict[str, Any]:
        """Say what each edge that the plan cuts would break as a remote call, with hazard numbers and lines."""
        job = self._job()
        return _cut("edges", api.hazards(job.system, job.plan)["edges"])

    def _job(self) -> workflow.Job:
        """Return the system as it is now; unchanged files come from the cache."""
        return workflow.open_job(self._root, self._plan_file)


def serve(root: Path, plan_file: Path) -> None:
    """Answer an assistant over standard input and output until it closes them.

    Raises:
        ConfigError: If the SDK is not installed.
    """
    build(root, plan_file).run("stdio")


def build(root: Path, plan_file: Path) -> MCPServer:
    """Return the server with its tools, not yet running.

    Raises:
        ConfigError: If the SDK is not installed.
    """
    try:
        from mcp.server.mcpserver import MCPServer  # noqa: PLC0415  (an extra)
    except ImportError as error:
        raise ConfigError(
            "the Model Context Protocol SDK is not installed", hint="pip install 'decompose-ml[mcp]'"
        ) from error
    server: MCPServer = MCPServer("decompose", instructions=INSTRUCTIONS, log_level="WARNING")
    for tool in Desk(root, plan_file).tools():
        server.add_tool(tool)
    return server


def _cut(name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: rows[:MOST_ROWS], "left_out": max(0, len(rows) - MOST_ROWS)}
