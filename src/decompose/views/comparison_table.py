"""The study's table and the load figures as rows of text, for pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import msgspec

from decompose.ir.reports import Figure, LoadFigures, StudyRow

QUESTIONS = {
    "performance": "How long does one request take?",
    "scalability": "How much can it take, and what does more cost?",
    "reliability": "What stops working when one process dies?",
    "maintainability": "How much must be rebuilt after a change?",
    "modularity": "How far can a change reach unseen?",
    "integration": "What can other programs use?",
    "deployment": "What has to be shipped and started?",
    "model versioning": "Can a model be exchanged while requests come in?",
    "ETL resilience": "How much work is lost when a run breaks off?",
    "operational complexity": "How much is there to run and to watch?",
}
"""Aspect to what a newcomer would ask."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table."""

    measure: str
    monolith: str
    services: str
    predicted: str
    winner: str
    by: str
    basis: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Aspect:
    """One aspect of the study, with its rows."""

    name: str
    question: str
    winner: str
    lines: tuple[Line, ...]


def aspects(rows: Iterable[StudyRow]) -> list[Aspect]:
    """Return the table, grouped by aspect, in its order."""
    found = []
    for name, group in groupby(rows, key=lambda row: row.aspect):
        kept = list(group)
        found.append(Aspect(name, QUESTIONS.get(name, ""), balance(kept), tuple(_line(row) for row in kept)))
    return found


def headlines(rows: Iterable[StudyRow]) -> list[Aspect]:
    """Return each aspect with the one row that says most: measured before predicted, decided before tied."""
    return [
        Aspect(name, QUESTIONS.get(name, ""), balance(kept), (_line(max(kept, key=_weight)),))
        for name, kept in ((name, list(group)) for name, group in groupby(rows, key=lambda row: row.aspect))
    ]


def _weight(row: StudyRow) -> tuple[bool, bool, bool]:
    """Return how much a row says of its aspect; of equals the first is taken."""
    basis = row.services.basis if row.services is not None else ""
    return not row.is_by_construction, basis == "measured", row.winner in ("monolith", "services")


def balance(rows: Iterable[StudyRow]) -> str:
    """Return which side wins more of the rows that count: `services`, `monolith`, `tie` or `unknown`."""
    counts = Counter(row.winner for row in rows if not row.is_by_construction)
    if counts["services"] != counts["monolith"]:
        return "services" if counts["services"] > counts["monolith"] else "monolith"
    return "tie" if counts["services"] or counts["tie"] else "unknown"


def winners(rows: Sequence[StudyRow]) -> list[tuple[str, list[str]]]:
    """Return who wins which aspects."""
    won: dict[str, list[str]] = {"services": [], "monolith": [], "tie": []}
    for aspect in aspects(rows):
        won.setdefault(aspect.winner, []).append(aspect.name)
    return [(side, names) for side, names in won.items() if names]


def _line(row: StudyRow) -> Line:
    said = [f"{name} {bare_text(value)}" for name, value in
            (("monolith", row.predicted_monolith), ("services", row.predicted_services)) if value is not None]  # fmt: skip
    basis = row.services.basis if row.services is not None else ""
    return Line(
        measure=row.measure,
        monolith=figure_text(row.monolith),
        services=figure_text(row.services),
        predicted=", ".join(said),
        winner=row.winner,
        by=row.by,
        basis=basis,
        evidence=row.evidence + ("; true of any split, so it does not count" if row.is_by_construction else ""),
    )


def figure_text(figure: Figure | None) -> str:
    """Return a number with its interval."""
    return "not known" if figure is None else str(figure)


def bare_text(figure: Figure) -> str:
    """Return a number without its interval."""
    return str(msgspec.structs.replace(figure, low=None, high=None))


@dataclass(frozen=True, slots=True)
class LoadLine:
    """One row of the table of latencies: an entry, a side and a load, predicted and measured."""

    entry: str
    side: str
    rate: str
    cells: tuple[str, ...]
    """p50, p95, p99 and errors, each `measured` and, in brackets, `predicted`."""


def load_lines(load: Iterable[LoadFigures]) -> list[LoadLine]:
    """Return latencies as rows, a prediction and its measurement in one row where the loads agree."""
    rows: dict[tuple[str, float, str], dict[str, LoadFigures]] = {}
    for one in load:
        rows.setdefault((one.entry, round(one.rate_per_s, 1), one.side), {})[one.p50_ms.basis] = one
    return [
        LoadLine(entry=entry, side=side, rate=f"{rate:g}", cells=_cells(found))
        for (entry, rate, side), found in sorted(rows.items())
    ]


def _cells(found: dict[str, LoadFigures]) -> tuple[str, ...]:
    real, said = found.get("measured"), found.get("predicted")
    cells = []
    for name in ("p50_ms", "p95_ms", "p99_ms"):
        texts = [str(getattr(real, name))] if real is not None else []
        texts += [f"predicted {getattr(said, name)}"] if said is not None else []
        cells.append("; ".join(texts))
    return (*cells, f"{real.error_share.value:.1%}" if real is not None else "")
