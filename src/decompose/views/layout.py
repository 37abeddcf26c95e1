"""Where boxes stand: the same input gives the same place, and flow runs from left to right. No physics."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush

Pair = tuple[str, str]
PULL = 0.3
"""Weight of one life-cycle stage of difference, in mean weights of a pair."""
WIDE = 1.2
"""Columns for each row of boxes: a card and its gap are wider than high, and so is a screen."""


def sequence(
    names: Iterable[str], weights: Mapping[Pair, float], *, first: Mapping[str, float] | None = None
) -> list[str]:
    """Return the names in an order in which little weight points backwards.

    Args:
        names: What to order.
        weights: Weight of each directed pair (`source` needs `target`); pairs of other names are ignored.
        first: Where a name belongs when the weights do not say; low comes first.

    Source:
        Eades, Lin, Smyth, "A fast and effective heuristic for the feedback arc set problem" (1993).
    """
    prior = first or {}
    left = sorted(names)
    out: dict[str, dict[str, float]] = {name: {} for name in left}
    back: dict[str, dict[str, float]] = {name: {} for name in left}
    for (source, target), weight in sorted(weights.items()):
        if source in out and target in out and source != target and weight > 0:
            out[source][target] = out[source].get(target, 0.0) + weight
            back[target][source] = back[target].get(source, 0.0) + weight
    surplus = {name: sum(out[name].values()) - sum(back[name].values()) for name in left}
    heap = [(-surplus[name], prior.get(name, 0.0), name) for name in left]
    heapify(heap)
    done: set[str] = set()
    order: list[str] = []
    while heap:
        key, _, name = heappop(heap)
        if name in done or key != -surplus[name]:
            continue
        done.add(name)
        order.append(name)
        for other, weight in sorted(out[name].items()):
            surplus[other] += weight
            if other not in done:
                heappush(heap, (-surplus[other], prior.get(other, 0.0), other))
        for other, weight in sorted(back[name].items()):
            surplus[other] -= weight
            if other not in done:
                heappush(heap, (-surplus[other], prior.get(other, 0.0), other))
    return order


def slots(
    names: Sequence[str], weights: Mapping[Pair, float], *, first: Mapping[str, float] | None = None
) -> dict[str, tuple[int, int]]:
    """Return column and row of each box, both from 0; what is needed stands left of what needs it.

    Long chains are folded into about as many columns as rows, so that both dimensions of a screen are used.

    Args:
        names: The boxes.
        weights: Weight of each directed pair (`source` needs `target`).
        first: Tie-breaker, low to the left.
    """
    prior = first or {}
    order = flow_order(names, weights, first=prior)
    columns = _fold(_layers(order, weights), max(1, round(math.sqrt(WIDE * len(order)))))
    return _rows(columns, weights, prior)


def flow_order(
    names: Sequence[str], weights: Mapping[Pair, float], *, first: Mapping[str, float] | None = None
) -> list[str]:
    """Return the names so that what is needed comes before what needs it, and early life-cycle stages before late ones.

    Args:
        names: What to order.
        weights: Weight of each directed pair (`source` needs `target`).
        first: Mean life-cycle stage of a name; it pulls gently where dependencies run both ways.
    """
    prior = first or {}
    inside = {pair: w for pair, w in weights.items() if pair[0] in names and pair[1] in names}
    pull = PULL * sum(inside.values()) / max(1, len(names) ** 2)
    for late in prior:
        for early in prior:
            if prior[late] > prior[early]:
                inside[late, early] = inside.get((late, early), 0.0) + pull * (prior[late] - prior[early])
    backward = {name: -value for name, value in prior.items()}
    joined = {name for (a, b), w in weights.items() if w > 0 and a != b for name in (a, b)}
    order = sequence(names, inside, first=backward)[::-1]
    return sorted(order, key=lambda name: name not in joined)


def _layers(order: Sequence[str], weights: Mapping[Pair, float]) -> list[list[str]]:
    """Put each box right of all that it needs, as far as the order allows."""
    place = {name: number for number, name in enumerate(order)}
    needs: dict[str, list[str]] = defaultdict(list)
    for (source, target), weight in weights.items():
        if weight > 0 and source in place and target in place and place[target] < place[source]:
            needs[source].append(target)
    layer: dict[str, int] = {}
    for name in order:
        layer[name] = 1 + max((layer[other] for other in needs[name]), default=-1)
    result: list[list[str]] = [[] for _ in range(1 + max(layer.values(), default=-1))]
    for name in order:
        result[layer[name]].append(name)
    return result


def _fold(layers: Sequence[list[str]], columns: int) -> list[list[str]]:
    """Join neighbouring layers until there are at most `columns`; split a layer that is higher than a column may be."""
    total = sum(len(layer) for layer in layers)
    high = max(1, math.ceil(total / columns))
    result: list[list[str]] = []
    for layer in layers:
        rest = list(layer)
        if result and len(result[-1]) + len(rest) <= high:
            result[-1] += rest
            continue
        if result and len(result[-1]) < high and len(layers) > columns:
            free = high - len(result[-1])
            result[-1] += rest[:free]
            rest = rest[free:]
        result += [rest[start : start + high] for start in range(0, len(rest), high)]
    return result


def _rows(
    columns: Sequence[list[str]], weights: Mapping[Pair, float], first: Mapping[str, float]
) -> dict[str, tuple[int, int]]:
    """Order each column by the mean row of what its boxes are joined to on the left."""
    row: dict[str, float] = {}
    result: dict[str, tuple[int, int]] = {}
    for number, column in enumerate(columns):
        centre = {name: _centre(name, weights, row) for name in column}
        for position, name in enumerate(sorted(column, key=lambda name: (centre[name], first.get(name, 0.0), name))):
            row[name] = position - (len(column) - 1) / 2
            result[name] = (number, position)
    return result


def _centre(name: str, weights: Mapping[Pair, float], row: Mapping[str, float]) -> float:
    near = [(row[a], w) for (a, b), w in weights.items() if b == name and a in row]
    near += [(row[b], w) for (a, b), w in weights.items() if a == name and b in row]
    total = sum(w for _, w in near)
    return sum(r * w for r, w in near) / total if total else 0.0
