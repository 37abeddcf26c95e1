"""The pictures of a comparison: latency distributions, throughput, who falls with whom, plans."""

from __future__ import annotations

from collections.abc import Iterable

from decompose.ir.reports import Comparison, Figure, Kill, LoadFigures, Scaling
from decompose.views.charts import Axes, Curve, Point, curves, matrix, points

_MARKS = {
    ("fails", "fails"): ("fails", "fails", "fails, as predicted"),
    ("answers", "answers"): ("answers", "answers", "answers, as predicted"),
}


def latencies(found: Comparison) -> list[tuple[str, str]]:
    """Return (caption, SVG) of the latency distribution of every entry, at its middle load."""
    pictures = []
    for entry in sorted({one.entry for one in found.load}):
        lines = [line for one in _middle(found.load, entry) for line in _distribution(one)]
        if lines:
            axes = Axes(x="milliseconds until the answer", y="percent answered by then", is_log_x=True)
            pictures.append((entry, curves(lines, axes, title=f"How fast {entry} answers")))
    return pictures


def _middle(load: Iterable[LoadFigures], entry: str) -> list[LoadFigures]:
    """Return the figures of one entry at the middle one of its loads, for each side and basis."""
    chosen = []
    groups: dict[tuple[str, str], list[LoadFigures]] = {}
    for one in load:
        if one.entry == entry:
            groups.setdefault((one.p50_ms.basis, one.side), []).append(one)
    for _, group in sorted(groups.items()):
        chosen.append(sorted(group, key=lambda one: one.rate_per_s)[len(group) // 2])
    return chosen


def _distribution(one: LoadFigures) -> list[Curve]:
    if not one.curve_ms:
        return []
    steps = tuple((value, percent) for percent, value in enumerate(one.curve_ms, start=1))
    label = f"{one.side}, {one.p50_ms.basis}, {one.rate_per_s:g}/s"
    return [Curve(label=label, points=steps, kind=one.side, basis=one.p50_ms.basis)]


def scalings(found: Comparison) -> list[tuple[str, str]]:
    """Return (caption, SVG) of throughput against the number of processes, of every entry."""
    pictures = []
    for entry in sorted({one.entry for one in found.scaling}):
        lines = [_growth(entry, side, found.scaling) for side in ("monolith", "services")]
        lines += [_measured_point(found, entry, side) for side in ("monolith", "services")]
        axes = Axes(x="processes, each on a core of its own", y="requests per second")
        drawn = [line for line in lines if line.points]
        pictures.append((entry, curves(drawn, axes, title=f"What {entry} can take")))
    return pictures


def _growth(entry: str, side: str, scaling: Iterable[Scaling]) -> Curve:
    steps = sorted(
        ((one.processes, one.per_s) for one in scaling if (one.entry, one.side) == (entry, side)), key=_first
    )
    band = tuple((float(count), low, high) for count, rate in steps for low, high in _interval(rate))
    line = tuple((float(count), rate.value) for count, rate in steps)
    return Curve(label=f"{side}, predicted", points=line, kind=side, basis="predicted", band=band)


def _first(step: tuple[int, Figure]) -> int:
    return step[0]


def _interval(figure: Figure) -> list[tuple[float, float]]:
    return [(figure.low, figure.high)] if figure.low is not None and figure.high is not None else []


def _measured_point(found: Comparison, entry: str, side: str) -> Curve:
    """Return what was measured on this machine, whose cores all parts share, as a single point."""
    real = [one for one in found.capacity if one.per_s.basis == "measured" and (one.entry, one.side) == (entry, side)]
    least = [one.processes for one in found.scaling if (one.entry, one.side) == (entry, side)]
    spots = tuple((float(min(least)), one.per_s.value) for one in real if least)
    return Curve(label=f"{side}, measured on this machine", points=spots, kind=side)


def deaths(found: Comparison) -> str:
    """Return the matrix of killed parts and entries that fail, predicted and measured."""
    by_basis: dict[str, dict[str, Kill]] = {}
    for kill in found.kills:
        by_basis.setdefault(kill.basis, {})[kill.killed] = kill
    measured, predicted = by_basis.get("measured", {}), by_basis.get("predicted", {})
    shown = measured or predicted
    entries = sorted({entry for kill in shown.values() for entry in (*kill.failed, *kill.alive)})
    if not entries:
        return ""

    def cell(killed: str, entry: str) -> tuple[str, str, str]:
        real, said = _fate(measured.get(killed), entry), _fate(predicted.get(killed), entry)
        if not real:
            return said or "unknown", said or "not known", f"{said}, predicted" if said else "not known"
        known = _MARKS.get((real, said))
        return known or (real, real + (f" (predicted: {said})" if said else ""), f"{real}, measured")

    rows = sorted(shown, key=lambda name: (name != "monolith", name))
    return matrix(rows, entries, cell, title="Which entry points fail when a process dies")


def _fate(kill: Kill | None, entry: str) -> str:
    if kill is None:
        return ""
    return "fails" if entry in kill.failed else "answers" if entry in kill.alive else ""


def pareto(found: Comparison) -> str:
    """Return the plans that nothing else beats: what a cut costs against what it parts."""
    named = [
        Point(f"{one.name} ({one.services})", one.cost, one.gain, is_chosen=one.is_chosen) for one in found.alternatives
    ]
    axes = Axes(x="calls that cross a wire, percent", y="how pure each part is, percent", y_from_zero=False)
    return points(named, axes, title="Plans that no other plan beats")
