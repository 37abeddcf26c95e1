"""A comparison as Markdown; a pure function."""

from __future__ import annotations

from collections.abc import Iterable

from decompose.ir.codec import encode
from decompose.ir.reports import Capacity, Comparison, Figure, Kill, LoadFigures, StudyRow

_VERDICTS = {
    "split": "**Split.** The services win at least twice as many aspects as the monolith.",
    "split partly": "**Split partly.** The services win more aspects than the monolith, but not by much.",
    "stay": "**Stay a monolith.** The services do not win more aspects than they lose.",
}


def comparison_to_json(comparison: Comparison) -> str:
    """Return the record as JSON text."""
    return encode(comparison).decode()


def comparison_to_markdown(comparison: Comparison) -> str:
    """Return a page: verdict, the study's table, latency under load, capacity, who falls with whom, notes."""
    lines = [f"# Monolith and services: `{comparison.system}`", ""]
    lines += [_VERDICTS.get(comparison.verdict, comparison.verdict), ""]
    lines += [f"- {text}" for text in comparison.because]
    lines += ["", "## The study's table", "", *_study(comparison.rows)]
    if comparison.load:
        lines += ["", "## Latency under load", "", *_load(comparison.load)]
    if comparison.capacity:
        lines += ["", "## Capacity", "", *_capacity(comparison.capacity)]
    if comparison.kills:
        lines += ["", "## Who falls with whom", "", *_kills(comparison.kills)]
    if comparison.notes:
        lines += ["", "## What the numbers rest on", "", *(f"- {note}" for note in comparison.notes)]
    return "\n".join(lines) + "\n"


def _study(rows: Iterable[StudyRow]) -> list[str]:
    lines = [
        "| aspect | measured | monolith | services | better | by | evidence |",
        "| --- | --- | ---: | ---: | --- | ---: | --- |",
    ]
    for row in rows:
        cells = (
            row.aspect, row.measure, _figure(row.monolith, row.predicted_monolith),
            _figure(row.services, row.predicted_services), row.winner, row.by,
            row.evidence + ("; true of any split, so it does not count" if row.is_by_construction else ""),
        )  # fmt: skip
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return lines


def _figure(figure: Figure | None, predicted: Figure | None) -> str:
    if figure is None:
        return "unknown"
    tail = f", predicted {predicted.value:.3g}" if predicted is not None else ""
    mark = "" if figure.basis in ("measured", "counted") else f" *{figure.basis}*"
    return f"{figure}{tail}{mark}"


def _load(figures: Iterable[LoadFigures]) -> list[str]:
    lines = [
        "| entry | side | per s | p50 | p95 | p99 | errors | |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for one in sorted(figures, key=lambda f: (f.entry, f.rate_per_s, f.side, f.p50_ms.basis)):
        cells = (
            f"`{one.entry}`", one.side, f"{one.rate_per_s:g}", str(one.p50_ms), str(one.p95_ms), str(one.p99_ms),
            f"{one.error_share.value:.1%}", one.p50_ms.basis,
        )  # fmt: skip
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return lines


def _capacity(found: Iterable[Capacity]) -> list[str]:
    lines = ["| entry | side | per s | exhausted first | |", "| --- | --- | ---: | --- | --- |"]
    for one in sorted(found, key=lambda c: (c.entry, c.side, c.per_s.basis)):
        cells = (f"`{one.entry}`", one.side, f"{one.per_s.value:.3g}", one.bottleneck, one.per_s.basis)
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return lines


def _kills(kills: Iterable[Kill]) -> list[str]:
    lines = ["| killed | stops answering | still answers | |", "| --- | --- | --- | --- |"]
    for kill in kills:
        failed = ", ".join(f"`{entry}`" for entry in kill.failed) or "nothing"
        alive = ", ".join(f"`{entry}`" for entry in kill.alive) or "nothing"
        lines.append(f"| `{_cell(kill.killed)}` | {_cell(failed)} | {_cell(alive)} | {kill.basis} |")
    return lines


def _cell(text: str) -> str:
    printable = "".join(c if c.isprintable() else " " for c in text)
    return printable.replace("|", "\\|")
