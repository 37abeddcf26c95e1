"""Plots as SVG text: curves, ranges, a matrix, points. Pure functions; every mark has a label, colour never stands alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH, HEIGHT = 560, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 14, 42
DASHES = {"measured": "", "predicted": ' stroke-dasharray="6 4"'}
_LABEL_PX = 13


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a plot."""

    label: str
    points: tuple[tuple[float, float], ...]
    kind: str
    """CSS class, which gives the colour: `monolith` or `services`."""
    basis: str = "measured"
    """`predicted` is dashed."""
    band: tuple[tuple[float, float, float], ...] = ()
    """(x, low, high) of the interval around it."""


@dataclass(frozen=True, slots=True)
class Axes:
    """What the axes of a plot say."""

    x: str
    y: str
    is_log_x: bool = False
    y_from_zero: bool = True
    x_ticks: tuple[float, ...] = field(default=())


def curves(lines: Sequence[Curve], axes: Axes, *, title: str) -> str:
    """Return a plot of lines; the legend stands below it."""
    xs = [x for line in lines for x, _ in line.points]
    ys = [y for line in lines for _, y in line.points] + [high for line in lines for *_, high in line.band]
    if not xs:
        return ""
    to_x = _scale(min(xs), max(xs), LEFT, WIDTH - RIGHT, is_log=axes.is_log_x)
    to_y = _scale(0.0 if axes.y_from_zero else min(ys), max(ys), HEIGHT - BOTTOM, TOP)
    parts = [*_grid(xs, ys, axes, to_x, to_y)]
    for line in lines:
        if line.band:
            upper = [(x, high) for x, _, high in line.band]
            lower = [(x, low) for x, low, _ in reversed(line.band)]
            parts.append(f'<polygon class="band {line.kind}" points="{_path([*upper, *lower], to_x, to_y)}"/>')
        dash = DASHES.get(line.basis, "")
        parts.append(f'<polyline class="line {line.kind}"{dash} points="{_path(line.points, to_x, to_y)}"/>')
        if len(line.points) <= 12:
            parts += [
                f'<circle class="dot {line.kind}" cx="{to_x(x):.1f}" cy="{to_y(y):.1f}" r="3"/>' for x, y in line.points
            ]
    return _svg(parts, title=title) + _legend(lines)


def matrix(
    rows: Sequence[str], columns: Sequence[str], cell: Callable[[str, str], tuple[str, str, str]], *, title: str
) -> str:
    """Return a table of coloured cells.

    Args:
        rows: Names down the side.
        columns: Names along the top.
        cell: CSS class, text and explanation of one cell.
        title: What the picture shows.
    """
    head = "".join(f'<th scope="col"><span>{escape(name)}</span></th>' for name in columns)
    body = []
    for row in rows:
        cells = (cell(row, column) for column in columns)
        told = "".join(f'<td class="{kind}" title="{escape(why)}">{escape(text)}</td>' for kind, text, why in cells)
        body.append(f'<tr><th scope="row">{escape(row)}</th>{told}</tr>')
    top, rest = f"<thead><tr><td></td>{head}</tr></thead>", f"<tbody>{''.join(body)}</tbody>"
    return f'<table class="matrix" aria-label="{escape(title)}">{top}{rest}</table>'


@dataclass(frozen=True, slots=True)
class Point:
    """One named point of a plot."""

    label: str
    x: float
    y: float
    is_chosen: bool = False


