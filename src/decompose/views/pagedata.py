"""Everything that the page shows, as plain lists and numbers: made once, in one order, as small as it can be."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from decompose.ir import symbols
from decompose.ir.graph import CodeGraph, Unit
from decompose.ir.masking import mask
from decompose.ir.membership import membership as resolve_membership
from decompose.ir.plan import Plan
from decompose.views.grouping import Grouping, by_package, by_role, by_service, roles_of
from decompose.views.layout import flow_order, sequence, slots
from decompose.views.links import Access, Link, Place, accesses, links, modules_by_name, top_units
from decompose.views.naming import Names
from decompose.views.palette import GROUP_LABELS, LIFE_CYCLE, LINK_STYLES, ROLE_COLOURS, ROLE_LABELS
from decompose.views.places import Places

PAGE_SCHEMA = 1
KINDS = tuple(LINK_STYLES)
MOST_PLACES = 12
"""Places of one link that are embedded; the rest is counted."""
MOST_REASONS = 4
LONGEST_WORDS = 2_000
"""Characters of a finding that are kept."""


def page_data(
    graph: CodeGraph,
    *,
    plan: Plan | None = None,
    membership: Mapping[str, str] | None = None,
    lines: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """Return what the page needs, ready for JSON.

    Args:
        graph: The system.
        plan: The plan; without it the page shows packages and roles and cannot be edited.
        membership: Module-level unit to service, as the plan resolves by default.
        lines: Source lines by path, only looked up where a link or finding points.
    """
    if membership is None and plan is not None:
        membership = resolve_membership(plan, graph)
    writer = _Writer(graph, lines or {})
    groupings = [by_package(graph), by_role(graph)]
    if membership is not None:
        groupings.insert(0, by_service(graph, plan, membership))
    joined = links(graph)
    units = [unit for _, unit in sorted(top_units(graph).items())]
    number = {unit.symbol: n for n, unit in enumerate(units)}
    weights = _unit_weights(joined)
    return {
        "schema": PAGE_SCHEMA,
        "system": _system(graph),
        "roles": [[role, ROLE_LABELS[role], *ROLE_COLOURS[role]] for role in (*LIFE_CYCLE, "")],
        "kinds": [[k, s.label, s.light, s.dark, s.dash, s.weight] for k, s in LINK_STYLES.items()],
        "groupKinds": GROUP_LABELS,
        "modules": [[m.name, m.path, m.kind] for m in writer.modules],
        "units": writer.units(units, _ranks(units, weights)),
        "groupings": [_grouping(g, number, weights, roles_of(graph)) for g in groupings],
        "links": [writer.link(link, number) for link in joined],
        "assets": writer.assets(number),
        "findings": [writer.finding(n) for n in range(len(graph.findings))],
        "plan": plan.model_dump(mode="json") if plan is not None else None,
        "places": writer.places,
        "strings": writer.strings,
        "lines": writer.embedded,
    }


class _Writer:
    """Numbers strings and places in order of first use, so that each is written once."""

    def __init__(self, graph: CodeGraph, lines: Mapping[str, Sequence[str]]) -> None:
        self.graph = graph
        self.modules = [module for _, module in sorted(modules_by_name(graph).items())]
        self.strings: list[str] = []
        self.places: list[list[int]] = []
        self.embedded: dict[int, dict[int, str]] = {}
        self._source = Places(graph, lines)
        self._names = Names(graph, lines)
        self._number_by_string: dict[str, int] = {}
        self._number_by_place: dict[Place, int] = {}

    def string(self, text: str) -> int:
        if text not in self._number_by_string:
            self._number_by_string[text] = len(self.strings)
            self.strings.append(text)
        return self._number_by_string[text]

    def place(self, place: Place) -> int:
        if place not in self._number_by_place:
            self._number_by_place[place] = len(self.places)
            words = (place.source, place.target, place.kind, place.reason, mask(place.text))
            where = self.embed(place.path, place.line)
            self.places.append([*where, *(self.string(word) for word in words)])
        return self._number_by_place[place]

    def embed(self, path: str, line: int) -> tuple[int, int]:
        """Keep one source line for the page; return its place: number of the file's name, and line."""
        name, number = self._source.spot(path, line)
        file, text = self.string(name), self._source.text(path, line)
        if text is not None:
            self.embedded.setdefault(file, {})[number] = text
        return file, number

    def units(self, units: Sequence[Unit], ranks: Mapping[str, int]) -> list[list[Any]]:
        module_number = {module.name: n for n, module in enumerate(self.modules)}
        roles = roles_of(self.graph)
        inner = Counter(symbols.top_level_of(unit.symbol) for unit in self.graph.units)
        role_number = {role: n for n, role in enumerate((*LIFE_CYCLE, ""))}
        return [
            [
                symbols.qualname_of(u.symbol), module_number.get(u.module, -1), u.kind, u.span.line,
                role_number.get(roles[u.symbol], len(LIFE_CYCLE)), _reasons(u), u.statements, mask(u.doc), _entry(u),
                ranks[u.symbol], inner[u.symbol] - 1, [tag.resource for tag in u.resources],
            ]
            for u in units
        ]  # fmt: skip

    def link(self, link: Link, number: Mapping[str, int]) -> list[Any]:
        """Return one link with its places; last, where the name stands when none of them has it, or -1."""
        ranked = sorted(link.places, key=lambda p: p.kind in ("import", "type"))[:MOST_PLACES]
        spelt = self._names.missing(link, ranked)
        return [
            number[link.source], number[link.target], KINDS.index(link.kind), int(link.is_certain), link.count,
            round(link.calls), self.string(link.via), [self.place(place) for place in ranked],
            -1 if spelt is None else self.place(spelt),
        ]  # fmt: skip

    def assets(self, number: Mapping[str, int]) -> list[list[Any]]:
        """Return assets and states with who writes and reads them."""
        touches: dict[str, list[Access]] = defaultdict(list)
        for touch in accesses(self.graph):
            touches[touch.thing].append(touch)
        rows = {a.symbol: [a.name, a.kind, a.format, list(a.columns), a.detail, 0] for a in self.graph.assets}
        for state in self.graph.states:
            name = state.symbol.removeprefix("state:")
            change = "changes after import" if state.is_mutated else "never changed"
            rows[state.symbol] = [name, state.kind, state.type, [], change, 1]
        for thing in touches:
            rows.setdefault(
                thing, [thing.partition(":")[2], symbols.module_of(thing), "", [], "", int(symbols.is_state(thing))]
            )
        return [
            [thing, *row, self._users(touches[thing], "write", number), self._users(touches[thing], "read", number)]
            for thing, row in sorted(rows.items())
        ]

    def _users(self, touches: Iterable[Access], mode: str, number: Mapping[str, int]) -> list[list[Any]]:
        return [
            [number.get(t.unit, -1), self.string(t.unit), int(t.is_certain), [*map(self.place, t.places[:MOST_PLACES])]]
            for t in touches
            if t.mode.endswith(mode)
        ]

    def finding(self, index: int) -> list[Any]:
        found = self.graph.findings[index]
        where = self.embed(found.span.path, found.span.line)
        return [
            found.code,
            found.level,
            *where,
            mask(found.message, longest=LONGEST_WORDS),
            mask(found.hint, longest=LONGEST_WORDS),
            found.symbol,
        ]


