"""What a static picture shows: few enough boxes to read, each with its lines to the others and the reasons."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from decompose.ir import symbols
from decompose.ir.graph import CodeGraph
from decompose.ir.membership import membership as resolve_membership
from decompose.ir.plan import Plan
from decompose.views.grouping import Grouping, by_package, by_role, by_service, roles_of
from decompose.views.links import Link, Place, links, top_units
from decompose.views.palette import DOMINANCE, GROUP_LABELS, LINK_STYLES, ROLE_LABELS, counted

LEVELS = ("services", "modules", "functions", "assets", "pipeline")
GROUP_BY = ("auto", "service", "module", "package", "role")
MOST_NODES = 60
"""Boxes of one picture; beyond, the lightest are gathered into one box a group."""
LEAST_LINKS = 40
LINKS_A_BOX = 1.7
"""Lines drawn for each box, the heaviest and imports last; more cannot be followed."""
MOST_NEEDED = 7
COMMON_SHARE = 0.2
"""Share of the boxes from which a box counts as needed by all; below `MOST_NEEDED` of them it never does."""
COMMON_HEAD = 0.6
"""Share of the names from which a first part is left out of the labels."""
MOST_REASONS = 4
"""Places named in a tooltip."""
LEAST_LISTED = 3
"""From how many boxes without a line on they are named in one."""
MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the picture."""

    key: str
    label: str
    detail: str
    shape: str
    """`group`, `package`, `module`, `unit`, `asset`, `state`, `list` (of names, a line each) or `rest`."""
    role: str
    cluster: str
    """Name of the frame around it; empty for none."""
    tooltip: str
    size: int
    """Units in it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One arrow of the picture."""

    source: str
    target: str
    kind: str
    is_certain: bool
    count: int
    tooltip: str


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture before it is drawn; everything sorted."""

    title: str
    level: str
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    clusters: tuple[tuple[str, str], ...]
    """Name of a frame and its subtitle, in drawing order."""
    hidden_units: int = 0
    hidden_lines: int = 0
    in_order: bool = False
    """Whether the frames stand from left to right in the order of `clusters`."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person asks to see."""

    level: str = "modules"
    focus: tuple[str, ...] = ()
    """Symbols, modules or globs; only what lies within `depth` steps of them is shown."""
    depth: int = 1
    hide: tuple[str, ...] = ()
    """Symbols, modules or globs to leave out."""
    group_by: str = "auto"
    most: int = MOST_NODES


def compose(graph: CodeGraph, choice: Choice, *, plan: Plan | None, membership: Mapping[str, str] | None) -> Scene:
    """Return the scene for a choice.

    Args:
        graph: The system.
        choice: Level, focus and grouping.
        plan: The plan, for kinds and words of the services.
        membership: Module-level unit to service; without it the frames are packages.
    """
    if membership is None and plan is not None:
        membership = resolve_membership(plan, graph)
    grouping = choose_grouping(graph, choice, plan, membership)
    units = visible(graph, choice) - (frozenset() if choice.focus else undeployed(grouping))
    label_by_unit = _boxes_of(graph, choice, grouping, units)
    boxes = _make_boxes(graph, choice, grouping, label_by_unit)
    deployed = {group.name for group in grouping.groups if group.is_deployed}
    shown = [
        link
        for link in links(graph, with_values=False)
        if link.source in units and link.target in units and grouping.group_by_unit[link.target] in deployed
    ]
    every = _make_lines(shown, label_by_unit)
    if not choice.focus and choice.level != "services":  # between parts, every need counts
        boxes, every = _set_apart(_list_unreached(boxes, every), every)
    lines = _heaviest(every, max(LEAST_LINKS, round(LINKS_A_BOX * len(boxes))))
    return Scene(
        title(graph, choice), choice.level, boxes, lines, clusters_of(grouping, boxes),
        hidden_units=len(top_units(graph)) - len(units), hidden_lines=len(every) - len(lines),
    )  # fmt: skip


