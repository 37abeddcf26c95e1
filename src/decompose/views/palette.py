"""Colours and words of the pictures, said once: life-cycle roles, kinds of edges, kinds of groups, two themes."""

from __future__ import annotations

from dataclasses import dataclass

LIFE_CYCLE = (
    "ingest", "validation", "features", "training", "tuning", "evaluation", "registry", "batch_inference",
    "online_inference", "postprocess", "monitoring", "gateway_ui", "orchestration", "config_util", "exploration",
)  # fmt: skip
"""ML roles in the order in which data meets them; the last three stand beside the flow."""

STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Ingest", ("ingest",)),
    ("Validate", ("validation",)),
    ("Features", ("features",)),
    ("Train", ("training", "tuning")),
    ("Evaluate", ("evaluation",)),
    ("Register", ("registry",)),
    ("Predict", ("batch_inference", "online_inference", "postprocess")),
    ("Serve", ("gateway_ui",)),
    ("Monitor", ("monitoring",)),
)
"""Columns of the pipeline view, left to right."""

ROLE_LABELS = {
    "ingest": "ingest", "validation": "validate", "features": "features", "training": "train", "tuning": "tune",
    "evaluation": "evaluate", "registry": "register", "batch_inference": "batch inference",
    "online_inference": "online inference", "postprocess": "postprocess", "monitoring": "monitor",
    "gateway_ui": "interface", "orchestration": "orchestrate", "config_util": "config and helpers",
    "exploration": "exploration", "": "no role found",
}  # fmt: skip

ROLE_COLOURS: dict[str, tuple[str, str]] = {
    "ingest": ("#2f6f9f", "#6fb2df"),
    "validation": ("#1f7a74", "#5cc2b9"),
    "features": ("#3f7d3a", "#86c67c"),
    "training": ("#a85411", "#eda05c"),
    "tuning": ("#8a6a00", "#d8b548"),
    "evaluation": ("#7a5195", "#bf97db"),
    "registry": ("#555a9c", "#9ba1e6"),
    "batch_inference": ("#a03b63", "#e58bac"),
    "online_inference": ("#b03a34", "#ef8f86"),
    "postprocess": ("#8d5a48", "#cf9f8d"),
    "monitoring": ("#4f7a18", "#a5cc66"),
    "gateway_ui": ("#3b6ea8", "#86b3e8"),
    "orchestration": ("#5f6b7a", "#a7b3c2"),
    "config_util": ("#6d6d6d", "#a9a9a9"),
    "exploration": ("#7d746a", "#b8ada1"),
    "": ("#8a8a8a", "#8f8f8f"),
}
"""Role to (light theme, dark theme); each at least 4.5:1 against the card colour of its theme."""


@dataclass(frozen=True, slots=True)
class LinkStyle:
    """How one kind of edge is drawn; colour never stands alone."""

    label: str
    light: str
    dark: str
    dash: str
    """SVG dash array; empty is solid."""
    graphviz: str
    """Graphviz `style`."""
    weight: float
    """What one place of this kind counts in coupling, without unit."""


LINK_STYLES: dict[str, LinkStyle] = {
    "call": LinkStyle("call", "#3567a6", "#7fb0ea", "", "solid", 1.0),
    "data": LinkStyle("data asset", "#b4610a", "#efa254", "9 3", "bold", 3.0),
    "state": LinkStyle("shared state", "#b3262e", "#f0807f", "2 2", "bold", 8.0),
    "type": LinkStyle("type or import", "#1c7c74", "#5fc4b8", "1 4", "dotted", 1.0),
    "value": LinkStyle("value flow", "#7a4fa3", "#c09be6", "6 3 1 3", "dashed", 0.0),
}
"""Kind of link to its style; the order is the order of dominance read backwards from `state`."""

_MANY = {"data": "data assets", "state": "shared states", "type": "types or imports"}
"""Kinds of more than one link, where an `s` does not make them."""

DOMINANCE = ("state", "data", "call", "type", "value")
"""Which kind gives a bundle its colour, the first present."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Ground colours of a picture."""

    page: str
    card: str
    group: str
    line: str
    text: str
    muted: str


LIGHT = Theme(page="#fbfaf8", card="#ffffff", group="#f3f1ec", line="#cfcac0", text="#22252a", muted="#666a70")
DARK = Theme(page="#15171a", card="#1f2226", group="#1a1d20", line="#3d4248", text="#e6e4df", muted="#a3a6ab")

GROUP_LABELS = {
    "service": "service", "job": "job", "gateway": "gateway", "library": "shared library", "offline": "not deployed",
    "dead": "never reached", "package": "package", "role": "role", "system": "system",
}  # fmt: skip


def role_colour(role: str, *, dark: bool = False) -> str:
    """Return the colour of a role, `#rrggbb`; that of "no role" for a role that is not known."""
    return ROLE_COLOURS.get(role, ROLE_COLOURS[""])[1 if dark else 0]


def link_colour(kind: str, *, dark: bool = False) -> str:
    """Return the colour of a kind of link, `#rrggbb`."""
    style = LINK_STYLES[kind]
    return style.dark if dark else style.light


def counted(kind: str, count: int) -> str:
    """Return a number of links in words: `1 call`, `2 data assets`."""
    label = LINK_STYLES[kind].label
    return f"{count} {label if count == 1 else _MANY.get(kind, label + 's')}"