def _reasons(unit: Unit) -> list[str]:
    """Return why a unit has its roles, in words."""
    return [
        f"{ROLE_LABELS.get(tag.role, tag.role)} {tag.confidence:.2f}: {mask(why)}"
        for tag in unit.roles[:2]
        for why in tag.evidence[:MOST_REASONS]
    ]


def _entry(unit: Unit) -> str:
    return f"{unit.entry.framework} {unit.entry.kind} {unit.entry.detail}".strip() if unit.entry else ""


def _system(graph: CodeGraph) -> dict[str, Any]:
    coverage = graph.coverage
    gaps = sorted([f.path, f.outcome, f.reason] for f in graph.files if f.outcome != "analysed")
    counts = ("total", "resolved", "external", "unresolved")
    return {
        "name": graph.name,
        "digest": graph.digest,
        "modules": len(graph.modules),
        "units": len(graph.units),
        "edges": len(graph.edges),
        "files": dict(sorted(Counter(file.outcome for file in graph.files).items())),
        "calls": {name: getattr(coverage, name) for name in counts},
        "causes": dict(sorted(coverage.causes.items())),
        "skipped": gaps,
    }


def _unit_weights(joined: Iterable[Link]) -> dict[tuple[str, str], float]:
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for link in joined:
        weights[link.source, link.target] += LINK_STYLES[link.kind].weight * link.count
    return weights


def _ranks(units: Sequence[Unit], weights: Mapping[tuple[str, str], float]) -> dict[str, int]:
    """Return the reading order of units: modules that are needed before those that need them, then by line."""
    module_by_unit = {unit.symbol: unit.module for unit in units}
    between: dict[tuple[str, str], float] = defaultdict(float)
    for (a, b), weight in weights.items():
        if module_by_unit[a] != module_by_unit[b]:
            between[module_by_unit[a], module_by_unit[b]] += weight
    place = {name: n for n, name in enumerate(reversed(sequence(set(module_by_unit.values()), between)))}
    order = sorted(units, key=lambda u: (place[u.module], u.kind == "module", u.span.line, u.symbol))
    return {unit.symbol: n for n, unit in enumerate(order)}


def _grouping(
    grouping: Grouping, number: Mapping[str, int], weights: Mapping[tuple[str, str], float], roles: Mapping[str, str]
) -> dict[str, Any]:
    """Return one way to gather the units, with the slot of each box."""
    index = {group.name: n for n, group in enumerate(grouping.groups)}
    of = grouping.group_by_unit
    between: dict[tuple[str, str], float] = defaultdict(float)
    for (a, b), weight in weights.items():
        if of[a] != of[b]:
            between[of[a], of[b]] += weight
    aside = [g.name for g in grouping.groups if not g.is_deployed]
    main = [g.name for g in grouping.groups if g.is_deployed]
    stage = _mean_stage(grouping, roles)
    if grouping.by == "role":
        place = {name: (n // 3, n % 3) for n, name in enumerate(main)}
    else:
        place = slots(main, {p: w for p, w in between.items() if p[0] in main and p[1] in main}, first=stage)
    place |= {name: (n, -1) for n, name in enumerate(aside)}
    order = [*flow_order(main, between, first=stage), *aside]
    return {
        "by": grouping.by,
        "groups": [
            [g.name, g.kind, g.because, g.note, list(g.locked), *place[g.name], order.index(g.name)]
            for g in grouping.groups
        ],
        "of": [index[of[symbol]] for symbol in number],
    }


def _mean_stage(grouping: Grouping, roles: Mapping[str, str]) -> dict[str, float]:
    stages: dict[str, list[int]] = defaultdict(list)
    for symbol, name in grouping.group_by_unit.items():
        if roles.get(symbol) in LIFE_CYCLE:
            stages[name].append(LIFE_CYCLE.index(roles[symbol]))
    return {name: sum(inside) / len(inside) for name, inside in stages.items()}
