"""Markdown for a pull request: verdict, diagram, figures, what each part holds."""

from __future__ import annotations

from collections.abc import Mapping

from decompose.ir.graph import CodeGraph
from decompose.ir.membership import membership as resolve_membership
from decompose.ir.plan import Plan
from decompose.views.mermaid import mermaid
from decompose.views.metrics import PlanFigures, measure

MARKER = "<!-- decompose -->"
"""First line, by which a bot finds its own comment to update it."""
MOST_CHARACTERS = 60_000
"""Comments may hold 65,536 characters."""


def markdown(
    graph: CodeGraph, plan: Plan, *, membership: Mapping[str, str] | None = None, previous: PlanFigures | None = None
) -> str:
    """Return a comment on a plan.

    Args:
        graph: The system.
        plan: The plan.
        membership: Module-level unit to service; resolved from the plan by default.
        previous: Figures of the plan before a change, to show what it changed.
    """
    where = membership if membership is not None else resolve_membership(plan, graph)
    figures = measure(graph, plan, where)
    out = [MARKER, f"### decompose: {_cell(plan.system)}", "", f"**Verdict: {plan.verdict.decision}.**", ""]
    out += [f"- {_cell(reason)}" for reason in plan.verdict.because]
    out += ["", "```mermaid", mermaid(graph, plan=plan, membership=where).rstrip(), "```", ""]
    out += [*_totals(figures, previous), "", *_parts(plan, figures)]
    text = "\n".join(out) + "\n"
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS].rsplit("\n", 1)[0] + "\n\n(cut short)\n"


def _totals(now: PlanFigures, before: PlanFigures | None) -> list[str]:
    rows = [
        ("coupling that crosses", _percent(now.share), _percent(before.share) if before else ""),
        ("remote calls", f"{now.remote:,}", f"{before.remote:,}" if before else ""),
        ("parts in a circle", f"{now.cyclic}", f"{before.cyclic}" if before else ""),
    ]
    head = ["| | before | now |", "| --- | ---: | ---: |"] if before else ["| | |", "| --- | ---: |"]
    return [*head, *(f"| {name} | {old} | {new} |" if before else f"| {name} | {new} |" for name, new, old in rows)]


def _parts(plan: Plan, figures: PlanFigures) -> list[str]:
    rows = ["| part | kind | units | cohesion | in | out | why |", "| --- | --- | ---: | ---: | ---: | ---: | --- |"]
    for service in plan.services:
        row = figures.groups.get(service.name)
        if row is not None:
            numbers = f"{row.units} | {_percent(row.cohesion)} | {row.incoming:.0f} | {row.outgoing:.0f}"
            rows.append(f"| `{service.name}` | {service.kind} | {numbers} | {_cell(service.because)} |")
    return rows


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def _cell(text: str) -> str:
    """Escape text for one cell: no markup, no mention of a person, no line end, nothing that turns the text around."""
    table = {"|": "\\|", "<": "&lt;", ">": "&gt;", "@": "&#64;", "[": "\\[", "]": "\\]"}
    return "".join(table.get(char, char if char.isprintable() else " ") for char in text)
