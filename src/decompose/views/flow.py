"""The pictures of data: who writes what, who reads it, and how it goes through the ML life cycle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from decompose.ir import symbols
from decompose.ir.graph import CodeGraph
from decompose.ir.membership import membership as resolve_membership
from decompose.ir.plan import Plan
from decompose.views.grouping import roles_of
from decompose.views.links import Access, accesses, links, top_units, true_users
from decompose.views.palette import STAGES
from decompose.views.scene import (
    LEAST_LINKS,
    LINKS_A_BOX,
    MOST_REASONS,
    Box,
    Choice,
    Line,
    Scene,
    about,
    choose_grouping,
    clusters_of,
    matches,
    undeployed,
    visible,
)
from decompose.views.scene import title as heading

MOST_NAMES = 6
"""Assets named in one box; the rest is counted."""
MOST_USERS = 8
"""Units up to which an asset is worth its lines."""
BESIDE = "Beside the flow"
"""Frame of what has no stage of its own."""
_STAGE_BY_ROLE = {role: name for name, inside in STAGES for role in inside}


def compose_flow(graph: CodeGraph, choice: Choice, *, plan: Plan | None, membership: Mapping[str, str] | None) -> Scene:
    """Return the scene of writers, assets and readers.

    Args:
        graph: The system.
        choice: With level `assets` (framed by service or package) or `pipeline` (framed by life-cycle stage).
        plan: The plan, for kinds and words of the services.
        membership: Module-level unit to service; resolved from the plan by default.
    """
    if membership is None and plan is not None:
        membership = resolve_membership(plan, graph)
    grouping = choose_grouping(graph, choice, plan, membership)
    units = visible(graph, choice) - (frozenset() if choice.focus else undeployed(grouping))
    is_pipeline = choice.level == "pipeline"
    joined = links(graph, with_values=False)
    every = [t for t in true_users(accesses(graph), joined) if t.unit in units and not matches(t.thing, choice.hide)]
    kinds = {asset.symbol: asset.kind for asset in graph.assets}
    if is_pipeline:
        every = [t for t in every if not symbols.is_state(t.thing) and kinds.get(t.thing) not in ("env", "config")]
    alike = _alike(every)
    roles = roles_of(graph)
    stage = {t.unit: _STAGE_BY_ROLE.get(roles[t.unit], BESIDE) for t in every}
    frame = stage if is_pipeline else grouping.group_by_unit
    drawn = [t for t in every if t.thing in alike]
    if is_pipeline and len({end for t in drawn for end in (t.unit, t.thing)}) > choice.most:
        drawn = [t for t in drawn if stage[t.unit] != BESIDE]
    touches = _telling(drawn, choice.most, frame)
    boxes = _unit_boxes(graph, touches, roles, frame)
    boxes += _thing_boxes(graph, touches, alike)
    hidden = sum(t.thing in alike for t in every) - len(touches)
    used = {stage[t.unit] for t in touches}
    stages = tuple((name, "") for name in [*(name for name, _ in STAGES), BESIDE] if name in used)
    frames = stages if is_pipeline else clusters_of(grouping, boxes)
    lines = tuple(
        sorted(
            (_line(t, len(alike[t.thing])) for t in touches), key=lambda line: (line.source, line.target, line.tooltip)
        )
    )
    return Scene(
        heading(graph, choice), choice.level, tuple(boxes), lines, frames, hidden_lines=hidden, in_order=is_pipeline
    )  # fmt: skip


def _unit_boxes(
    graph: CodeGraph, touches: Iterable[Access], roles: Mapping[str, str], frame: Mapping[str, str]
) -> list[Box]:
    index = top_units(graph)
    result = []
    for symbol in sorted({touch.unit for touch in touches}):
        unit = index[symbol]
        label = symbols.qualname_of(symbol).replace(symbols.MODULE_BODY, "module body")
        words = about([symbol], roles, unit.doc)
        result.append(Box(f"unit {symbol}", label, unit.module, "unit", roles[symbol], frame[symbol], words, 1))
    return result


def _alike(touches: Iterable[Access]) -> dict[str, list[str]]:
    """Return, by the first of each, the things that the same units read and write alike: they are drawn as one."""
    users: dict[str, set[tuple[str, str, bool]]] = defaultdict(set)
    for touch in touches:
        users[touch.thing].add((touch.unit, touch.mode, touch.is_certain))
    together: dict[tuple[bool, frozenset[tuple[str, str, bool]]], list[str]] = defaultdict(list)
    for thing in sorted(users):
        together[symbols.is_state(thing), frozenset(users[thing])].append(thing)
    return {things[0]: things for things in together.values()}


def _thing_boxes(graph: CodeGraph, touches: Iterable[Access], alike: Mapping[str, Sequence[str]]) -> list[Box]:
    names = {asset.symbol: (asset.name, asset.format or asset.kind) for asset in graph.assets}
    for state in graph.states:
        names[state.symbol] = (symbols.qualname_of(state.symbol.removeprefix("state:")), state.kind)
    result = []
    for thing in sorted({touch.thing for touch in touches}):
        inside = alike[thing]
        told = [names.get(one, (symbols.qualname_of(one), symbols.module_of(one))) for one in inside]
        shape = "state" if symbols.is_state(thing) else "asset"
        told_names = list(dict.fromkeys(" ".join(name.split()) for name, _ in told))
        label = "\n".join(told_names[:MOST_NAMES])
        kinds = ", ".join(dict.fromkeys(kind for _, kind in told))
        more = len(told_names) - MOST_NAMES
        detail = f"and {more:,} more, {kinds}" if more > 0 else kinds
        result.append(Box(f"thing {thing}", label, detail, shape, "", "", "\n".join(inside[:12]), len(inside)))
    return result


def _telling(touches: list[Access], most: int, frame: Mapping[str, str]) -> list[Access]:
    """Keep the assets that tell most, as far as `most` boxes and the lines for them reach.

    Hand-offs from one frame to another come first, then those from one unit to another; what is certain before what is
    possible, and what a few units touch before what stands for half the system.
    """
    inside: dict[str, list[Access]] = defaultdict(list)
    for touch in touches:
        inside[touch.thing].append(touch)

    def rank(thing: str) -> tuple[bool, bool, bool, bool, int, str]:
        users = {t.unit for t in inside[thing]}
        ends = {t.mode: {frame[u.unit] for u in inside[thing] if u.mode == t.mode} - {BESIDE} for t in inside[thing]}
        is_handed = len(ends) > 1
        crosses = is_handed and len(set().union(*ends.values())) > 1
        is_certain = all(t.is_certain for t in inside[thing])
        return not crosses, not is_handed, len(users) > MOST_USERS, not is_certain, -len(users), thing

    kept: set[str] = set()
    boxes: set[str] = set()
    lines, most_lines = 0, max(LEAST_LINKS, round(LINKS_A_BOX * most))
    for thing in sorted(inside, key=rank):
        more = {t.unit for t in inside[thing]}
        if len(boxes | more) + len(kept) < most and lines + len(inside[thing]) <= most_lines:
            kept.add(thing)
            boxes |= more
            lines += len(inside[thing])
    return [t for t in touches if t.thing in kept]


def _line(touch: Access, things: int) -> Line:
    """Return the arrow along which data goes: from the writer to the asset, from the asset to the reader."""
    kind = "state" if symbols.is_state(touch.thing) else "data"
    places = [f"{p.path}:{p.line} {p.text or touch.mode}".strip() for p in touch.places[:MOST_REASONS]]
    others = [f"and alike with {things - 1:,} more"] * (things > 1)
    words = "\n".join([touch.mode.replace("_", " "), *places, *others])
    unit, thing = f"unit {touch.unit}", f"thing {touch.thing}"
    line = Line(unit, thing, kind, touch.is_certain, max(things, len(touch.places)), words)
    return line if touch.mode.endswith("write") else replace(line, source=thing, target=unit)
