"""What each command does with files: which it reads, which it writes, in which order.

Between the command line, which only translates, and `api`, which only computes.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from decompose import api
from decompose.api import PLAN_FILE, STATE_FOLDER
from decompose.errors import PlanError, SourceError
from decompose.ir.codec import encode_graph, write_atomic

if TYPE_CHECKING:
    from decompose.ir.graph import CodeGraph
    from decompose.ir.plan import Plan

__all__ = ["PLAN_FILE", "STATE_FOLDER", "TRACE_FILE", "Outcome"]

TRACE_FILE = "trace.json"
GRAPH_FILE = "graph.json"
PICTURE_FILE = "graph.svg"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command has to tell."""

    summary: object = ""
    """For people: text or a rich renderable."""
    figures: object = None
    """For machines: anything that encodes as JSON."""
    written: tuple[Path, ...] = ()
    is_yes: bool = True
    """Whether the answer to the command's question is yes."""


def report_analysis(
    path: Path, *, cache: bool = True, page: Path | None = None, progress: api.Progress | None = None
) -> Outcome:
    """Analyse a tree; write the graph, its picture and, when asked for, the page."""
    started = time.perf_counter()
    system = api.analyze(path, cache=cache, progress=progress)
    folder = Path(STATE_FOLDER)
    written = [folder / GRAPH_FILE, folder / PICTURE_FILE]
    write_atomic(written[0], encode_graph(system))
    write_atomic(written[1], api.picture(system, "svg"))
    if page is not None:
        write_atomic(page, api.page(system, root=path).encode())
        written.append(page)
    figures = analysis_figures(system) | {"seconds": round(time.perf_counter() - started, 3)}
    return Outcome(summary=api.summary(system), figures=figures, written=tuple(written))


def analysis_figures(system: CodeGraph) -> dict[str, Any]:
    """Return the counts that `analyze --json` prints."""
    edges: dict[str, Counter[str]] = {}
    for edge in system.edges:
        edges.setdefault(edge.kind, Counter())[edge.confidence] += 1
    return {
        "name": system.name,
        "digest": system.digest,
        "files": dict(Counter(file.outcome for file in system.files)),
        "modules": dict(Counter(module.kind for module in system.modules)),
        "symbols": dict(Counter(unit.kind for unit in system.units)),
        "edges": {kind: dict(count) for kind, count in edges.items()},
        "calls": system.coverage,
        "roles": dict(Counter(unit.roles[0].role for unit in system.units if unit.roles)),
        "assets": dict(Counter(asset.kind for asset in system.assets)),
        "states": dict(Counter(state.kind for state in system.states)),
        "findings": dict(Counter(finding.code for finding in system.findings)),
        "skipped": {file.path: file.reason for file in system.files if file.outcome == "skipped"},
    }