def matches(symbol: str, patterns: Iterable[str]) -> bool:
    """Return whether a symbol is named by a pattern: itself, its module, a package above, or a glob."""
    module = symbols.module_of(symbol)
    return any(
        p in (symbol, module) or module.startswith(f"{p}.") or symbol.startswith(f"{p}.") or fnmatchcase(symbol, p)
        for p in patterns
    )


def choose_grouping(
    graph: CodeGraph, choice: Choice, plan: Plan | None, membership: Mapping[str, str] | None
) -> Grouping:
    """Return the grouping that a choice asks for; `auto` is the plan's services where there is a plan."""
    wanted = choice.group_by
    if wanted == "auto":
        wanted = "service" if membership is not None else "package"
    if wanted == "service" and membership is not None:
        return by_service(graph, plan, membership)
    return by_role(graph) if wanted == "role" else by_package(graph)


def visible(graph: CodeGraph, choice: Choice) -> frozenset[str]:
    """Return the module-level units that focus and hide leave, without bodies that do nothing."""
    every = top_units(graph)
    linked = links(graph, with_values=False)
    busy = {end for link in linked for end in (link.source, link.target)}
    alive = {s for s, u in every.items() if (u.kind != "module" or s in busy) and not matches(s, choice.hide)}
    if not choice.focus:
        return frozenset(alive)
    near: dict[str, set[str]] = defaultdict(set)
    for link in linked:
        if link.source in alive and link.target in alive:
            near[link.source].add(link.target)
            near[link.target].add(link.source)
    seen = {s for s in alive if matches(s, choice.focus)}
    edge = set(seen)
    for _ in range(choice.depth):
        edge = {n for s in edge for n in near[s]} - seen
        seen |= edge
    return frozenset(seen)


def undeployed(grouping: Grouping) -> frozenset[str]:
    """Return the units of tests, notebooks and dead code: a picture of the system is clearer without them."""
    out = {group.name for group in grouping.groups if group.kind in ("offline", "dead")}
    return frozenset(symbol for symbol, name in grouping.group_by_unit.items() if name in out)


def _set_apart(boxes: tuple[Box, ...], lines: tuple[Line, ...]) -> tuple[tuple[Box, ...], tuple[Line, ...]]:
    """Say of what nearly everybody needs how many need it, instead of drawing all those lines."""
    needed = Counter(line.target for line in lines)
    common = {key for key, count in needed.items() if count >= max(MOST_NEEDED, COMMON_SHARE * len(boxes))}
    told = tuple(
        replace(box, detail=f"{box.detail}, needed by {needed[box.key]} others") if box.key in common else box
        for box in boxes
    )
    return told, tuple(line for line in lines if line.target not in common)


def _list_unreached(boxes: tuple[Box, ...], lines: Sequence[Line]) -> tuple[Box, ...]:
    """Name the modules or units of a frame that no line reaches in one box, instead of drawing a column of them."""
    reached = {end for line in lines for end in (line.source, line.target)}
    unreached: dict[str, list[Box]] = defaultdict(list)
    for box in boxes:
        if box.key not in reached and box.shape in ("module", "unit"):
            unreached[box.cluster].append(box)
    lists = {cluster: inside for cluster, inside in unreached.items() if len(inside) >= LEAST_LISTED}
    kept = [box for box in boxes if box.cluster not in lists or box not in lists[box.cluster]]
    return (*kept, *(_listed(cluster, inside) for cluster, inside in sorted(lists.items())))


def _listed(cluster: str, inside: Sequence[Box]) -> Box:
    names = [" ".join(box.label.split()) if box.shape == "module" else f"{box.label}, {box.detail}" for box in inside]
    more = [f"and {len(names) - MOST_LISTED:,} more"] if len(names) > MOST_LISTED else []
    size = sum(box.size for box in inside)
    words = "\n".join(names)
    detail = f"{_plural(size, 'unit')}, no lines drawn"
    return Box(f"list {cluster}", "\n".join([*names[:MOST_LISTED], *more]), detail, "list", "", cluster, words, size)