def points(found: Sequence[Point], axes: Axes, *, title: str) -> str:
    """Return a plot of named points; the chosen one is filled and named in bold."""
    if not found:
        return ""
    xs, ys = [point.x for point in found], [point.y for point in found]
    to_x = _scale(0.0, max(xs) * 1.1 or 1.0, LEFT, WIDTH - RIGHT - 110)
    to_y = _scale(min(ys) * 0.95, max(ys) * 1.02 or 1.0, HEIGHT - BOTTOM, TOP)
    parts = [*_grid([0.0, *xs], [min(ys) * 0.95, *ys], axes, to_x, to_y)]
    taken: list[float] = []
    for point in sorted(found, key=lambda one: (-one.y, one.x, one.label)):
        x, y = to_x(point.x), to_y(point.y)
        text_y = _free(y, taken)
        kind = "chosen" if point.is_chosen else "other"
        parts.append(f'<circle class="point {kind}" cx="{x:.1f}" cy="{y:.1f}" r="6"/>')
        parts.append(f'<text class="name {kind}" x="{x + 10:.1f}" y="{text_y + 4:.1f}">{escape(point.label)}</text>')
    return _svg(parts, title=title)


def _free(y: float, taken: list[float]) -> float:
    """Return the next height below `y` at which no label stands yet."""
    while any(abs(y - other) < _LABEL_PX for other in taken):
        y += _LABEL_PX
    taken.append(y)
    return y


def _scale(low: float, high: float, start: float, end: float, *, is_log: bool = False) -> Callable[[float], float]:
    if is_log:
        low, high = math.log10(max(low, 1e-6)), math.log10(max(high, 1e-6))
    span = (high - low) or 1.0

    def place(value: float) -> float:
        at = math.log10(max(value, 1e-6)) if is_log else value
        return start + (at - low) / span * (end - start)

    return place


def _path(points: Iterable[tuple[float, float]], to_x: Callable[[float], float], to_y: Callable[[float], float]) -> str:
    return " ".join(f"{to_x(x):.1f},{to_y(y):.1f}" for x, y in points)


def _grid(
    xs: Sequence[float], ys: Sequence[float], axes: Axes, to_x: Callable[[float], float], to_y: Callable[[float], float]
) -> Iterable[str]:
    """Yield lines, numbers and names of the axes."""
    bottom = HEIGHT - BOTTOM
    x_ticks = axes.x_ticks or (_log_ticks(min(xs), max(xs)) if axes.is_log_x else ticks(min(xs), max(xs)))
    for value in x_ticks:
        x = to_x(value)
        yield f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}"/>'
        yield f'<text class="tick" x="{x:.1f}" y="{bottom + 15}" text-anchor="middle">{_number(value)}</text>'
    for value in ticks(0.0 if axes.y_from_zero else min(ys), max(ys)):
        y = to_y(value)
        yield f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>'
        yield f'<text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_number(value)}</text>'
    middle = (LEFT + WIDTH - RIGHT) / 2
    yield f'<text class="axis" x="{middle:.0f}" y="{HEIGHT - 6}" text-anchor="middle">{escape(axes.x)}</text>'
    centre = (TOP + bottom) / 2
    turned = f'x="13" y="{centre:.0f}" transform="rotate(-90 13 {centre:.0f})"'
    yield f'<text class="axis" {turned} text-anchor="middle">{escape(axes.y)}</text>'


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round numbers between two values, at most `most` of them."""
    if high <= low:
        return [low]
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw)
    first = math.ceil(low / step - 1e-9)
    return [round(number * step, 12) for number in range(first, math.floor(high / step + 1e-9) + 1)]


def _log_ticks(low: float, high: float) -> list[float]:
    powers = range(math.floor(math.log10(max(low, 1e-6))), math.ceil(math.log10(max(high, 1e-6))) + 1)
    found = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
    return [value for value in found if low <= value <= high] or [low, high]


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def _svg(parts: Iterable[str], *, title: str) -> str:
    label = escape(title)
    head = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}"><title>{label}</title>'
    return head + "".join(parts) + "</svg>"


def _legend(lines: Sequence[Curve]) -> str:
    entries = []
    for line in lines:
        stroke = f'<line class="line {line.kind}"{DASHES.get(line.basis, "")} x1="0" y1="4" x2="28" y2="4"/>'
        sample = f'<svg class="sample" viewBox="0 0 28 8">{stroke}</svg>'
        entries.append(f"<li>{sample}{escape(line.label)}</li>")
    return f'<ul class="legend">{"".join(entries)}</ul>'
