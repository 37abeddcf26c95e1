"""Mermaid for a pull request or a README: parts only, few enough lines for the hosts' limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from decompose.errors import RenderError
from decompose.ir.graph import CodeGraph
from decompose.ir.plan import Plan
from decompose.views.palette import counted
from decompose.views.scene import Choice, Line, compose

MOST_LINES = 60
"""Lines of one diagram. Hosts stop at 280 to 500; nobody reads so many."""
MOST_CHARACTERS = 45_000
"""Hosts refuse a diagram of 50,000 characters."""
DIAGRAMS = ("services", "modules", "functions")
PARTS = Choice(level="services", most=40)


def mermaid(
    graph: CodeGraph,
    *,
    plan: Plan | None = None,
    membership: Mapping[str, str] | None = None,
    choice: Choice = PARTS,
) -> str:
    """Return a Mermaid flowchart of the parts and what they need of each other.

    Args:
        graph: The system.
        plan: The plan, for the kinds of the services.
        membership: Module-level unit to service; without it the parts are packages.
        choice: Level, focus, and boxes at most.

    Raises:
        RenderError: If the level is not one that a flowchart can show.
    """
    if choice.level not in DIAGRAMS:
        raise RenderError(f"no diagram of `{choice.level}`", hint=f"one of {', '.join(DIAGRAMS)}; or ask for an svg")
    scene = compose(graph, choice, plan=plan, membership=membership)
    names = {box.key: f"n{number}" for number, box in enumerate(scene.boxes)}
    kept = sorted(scene.lines, key=lambda line: (-line.count, line.source, line.target))[:MOST_LINES]
    out = ["flowchart LR"]
    out += [f'  {names[box.key]}["{_text(box.label)}<br/><small>{_text(box.detail)}</small>"]' for box in scene.boxes]
    out += [_line(line, names) for line in sorted(kept, key=lambda line: (line.source, line.target))]
    hidden = len(scene.lines) - len(kept) + scene.hidden_lines
    if hidden:
        out.append(f"  %% {hidden} lighter lines are not drawn")
    text = "\n".join(out) + "\n"
    if len(text) <= MOST_CHARACTERS:
        return text
    return mermaid(graph, plan=plan, membership=membership, choice=replace(choice, most=choice.most // 2))


def _line(line: Line, names: Mapping[str, str]) -> str:
    arrow = {"call": "-->", "data": "==>", "state": "<==>"}.get(line.kind, "-.->") if line.is_certain else "-.->"
    ends = (line.target, line.source) if line.kind == "data" else (line.source, line.target)
    return f'  {names[ends[0]]} {arrow}|"{counted(line.kind, line.count)}"| {names[ends[1]]}'


def _text(text: str) -> str:
    """Escape a label: Mermaid reads quotes, brackets, backticks and HTML."""
    safe = "".join(
        char if char.isalnum() or char in " _./,-:" else f"#{ord(char)};" for char in text if char.isprintable()
    )
    return safe[:80] or " "
