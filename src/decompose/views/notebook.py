"""Records as a notebook shows them: a picture where there is one, tables, and few words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch

from markupsafe import Markup

from decompose.errors import RenderError
from decompose.ir.graph import CodeGraph
from decompose.ir.plan import Plan
from decompose.ir.reports import Comparison, Figure
from decompose.views.dot import dot_source, render
from decompose.views.html import environment

MOST_ROWS = 40
MOST_NAMED = 4
"""Members of a service that the table names."""


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as text; the first row of words is its head."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    left_out: int = 0


@singledispatch
def display(record: object) -> Mapping[str, str]:
    """Return a record as MIME type to text: always `text/plain`, and `text/html` where the record can be shown."""
    return {"text/plain": f"<{type(record).__name__}>"}


@display.register
def _graph(record: CodeGraph) -> Mapping[str, str]:
    line = f"{len(record.modules):,} modules, {len(record.units):,} units, {len(record.edges):,} edges"
    counts = Counter(unit.roles[0].role for unit in record.units if unit.roles)
    roles = ", ".join(f"{role} {count}" for role, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    lines = [line] + [f"roles: {roles}"] * bool(roles) + [f"{len(record.findings)} findings"] * bool(record.findings)
    try:
        svg = render(dot_source(record, level="services"), "svg").decode()
    except RenderError as error:
        return _bundle(record.name, [*lines, f"no picture: {error}"])
    return _bundle(record.name, lines, svg=svg[svg.index("<svg") :])


@display.register
def _plan(record: Plan) -> Mapping[str, str]:
    rows = [
        (service.name, service.kind, service.because, _named(service.members), _named(service.owns))
        for service in record.services
    ]
    table = Table(("part", "kind", "why", "holds", "owns"), rows)
    return _bundle(f"{record.system}: {record.verdict.decision}", record.verdict.because, table)


@display.register
def _comparison(record: Comparison) -> Mapping[str, str]:
    rows = [
        (row.aspect, row.measure, _figure(row.monolith), _figure(row.services), row.winner)
        for row in record.rows[:MOST_ROWS]
    ]
    table = Table(
        ("aspect", "measure", "monolith", "services", "better"), rows, left_out=len(record.rows) - len(rows)
    )  # fmt: skip
    title = f"{record.system}: {record.verdict}" if record.verdict else record.system
    return _bundle(title, record.because, table)


def _bundle(title: str, lines: Sequence[str], table: Table | None = None, *, svg: str = "") -> dict[str, str]:
    # Graphviz has escaped every name in its picture.
    picture = Markup(svg)  # noqa: S704
    html = environment().get_template("notebook.html.jinja").render(
        title=title, lines=lines, table=table, picture=picture
    )  # fmt: skip
    bundle = {"text/plain": "\n".join([title, *lines]), "text/html": html}
    return bundle | ({"image/svg+xml": svg} if svg else {})


def _figure(figure: Figure | None) -> str:
    return "–" if figure is None else f"{figure} ({figure.basis})"


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
