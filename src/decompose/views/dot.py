"""Pictures by Graphviz: DOT text from a scene, drawn by a system `dot` or by the one that comes with the package."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from collections.abc import Mapping, Sequence
from importlib import metadata
from itertools import pairwise
from pathlib import Path

import graphviz

from decompose.errors import RenderError
from decompose.ir.graph import CodeGraph
from decompose.ir.plan import Plan
from decompose.views.flow import compose_flow
from decompose.views.palette import DARK, LIGHT, LINK_STYLES, ROLE_LABELS, Theme, link_colour, role_colour
from decompose.views.scene import LEVELS, Box, Choice, Line, Scene, compose

FORMATS = ("svg", "png", "pdf", "dot")
DOT_SECONDS = 120
"""Longest time that Graphviz may take; a picture that needs more cannot be read either."""
_ON_A_PAGE = ("-Gsize=11,7.6",)
"""A4 across, less its margins, in inches; what is larger is made smaller."""
_FONT = "Helvetica"
_HEADS = {"data": "vee", "state": "diamond"}
"""Arrowheads by kind of line, so that colour never stands alone; an empty one is only possible."""
_WIDEST_LABEL = 44


def dot_source(
    graph: CodeGraph,
    *,
    plan: Plan | None = None,
    membership: Mapping[str, str] | None = None,
    level: str = "modules",
    focus: Sequence[str] = (),
    depth: int = 1,
    hide: Sequence[str] = (),
    group_by: str = "auto",
    most: int = 60,
    dark: bool = False,
) -> str:
    """Return DOT text of one view of the graph; same input, same text.

    Args:
        graph: The system.
        plan: The plan whose services frame the boxes.
        membership: Module-level unit to service, as the plan resolves.
        level: `services`, `modules`, `functions`, `assets` or `pipeline`.
        focus: Symbols, modules or globs to centre on; everything when empty.
        depth: Steps around the focus.
        hide: Symbols, modules or globs to leave out.
        group_by: `auto`, `service`, `module`, `package` or `role`.
        most: Boxes at most; beyond that the fullest are gathered.
        dark: Whether to draw on a dark ground.

    Raises:
        RenderError: If there is no such level.
    """
    if level not in LEVELS:
        raise RenderError(f"no view `{level}`", hint=f"one of {', '.join(LEVELS)}")
    choice = Choice(level, tuple(focus), depth, tuple(hide), group_by, most)
    make = compose_flow if level in ("assets", "pipeline") else compose
    return draw(make(graph, choice, plan=plan, membership=membership), dark=dark)


def draw(scene: Scene, *, dark: bool = False) -> str:
    """Return the DOT text of a scene."""
    theme = DARK if dark else LIGHT
    digraph = graphviz.Digraph(
        "decompose", graph_attr=_page(scene, theme), node_attr=_node(theme), edge_attr=_edge(theme)
    )
    names = {box.key: f"n{number}" for number, box in enumerate(scene.boxes)}
    for number, (name, kind) in enumerate(scene.clusters):
        with digraph.subgraph(name=f"cluster_{number}") as frame:
            frame.attr(**_frame(name, kind, theme))
            for box in scene.boxes:
                if box.cluster == name:
                    frame.node(names[box.key], **_box(box, theme, dark=dark))
    for box in scene.boxes:
        if not box.cluster or box.cluster not in dict(scene.clusters):
            digraph.node(names[box.key], **_box(box, theme, dark=dark))
    if scene.in_order:
        _hold_order(digraph, scene, names)
    back = _against_order(scene) if scene.in_order else frozenset()
    for line in scene.lines:
        attributes = _line(line, dark=dark) | ({"constraint": "false"} if line in back else {})
        if scene.level in ("assets", "pipeline") or line.kind == "data":
            ends = (line.source, line.target) if scene.level in ("assets", "pipeline") else (line.target, line.source)
            digraph.edge(names[ends[0]], names[ends[1]], **attributes)
        else:
            # What is needed stands left, as in the life cycle; the arrow still points at it.
            tail = {"arrowtail": attributes.pop("arrowhead", "normal"), "dir": "back"}
            digraph.edge(names[line.target], names[line.source], **attributes, **tail)
    return str(digraph.source)


def render(dot: str, format: str) -> bytes:
    """Return the picture of DOT text.

    Args:
        dot: DOT text.
        format: `svg`, `png`, `pdf` or `dot`.

    Raises:
        RenderError: If the format is unknown, no Graphviz is there, or it fails.
    """
    if format not in FORMATS:
        raise RenderError(f"no picture format `{format}`", hint=f"one of {', '.join(FORMATS)}")
    if format == "dot":
        return dot.encode()
    binary = find_dot(system_only=format == "pdf")
    words = [binary, f"-T{format}", *(_ON_A_PAGE if format == "pdf" else ())]
    try:
        done = subprocess.run(words, input=dot.encode(), capture_output=True, timeout=DOT_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        message = f"Graphviz did not finish the picture within {DOT_SECONDS} s"
        raise RenderError(message, hint="show less: `--focus`, `--hide`, or `--view services`") from error
    except OSError as error:
        raise RenderError(
            f"Graphviz does not start: {error.strerror or error}", hint="install a system Graphviz"
        ) from error
    if done.returncode or not done.stdout:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise RenderError(f"Graphviz fails: {reason[-1] if reason else f'exit code {done.returncode}'}")
    return done.stdout


def find_dot(*, system_only: bool = False) -> str:
    """Return the path of a Graphviz program: the system's `dot`, else the one installed with the package.

    Raises:
        RenderError: If there is none, or only a system one will do and it is missing.
    """
    if system := shutil.which("dot"):
        return system
    if system_only:
        raise RenderError("PDF needs a system Graphviz", hint="install the package `graphviz`, or ask for svg or png")
    for candidate in _embedded():
        if candidate.is_file():
            return str(candidate)
    raise RenderError("no Graphviz on this machine", hint="install `graphviz`, or take `--format dot` or `mermaid`")


def _embedded() -> list[Path]:
    """Return where the program of the `graphviz-pure` distribution may stand."""
    names = ("graphviz-pure", "graphviz-pure.exe")
    places = [Path(sysconfig.get_path("scripts")) / name for name in names]
    try:
        files = metadata.distribution("graphviz-pure").files or []
    except metadata.PackageNotFoundError:
        return places
    return [*(Path(str(file.locate())) for file in files if file.name in names), *places]


def _hold_order(digraph: graphviz.Digraph, scene: Scene, names: Mapping[str, str]) -> None:
    """Keep the frames of a scene from left to right by a chain of unseen points, one in each."""
    anchors = [f"stage{number}" for number in range(len(scene.clusters))]
    for anchor, (name, _) in zip(anchors, scene.clusters, strict=True):
        with digraph.subgraph() as column:
            column.attr(rank="same")
            column.node(anchor, shape="point", style="invis", width="0", height="0", label="")
            for box in scene.boxes:
                if box.cluster == name:
                    column.node(names[box.key])
    for left, right in pairwise(anchors):
        digraph.edge(left, right, style="invis", minlen="2")


def _against_order(scene: Scene) -> frozenset[Line]:
    """Return the lines from an asset back to a stage that is not after its first writer."""
    place = {name: number for number, (name, _) in enumerate(scene.clusters)}
    stage = {box.key: place[box.cluster] for box in scene.boxes if box.cluster}
    written: dict[str, int] = {}
    for line in scene.lines:
        if line.source in stage:
            written[line.target] = min(stage[line.source], written.get(line.target, len(place)))
    return frozenset(
        line
        for line in scene.lines
        if (line.target in stage and stage[line.target] <= written.get(line.source, -1))
        or (line.source in stage and stage[line.source] > written[line.target])
    )


def _page(scene: Scene, theme: Theme) -> dict[str, str]:
    return {
        "label": _caption(scene, theme), "labelloc": "t", "labeljust": "l", "rankdir": "LR", "bgcolor": theme.page,
        "fontname": _FONT, "fontcolor": theme.text, "pad": "0.35", "nodesep": "0.22",
        "ranksep": "0.35" if scene.in_order else "0.75",
        "splines": "spline", "newrank": "true" if scene.in_order else "false", "compound": "true",
        "tooltip": _text(scene.title),
    }  # fmt: skip


def _node(theme: Theme) -> dict[str, str]:
    return {
        "shape": "box", "style": "filled,rounded", "fillcolor": theme.card, "color": theme.line, "fontname": _FONT,
        "fontsize": "11", "fontcolor": theme.text, "margin": "0.14,0.07", "height": "0.3", "penwidth": "1",
    }  # fmt: skip


def _edge(theme: Theme) -> dict[str, str]:
    return {"arrowsize": "0.6", "fontname": _FONT, "fontsize": "9", "fontcolor": theme.muted}


def _frame(name: str, kind: str, theme: Theme) -> dict[str, str]:
    subtitle = f'<font point-size="9" color="{theme.muted}">&#160;&#160; {_markup(kind)}</font>' if kind else ""
    label = f"<<b>{_markup(name)}</b>{subtitle}>"
    return {
        "label": label, "labeljust": "l", "style": "filled,rounded", "color": theme.line,
        "fillcolor": theme.group, "fontname": _FONT, "fontsize": "12", "fontcolor": theme.text, "margin": "14",
        "tooltip": _text(f"{name} ({kind})" if kind else name),
    }  # fmt: skip


def _box(box: Box, theme: Theme, *, dark: bool) -> dict[str, str]:
    line_end = "<br/>" if box.shape in ("asset", "state") else '<br align="left"/>'
    label = line_end.join(_markup(_short(line)) for line in box.label.split("\n"))
    detail = _markup(_short(box.detail))
    name = f"<b>{label}</b>" if box.shape == "group" else label
    small = f'<font point-size="8.5" color="{theme.muted}">{detail}</font>' if box.detail else ""
    attributes = {"tooltip": _text(box.tooltip or box.label)}
    if box.shape in ("asset", "state"):
        edge = link_colour("data" if box.shape == "asset" else "state", dark=dark)
        shape = "cylinder" if box.shape == "asset" else "hexagon"
        return attributes | {"shape": shape, "color": edge, "style": "filled", "label": f"<{name}<br/>{small}>"}
    attributes["label"] = f'<{name}<br align="left"/>{small}<br align="left"/>>'
    if box.role:
        attributes |= {"color": role_colour(box.role, dark=dark), "penwidth": "1.8"}
    return attributes | ({"style": "filled,rounded,dashed"} if box.shape in ("package", "rest") else {})


def _line(line: Line, *, dark: bool) -> dict[str, str]:
    width = 0.9 + min(2.6, 0.45 * line.count.bit_length())
    text = _text(line.tooltip)
    style = LINK_STYLES[line.kind].graphviz if line.is_certain else "dashed"
    attributes = {
        "color": link_colour(line.kind, dark=dark), "style": style, "arrowhead": _HEADS.get(line.kind, "normal"),
        "penwidth": f"{width:.2f}", "tooltip": text, "edgetooltip": text, "labeltooltip": text,
    }  # fmt: skip
    if line.count >= 10:
        attributes["label"] = f" {line.count} "
    return attributes if line.is_certain else attributes | {"arrowhead": "empty"}


def _caption(scene: Scene, theme: Theme) -> str:
    """Return title, legend and what is left out, as one HTML-like label."""
    dark = theme is DARK
    kinds = sorted({line.kind for line in scene.lines}, key=list(LINK_STYLES).index)
    strokes = {"call": "—▶", "data": "—≻", "state": "—◆", "type": "· · ·", "value": "– –"}
    legend = [f'<font color="{link_colour(k, dark=dark)}">{strokes[k]} {LINK_STYLES[k].label}</font>' for k in kinds]
    roles = sorted({box.role for box in scene.boxes if box.role}, key=list(ROLE_LABELS).index)
    legend += [f'<font color="{role_colour(r, dark=dark)}">■ {ROLE_LABELS[r]}</font>' for r in roles]
    if any(not line.is_certain for line in scene.lines):
        legend.append("– – possible, not certain")
    rows = [legend[start : start + 7] for start in range(0, len(legend), 7)]
    hidden = [f"{scene.hidden_units:,} units"] * bool(scene.hidden_units) + [
        f"{scene.hidden_lines:,} lighter lines"
    ] * bool(scene.hidden_lines)
    if any(box.shape in ("package", "rest") for box in scene.boxes):
        hint = "dashed boxes gather modules; --focus NAME or --most N opens them"
        rows.append([f'<font color="{theme.muted}">{hint}</font>'])
    out = [f'<font point-size="16"><b>{_markup(scene.title)}</b></font>']
    out += ['<font point-size="10">' + "&#160;&#160; ".join(row) + "</font>" for row in rows]
    out += [f'<font point-size="10" color="{theme.muted}">not shown: {" and ".join(hidden)}</font>'] * bool(hidden)
    return "<" + '<br align="left"/>'.join(out) + '<br align="left"/>>'


def _short(text: str) -> str:
    """Cut a long name in its middle, where names that share a prefix differ least."""
    clean = _clean(text)
    half = _WIDEST_LABEL // 2
    return clean if len(clean) <= _WIDEST_LABEL else f"{clean[: half - 4]}…{clean[-half - 3 :]}"


def _clean(text: str) -> str:
    """Drop what neither XML nor a line of text can hold."""
    return "".join(c if c.isprintable() else " " for c in text)


def _markup(text: str) -> str:
    """Escape text for an HTML-like label."""
    table = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
    return "".join(table.get(c, c) for c in _clean(text)) or " "


def _text(text: str) -> str:
    """Escape text for a plain attribute; line ends stay."""
    lines = [_clean(line) for line in text.split("\n")]
    return str(graphviz.escape("\n".join(lines))).replace("\n", "&#10;")