def _boxes_of(graph: CodeGraph, choice: Choice, grouping: Grouping, units: Iterable[str]) -> dict[str, str]:
    """Return the key of the box in which each visible unit is drawn."""
    module_by_unit = {symbol: unit.module for symbol, unit in top_units(graph).items()}
    group = grouping.group_by_unit
    key_by_level: dict[str, Callable[[str], str]] = {
        "functions": lambda s: f"unit {s}",
        "modules": lambda s: f"module {group[s]} {module_by_unit[s]}",
        "packages": lambda s: f"package {group[s]} {_package(module_by_unit[s])}",
        "services": lambda s: f"rest {group[s]}",
    }
    if choice.level == "services":
        return {symbol: f"group {group[symbol]}" for symbol in units}
    levels = list(key_by_level)
    finest = {symbol: key_by_level[choice.level](symbol) for symbol in units}
    for coarser in levels[levels.index(choice.level) + 1 :]:
        finest = _gather(finest, {s: key_by_level[coarser](s) for s in finest}, choice.most)
    return finest


def _package(module: str) -> str:
    return module.rpartition("/" if module.endswith(".ipynb") else ".")[0] or "top level"


def _gather(fine: Mapping[str, str], coarse: Mapping[str, str], most: int) -> dict[str, str]:
    """Fold whole coarse boxes, the fullest first, until at most `most` boxes are left or all are folded."""
    fine_by_coarse: dict[str, set[str]] = defaultdict(set)
    for symbol, key in coarse.items():
        fine_by_coarse[key].add(fine[symbol])
    total = sum(len(keys) for keys in fine_by_coarse.values())
    folded: set[str] = set()
    for key, keys in sorted(fine_by_coarse.items(), key=lambda item: (-len(item[1]), item[0])):
        if total <= most:
            break
        folded.add(key)
        total -= len(keys) - 1
    return {s: coarse[s] if coarse[s] in folded else fine[s] for s in fine}


def _make_boxes(
    graph: CodeGraph, choice: Choice, grouping: Grouping, box_by_unit: Mapping[str, str]
) -> tuple[Box, ...]:
    members: dict[str, list[str]] = defaultdict(list)
    for symbol, key in box_by_unit.items():
        members[key].append(symbol)
    roles = roles_of(graph)
    units = top_units(graph)
    prefix = common_prefix(units[s].module for s in box_by_unit)
    result = []
    for key, inside in sorted(members.items()):
        shape, _, rest = key.partition(" ")
        group = grouping.group_by_unit[inside[0]]
        role = _main_role(roles[s] for s in inside)
        if shape == "unit":
            label = symbols.qualname_of(rest).replace(symbols.MODULE_BODY, "module body")
            detail = units[rest].module.removeprefix(prefix)
        elif shape in ("module", "package"):
            label, detail = rest.partition(" ")[2].removeprefix(prefix), _plural(len(inside), "unit")
            if shape == "package":
                detail = f"{_plural(len({units[s].module for s in inside}), 'module')}, {detail}"
        else:
            label = group if shape == "group" else f"{len({units[s].module for s in inside})} modules"
            detail = _group_detail(grouping, group, len(inside)) if shape == "group" else _plural(len(inside), "unit")
        cluster = "" if choice.level == "services" else group
        result.append(
            Box(key, label, detail, shape, role, cluster, about(inside, roles, units[inside[0]].doc), len(inside))
        )
    return tuple(result)


