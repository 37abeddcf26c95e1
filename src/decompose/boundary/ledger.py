"""Price and worth of every boundary: each term in a unit that people understand, with the lines that it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from decompose.boundary.crossings import NOWHERE, crossings
from decompose.boundary.kinds import Portrait, portray
from decompose.boundary.verdict import ONLINE, Judgement, judge
from decompose.boundary.wheels import closure_mb
from decompose.ir.blueprint import Blueprint, CutEdge
from decompose.ir.evidence import History
from decompose.ir.graph import CodeGraph
from decompose.ir.membership import membership
from decompose.ir.plan import Plan
from decompose.ir.symbols import is_asset
from decompose.ir.units import UnitIndex, index_units

MOST_EVIDENCE = 5
"""Lines of evidence of one term."""
TRANSACTIONAL = ("table:", "db:")
"""Beginnings of assets whose writes a database can undo together."""


@dataclass(frozen=True, slots=True)
class Term:
    """One figure of a boundary."""

    name: str
    side: str
    """`price` (what the cut costs) or `worth` (what it brings)."""
    value: float
    unit: str
    evidence: tuple[str, ...] = ()
    """`path:line`, or names of what was counted."""


@dataclass(frozen=True, slots=True)
class BoundaryEntry:
    """One boundary between two parts."""

    first: str
    second: str
    pays: bool
    sentences: tuple[str, str]
    """What it is worth and what it costs, for somebody who does not read the table."""
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class _Ground:
    """What all boundaries of one plan are counted from."""

    graph: CodeGraph
    index: UnitIndex
    placed: Mapping[str, str]
    blueprint: Blueprint
    portraits: Mapping[str, Portrait]
    history: History | None


def ledger(
    plan: Plan, graph: CodeGraph, blueprint: Blueprint, *, history: History | None = None
) -> tuple[BoundaryEntry, ...]:
    """Return every boundary between two services of a plan that touch, or are worth parting; sorted by their names.

    Args:
        plan: The plan.
        graph: The graph that it was made for.
        blueprint: The plan resolved, with every cut edge judged and priced.
        history: What changed together, and who changed it.
    """
    placed = membership(plan, graph)
    portraits = {name: p for name, p in portray(graph, placed).items() if name not in NOWHERE}
    kinds = {service.name: service.kind for service in plan.services}
    kinds |= {name: "job" for name in portraits if name not in kinds}
    judged = judge(portraits, kinds, crossings(graph, placed))
    ground = _Ground(graph, index_units(graph), placed, blueprint, portraits, history)
    return tuple(_entry(ground, judgement, kinds) for judgement in judged)


def as_text(entry: BoundaryEntry) -> str:
    """Return one boundary as two sentences and a table."""
    width = max(len(term.name) for term in entry.terms)
    rows = [
        f"  {term.side:5}  {term.name:{width}}  {_number(term.value):>9} {term.unit:14}  {', '.join(term.evidence)}".rstrip()
        for term in entry.terms
    ]
    head = f"`{entry.first}` | `{entry.second}`: {'pays' if entry.pays else 'does not pay'}"
    return "\n".join([head, *entry.sentences, *rows])


def _entry(ground: _Ground, judgement: Judgement, kinds: Mapping[str, str]) -> BoundaryEntry:
    """Return one boundary with its terms and sentences."""
    pair = (judgement.first, judgement.second)
    terms = (*_price(ground, pair), *_worth(ground, pair, kinds))
    by_name = {term.name: term for term in terms}
    return BoundaryEntry(
        first=judgement.first,
        second=judgement.second,
        pays=judgement.pays,
        sentences=(_worth_sentence(judgement), _price_sentence(judgement, by_name)),
        terms=terms,
    )


def _price(ground: _Ground, pair: tuple[str, str]) -> list[Term]:
    """Return what a cut costs: calls, bytes, wire time, remotability, hand-offs, state and transactions."""
    edges = [edge for edge in ground.blueprint.cut_edges if {edge.from_service, edge.to_service} == set(pair)]
    calls = [edge for edge in edges if edge.kind == "call"]
    count = sum(edge.calls_per_run for edge in calls)
    carried = sum(edge.calls_per_run * edge.bytes_per_call for edge in calls)
    found = [
        Term(
            "calls",
            "price",
            count,
            "a run",
            _sites(sorted(calls, key=lambda e: (-e.calls_per_run, e.source, e.target))),
        ),
        Term("bytes", "price", carried / count if count else 0.0, "a call", _names(edge.target for edge in calls)),
        Term("wire", "price", sum(edge.cost_ms for edge in calls), "ms a run"),
    ]
    for verdict, name in _VERDICTS:
        judged = [edge for edge in edges if edge.verdict == verdict]
        found.append(Term(name, "price", len(judged), "uses", _sites(judged) if verdict != "safe" else ()))
    touched = _touched(ground, pair)
    states = {name for name, _ in touched if name.startswith("state:")}
    shared = sorted(name for name in states if all(any((name, p) == key for key in touched) for p in pair))
    handed = sorted(
        name
        for name in {name for name, _ in touched if is_asset(name)}
        if any(
            "write" in touched.get((name, a), ()) and "read" in touched.get((name, b), ())
            for a, b in (pair, pair[::-1])
        )
    )
    found.append(Term("handed over", "price", len(handed), "assets", _names(handed)))
    found.append(Term("shared state", "price", len(shared), "states", _names(shared)))
    cut = _cut_transactions(ground, calls)
    found.append(Term("transactions cut", "price", len(cut), "calls", tuple(cut[:MOST_EVIDENCE])))
    return found


def _worth(ground: _Ground, pair: tuple[str, str], kinds: Mapping[str, str]) -> list[Term]:
    """Return what a cut brings: other work, rhythm, hardware, libraries, changes, people and failures."""
    a, b = pair
    first, second = ground.portraits[a], ground.portraits[b]
    requirements = {service.name: service.requirements for service in ground.blueprint.services}
    sizes = [closure_mb(requirements.get(name, ())) for name in pair]
    both = closure_mb([*requirements.get(a, ()), *requirements.get(b, ())])
    found = [
        Term("other work", "worth", 1.0 - _likeness(first.telling, second.telling), "of 1", (_main(first), _main(second))),
        Term("other rhythm", "worth", float((kinds[a] in ONLINE) != (kinds[b] in ONLINE)), "of 1", (kinds[a], kinds[b])),
        Term(
            "other hardware", "worth", len(set(first.traits) ^ set(second.traits)), "traits",
            tuple(f"{name}: {', '.join(p.traits) or 'none'}" for name, p in ((a, first), (b, second))),
        ),
        Term(
            "libraries saved", "worth", both - min(sizes, default=0.0), "MB",
            tuple(f"{name}: {_number(size)} of {_number(both)} MB" for name, size in zip(pair, sizes, strict=True)),
        ),
    ]  # fmt: skip
    found.append(_failure(ground, pair))
    return found + (_changes(ground, pair, ground.history) if ground.history is not None else [])


def _failure(ground: _Ground, pair: tuple[str, str]) -> Term:
    """Return how many entry points of the two go on working while the other part is down."""
    calls: dict[str, set[str]] = {}
    for edge in ground.graph.edges:
        source, target = ground.index.owner(edge.source), ground.index.owner(edge.target)
        if edge.kind == "call" and source and target:
            calls.setdefault(source, set()).add(target)
    going, entries = 0, 0
    for here, there in (pair, pair[::-1]):
        for unit in ground.graph.units:
            owner = ground.index.owner(unit.symbol)
            if unit.entry is None or unit.entry.kind == "test" or ground.placed.get(owner) != here:
                continue
            entries += 1
            going += not any(ground.placed.get(reached) == there for reached in _reach(owner, calls))
    return Term("entry points that go on", "worth", going, f"of {entries}")


def _changes(ground: _Ground, pair: tuple[str, str], history: History) -> list[Term]:
    """Return how seldom the two change together, and how few people change both."""
    where = _service_by_path(ground)
    touched = [{where.get(path, "") for path in paths} & set(pair) for paths in history.change_sets]
    own = sum(len(found) == 1 for found in touched)
    authors = [
        {author for file in history.files if where.get(file.path) == name for author in file.authors} for name in pair
    ]
    either = authors[0] | authors[1]
    return [
        Term("commits to one side alone", "worth", own, f"of {sum(bool(found) for found in touched)}"),
        Term("authors of one side alone", "worth", len(authors[0] ^ authors[1]), f"of {len(either)}"),
    ]


def _service_by_path(ground: _Ground) -> dict[str, str]:
    """Return the service of most of each file."""
    counts: dict[str, Counter[str]] = {}
    for symbol, service in ground.placed.items():
        counts.setdefault(ground.index.path(symbol), Counter())[service] += 1
    return {path: max(sorted(held), key=lambda name: held[name]) for path, held in counts.items()}


def _touched(ground: _Ground, pair: tuple[str, str]) -> dict[tuple[str, str], set[str]]:
    """Return the ways in which each of two parts touches assets and mutable state, by (name, part)."""
    mutable = {state.symbol for state in ground.graph.states if state.is_mutated}
    found: dict[tuple[str, str], set[str]] = {}
    for edge in ground.graph.edges:
        part = ground.placed.get(ground.index.owner(edge.source), "")
        if part in pair and (is_asset(edge.target) or edge.target in mutable):
            found.setdefault((edge.target, part), set()).add(edge.kind)
    return found


def _cut_transactions(ground: _Ground, calls: Sequence[CutEdge]) -> list[str]:
    """Return the cut calls whose two ends both write to a database: what one transaction did, two would have to."""
    writers = {
        ground.index.owner(edge.source)
        for edge in ground.graph.edges
        if edge.kind == "write" and edge.target.startswith(TRANSACTIONAL)
    }
    cut = [e for e in calls if {ground.index.owner(e.source), ground.index.owner(e.target)} <= writers]
    return list(_sites(cut))


def _reach(start: str, calls: Mapping[str, set[str]]) -> set[str]:
    """Return the units that a unit calls, directly or not."""
    found, work = {start}, [start]
    while work:
        for target in calls.get(work.pop(), set()) - found:
            found.add(target)
            work.append(target)
    return found


def _worth_sentence(judgement: Judgement) -> str:
    """Return why to part the two, or that nothing speaks for it."""
    if not judgement.worth:
        pair = f"`{judgement.first}` and `{judgement.second}`"
        return f"Nothing speaks for parting {pair}: neither rhythm, hardware, size nor libraries."
    return f"`{judgement.first}` and `{judgement.second}` are worth parting: {'; '.join(judgement.worth)}."


def _price_sentence(judgement: Judgement, terms: Mapping[str, Term]) -> str:
    """Return what parting the two costs."""
    if judgement.against:
        return f"Against it stands that {'; '.join(judgement.against)}."
    calls, changes = (
        terms["calls"].value,
        terms["uses that need a change"].value + terms["uses that cannot be cut"].value,
    )
    handed = terms["handed over"]
    ties = [f"{_counted(calls, 'call')} a run ({_number(terms['wire'].value)} ms on the wire)"] if calls else []
    ties += [f"{_counted(handed.value, 'asset')} handed over"] if handed.value else []
    ties += [f"{_counted(changes, 'use')} to change first"] if changes else []
    return (
        f"The price is {' and '.join(ties)}."
        if ties
        else "It costs nothing: neither calls the other or reads what it writes."
    )


def _likeness(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    """Return how alike two mixtures of roles are: the mass that they have in common, 0 to 1."""
    one, two = sum(first.values()) or 1.0, sum(second.values()) or 1.0
    return sum(min(first[role] / one, second[role] / two) for role in first.keys() & second.keys())


def _main(portrait: Portrait) -> str:
    """Return the strongest role of a part and its share."""
    whole = sum(portrait.telling.values())
    return f"{portrait.role} {100 * portrait.telling[portrait.role] / whole:.0f} %" if portrait.role else "support"


def _sites(edges: Iterable[CutEdge]) -> tuple[str, ...]:
    """Return the places of some cut edges, the first few."""
    places = dict.fromkeys(f"{edge.sites[0].path}:{edge.sites[0].line}" for edge in edges if edge.sites)
    return tuple(places)[:MOST_EVIDENCE]


def _names(names: Iterable[str]) -> tuple[str, ...]:
    """Return some names, sorted, each once, the first few."""
    return tuple(sorted(set(names)))[:MOST_EVIDENCE]


def _counted(value: float, noun: str) -> str:
    """Return a figure with its noun, `1 asset` or `2 assets`."""
    return f"{_number(value)} {noun}{'' if value == 1 else 's'}"


def _number(value: float) -> str:
    """Return a figure with as many digits as mean something."""
    return f"{value:,.0f}" if value >= 10 or value == round(value) else f"{value:.2g}"


_VERDICTS = (
    ("safe", "uses that are safe"),
    ("safe-with-adapter", "uses that are adapted"),
    ("needs-change", "uses that need a change"),
    ("forbidden", "uses that cannot be cut"),
)
"""Verdicts of `generator` hazards by how a term calls them."""
