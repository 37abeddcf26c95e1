"""What people and programs are shown of a graph and a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from decompose.api.decide import boundaries, membership, propose
from decompose.api.places import find_trace
from decompose.api.see import read_lines
from decompose.errors import ConfigError
from decompose.ir import codec

if TYPE_CHECKING:
    from decompose.ir.graph import CodeGraph
    from decompose.ir.plan import Plan


def explanation(
    system: CodeGraph, symbols: Sequence[str], plan: Plan | None = None, *, root: Path | None = None
) -> dict[str, Any]:
    """Return why a unit has its role and its place, or, for two symbols, why the edges between them exist.

    One service of the plan, or two: the price and the worth of its boundaries. With the analysed folder as `root`, the
    source lines are quoted.
    Types that a trace saw stand before those that the source shows.

    Raises:
        PlanError: If a symbol is not in the graph; the nearest known ones are named.
    """
    from decompose import boundary, evidence, views

    if plan is not None and {service.name for service in plan.services}.issuperset(symbols):
        entries = [e for e in boundaries(plan, system, trace=find_trace()) if {e.first, e.second}.issuperset(symbols)]
        return {"text": "\n\n".join(map(boundary.as_text, entries)), "boundaries": [asdict(entry) for entry in entries]}
    where = membership(plan, system) if plan is not None else None
    lines = read_lines(system, root) if root is not None else None
    system = evidence.with_observed_types(system, find_trace())
    return views.explanation(system, symbols, membership=where, lines=lines)


def export(system: CodeGraph, format: str, *, plan: Plan | None = None, **options: Any) -> bytes:
    """Return the graph in another format: one of `views.FORMATS`, or `callgraph` (`{caller: [callees]}`).

    Raises:
        RenderError: If the format is unknown or cannot be drawn on this machine.
    """
    from decompose import graph, views

    if format == "callgraph":
        return codec.encode(graph.callgraph(system))
    where = membership(plan, system) if plan is not None else None
    return views.export(system, format, plan=plan, membership=where, **options)


def drawing_program() -> str:
    """Return the path of the Graphviz program that draws pictures here.

    Raises:
        RenderError: If there is none.
    """
    from decompose.views.dot import find_dot

    return find_dot()


def schema(record: str) -> bytes:
    """Return the JSON Schema (draft 2020-12) of a file that people or programs read: `plan` or `graph`.

    Raises:
        ConfigError: If there is no such record.
    """
    import msgspec

    from decompose.ir.graph import CodeGraph
    from decompose.ir.plan import Plan

    schemas: dict[str, Callable[[], dict[str, Any]]] = {
        "plan": Plan.model_json_schema,
        "graph": lambda: msgspec.json.schema(CodeGraph),
    }
    if record not in schemas:
        raise ConfigError(f"no record `{record}` with a schema", hint=f"one of {', '.join(sorted(schemas))}")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return codec.encode(head | schemas[record]())


def summary(system: CodeGraph, plan: Plan | None = None) -> object:
    """Return what a terminal shows of a graph, or of a plan, as a rich renderable."""
    from decompose import views

    return views.summary(system) if plan is None else views.plan_summary(plan, system)


def display(record: object) -> Mapping[str, str]:
    """Return a graph, a plan or a comparison as notebooks show it: MIME type to text."""
    from decompose import views

    return views.display(record)


def findings_text(system: CodeGraph) -> object:
    """Return every finding of a graph with place, explanation and mend, as a rich renderable."""
    from decompose import views

    return views.findings(system)


def page(system: CodeGraph, *, plan: Plan | None = None, root: Path | None = None, against: Plan | None = None) -> str:
    """Return the interactive page as one self-contained HTML document.

    Args:
        system: The graph.
        plan: The plan to show and edit.
        root: The analysed folder, from which the source lines of the evidence are read.
        against: Another plan of the same system, to compare with.
    """
    from decompose import views

    where = membership(plan, system) if plan is not None else None
    other = (against, membership(against, system)) if against is not None else None
    lines = read_lines(system, root) if root is not None else None
    return views.page(system, plan, membership=where, lines=lines, other=other)


def page_data(system: CodeGraph, plan: Plan, *, root: Path) -> dict[str, Any]:
    """Return what the review page shows, as plain JSON values."""
    from decompose import views

    return views.page_data(system, plan=plan, membership=membership(plan, system), lines=read_lines(system, root))


def serve_review(
    system: CodeGraph, *, root: Path, plan_file: Path, port: int, browser: bool, say: Callable[[str], None]
) -> None:
    """Serve the review page on 127.0.0.1 until interrupted; what is saved there is written to the plan file.

    Raises:
        LaunchError: If the port cannot be opened.
    """
    from decompose import boundary, views

    def content(text: str) -> dict[str, Any]:
        plan = boundary.parse_plan(text, str(plan_file))
        boundary.check_members(plan, system, text=text, path=str(plan_file))
        # The page of the server, unlike a file that is handed on, may name this machine's folder: its links open the editor.
        return page_data(system, plan, root=root) | {"root": root.resolve().as_posix()}

    desk = views.Desk(
        name=system.name,
        read=lambda: plan_file.read_text("utf-8"),
        content=content,
        render=boundary.render_plan,
        save=lambda text: codec.write_atomic(plan_file, text.encode()),
        repropose=lambda plan: boundary.render_plan(propose(system, previous=plan), plan_file.read_text("utf-8")),
    )
    views.serve(desk, port=port, open_browser=browser, say=say)