def common_prefix(modules: Iterable[str]) -> str:
    """Return the first part, with its dot, of most module names: repeating it in each label tells nothing."""
    heads = Counter(module.partition(".")[0] for module in modules if "." in module)
    total = sum(heads.values())
    head, count = min(heads.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
    return f"{head}." if total and count >= COMMON_HEAD * total else ""


def _group_detail(grouping: Grouping, name: str, size: int) -> str:
    kind = next(group.kind for group in grouping.groups if group.name == name)
    return f"{GROUP_LABELS.get(kind, kind)}, {_plural(size, 'unit')}"


def _main_role(roles: Iterable[str]) -> str:
    counts = Counter(role for role in roles if role and role != "config_util") or Counter()
    return min(counts, key=lambda role: (-counts[role], role)) if counts else ""


def about(inside: Sequence[str], roles: Mapping[str, str], doc: str) -> str:
    """Return the words on hover: what it does, and the units in it with their roles."""
    head = [doc] if len(inside) == 1 and doc else []
    named = [f"{s} ({ROLE_LABELS[roles[s]]})" if roles[s] else s for s in sorted(inside)[:12]]
    more = [f"and {len(inside) - 12} more"] if len(inside) > 12 else []
    return "\n".join([*head, *named, *more])


def _make_lines(shown: Iterable[Link], box_by_unit: Mapping[str, str]) -> tuple[Line, ...]:
    """Bundle links by the boxes that they join."""
    bundles: dict[tuple[str, str], list[Link]] = defaultdict(list)
    for link in shown:
        source, target = box_by_unit[link.source], box_by_unit[link.target]
        if source != target:
            bundles[source, target].append(link)
    return tuple(_bundle(source, target, inside) for (source, target), inside in sorted(bundles.items()))


def _heaviest(lines: Sequence[Line], most: int) -> tuple[Line, ...]:
    kept = sorted(lines, key=lambda line: (line.kind == "type", -_weight(line), line.source, line.target))[:most]
    return tuple(sorted(kept, key=lambda line: (line.source, line.target)))


def _weight(line: Line) -> float:
    return max(0.5, LINK_STYLES[line.kind].weight) * line.count


def _bundle(source: str, target: str, inside: Sequence[Link]) -> Line:
    counts = Counter[str]()
    for link in inside:
        counts[link.kind] += link.count
    kind = next(kind for kind in DOMINANCE if counts[kind])
    places = sorted({place for link in inside for place in link.places}, key=_worth)
    words = ", ".join(counted(k, n) for k, n in sorted(counts.items()) if n)
    reasons = [describe(place) for place in places[:MOST_REASONS]]
    more = [f"and {len(places) - MOST_REASONS} more places"] if len(places) > MOST_REASONS else []
    return Line(
        source, target, kind, any(link.is_certain for link in inside), sum(counts.values()),
        "\n".join([words, *reasons, *more]),
    )  # fmt: skip


def _worth(place: Place) -> tuple[bool, str, int, str, str]:
    return (place.kind in ("import", "type"), place.path, place.line, place.source, place.target)


def describe(place: Place) -> str:
    """Return a place in words: `train.py:41 train:fit -> save (direct)`."""
    end = symbols.qualname_of(place.target) or place.target
    start = symbols.qualname_of(place.source) or place.source
    return f"{place.path}:{place.line} {start} -> {end}" + (f" ({place.reason})" if place.reason != "direct" else "")


def clusters_of(grouping: Grouping, boxes: Iterable[Box]) -> tuple[tuple[str, str], ...]:
    """Return the frames that hold something, with their subtitles."""
    used = {box.cluster for box in boxes}
    return tuple((g.name, GROUP_LABELS.get(g.kind, g.kind)) for g in grouping.groups if g.name in used)


def title(graph: CodeGraph, choice: Choice) -> str:
    """Return the heading of a picture."""
    words = {"services": "parts and what they need of each other", "modules": "modules", "functions": "functions",
             "assets": "who reads and writes what", "pipeline": "the data's way through the life cycle"}  # fmt: skip
    near = f", near {', '.join(choice.focus)}" if choice.focus else ""
    return f"{graph.name}: {words[choice.level]}{near}"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
