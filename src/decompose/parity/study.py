"""The table that the studies argue about, one row a claim, with a number for both sides."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence

from decompose.ir.reports import Capacity, Figure, Kill, LoadFigures, Rollout, StudyRow
from decompose.parity.bootstrap import share_of

ASPECTS = (
    "performance", "scalability", "reliability", "maintainability", "modularity", "integration", "deployment",
    "model versioning", "ETL resilience", "operational complexity",
)  # fmt: skip
"""Rows of the study, in the order in which they are shown."""
ALL = "all"
"""Name of the mix of all requests."""
_SIDES = ("monolith", "services")
POLL_S = 0.05
"""Pause between two looks for the answer of a new model."""
_TIE = 0.05
_TELLING = 1.02
"""Below this ratio the difference says more."""


def row(
    aspect: str,
    measure: str,
    monolith: Figure | None,
    services: Figure | None,
    *,
    higher_is_better: bool = False,
    evidence: str = "",
    threshold: float = _TIE,
) -> StudyRow:
    """Return a row with its winner: the better number, unless the two are within the threshold or their intervals meet.

    Args:
        aspect: One of `ASPECTS`.
        measure: What is measured, with its unit in words.
        monolith: Its number; `None` when unknown.
        services: The same for the services.
        higher_is_better: Which direction wins.
        evidence: Where the numbers come from.
        threshold: Relative difference below which nobody wins.
    """
    if monolith is None or services is None or math.isnan(monolith.value) or math.isnan(services.value):
        return StudyRow(aspect=aspect, measure=measure, monolith=monolith, services=services, evidence=evidence)
    one, other = monolith.value, services.value
    if _meet(monolith, services) or abs(one - other) <= threshold * max(abs(one), abs(other)):
        return StudyRow(
            aspect=aspect, measure=measure, monolith=monolith, services=services, winner="tie", evidence=evidence
        )
    services_win = (other > one) == higher_is_better
    smaller, larger = sorted((abs(one), abs(other)))
    ratio = larger / smaller if smaller else 0.0
    by = f"{ratio:.3g} times" if ratio > _TELLING else f"{abs(other - one):.3g}"
    return StudyRow(
        aspect=aspect,
        measure=measure,
        monolith=monolith,
        services=services,
        winner="services" if services_win else "monolith",
        by=by,
        evidence=evidence,
    )


def _meet(one: Figure, other: Figure) -> bool:
    """Return whether two intervals overlap; figures without an interval never do."""
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.low <= other.high and other.low <= one.high


def performance_rows(load: Iterable[LoadFigures]) -> list[StudyRow]:
    """Return median and tail latency at every load, over all entry points that both sides were asked for.

    Loads are ranked within each entry point, for predictions ask each at a rate of its own. Over entry points the
    geometric mean is taken, so that each counts alike however slow it is.
    """
    groups: dict[int, dict[str, dict[str, LoadFigures]]] = {}
    for rank, one in _ranked(load):
        groups.setdefault(rank, {}).setdefault(one.entry, {})[one.side] = one
    names = {0: "low", len(groups) - 1: "high"} if len(groups) > 1 else {}
    rows = []
    for rank, entries in sorted(groups.items()):
        pairs = [sides for sides in entries.values() if len(sides) == 2]
        if not pairs:
            continue
        at = f"at {names.get(rank, 'middle')} load, geometric mean of {len(pairs)} entry points, ms"
        rates = sorted({f"{sides['monolith'].rate_per_s:g}" for sides in pairs}, key=float)
        evidence = f"open loop, {'; '.join(rates)} requests per second"
        for name, text in (("p50_ms", "median latency"), ("p95_ms", "95th percentile")):
            means = [_geometric([getattr(sides[side], name) for sides in pairs]) for side in _SIDES]
            rows.append(row("performance", f"{text} {at}", *means, evidence=evidence))
    return rows


def _ranked(load: Iterable[LoadFigures]) -> Iterator[tuple[int, LoadFigures]]:
    """Yield figures with the rank of their rate among those of the same entry point and side."""
    groups: dict[tuple[str, str], list[LoadFigures]] = {}
    for one in load:
        groups.setdefault((one.entry, one.side), []).append(one)
    for _, group in sorted(groups.items()):
        yield from enumerate(sorted(group, key=lambda one: one.rate_per_s))


def _geometric(figures: Sequence[Figure]) -> Figure:
    """Return the geometric mean of figures, and of the ends of their intervals."""

    def mean(values: Iterable[float]) -> float:
        return math.exp(statistics.fmean(math.log(max(value, 1e-9)) for value in values))

    lows = [figure.value if figure.low is None else figure.low for figure in figures]
    highs = [figure.value if figure.high is None else figure.high for figure in figures]
    value = mean(figure.value for figure in figures)
    return Figure(value=value, low=mean(lows), high=mean(highs), unit=figures[0].unit, basis=figures[0].basis)


def capacity_rows(capacity: Iterable[Capacity]) -> list[StudyRow]:
    """Return the capacity of every entry point on both sides."""
    found: dict[str, dict[str, Capacity]] = {}
    for one in capacity:
        found.setdefault(one.entry, {})[one.side] = one
    rows = []
    for entry, sides in sorted(found.items()):
        if len(sides) == 2:
            one, other = sides["monolith"], sides["services"]
            full = f"; exhausted first: {other.bottleneck}" if other.bottleneck else ""
            evidence = f"one replica of each{full}"
            what = "all requests together" if entry == ALL else f"`{entry}` alone"
            measure = f"capacity for {what}, requests per second"
            rows.append(row("scalability", measure, one.per_s, other.per_s, higher_is_better=True, evidence=evidence))
    return rows


def kill_rows(kills: Iterable[Kill]) -> list[StudyRow]:
    """Return the failure blast radius: the mean share of entry points that one death takes along."""
    found = list(kills)
    parts = [kill for kill in found if kill.killed != "monolith"]
    if not parts or not any(kill.failed or kill.alive for kill in parts):
        return []
    shares = [len(kill.failed) / max(1, len(kill.failed) + len(kill.alive)) for kill in parts]
    basis = parts[0].basis
    worst = max(zip(shares, (kill.killed for kill in parts), strict=True))
    return [
        row(
            "reliability",
            "entry points that one dead process takes along, mean share",
            Figure(value=1.0, unit="share", basis=basis),
            Figure(value=sum(shares) / len(shares), unit="share", basis=basis),
            evidence=f"{len(parts)} services killed in turn; worst is `{worst[1]}` with {worst[0]:.0%}",
        )
    ]


def rollout_rows(rollouts: Iterable[Rollout], cold_start_s: Mapping[str, Figure]) -> list[StudyRow]:
    """Return what rolling the model forward and back cost; where it needs a restart, the restart is the time."""
    sides = {one.side: one for one in rollouts}
    if len(sides) < 2:
        return []
    failed = {side: share_of(one.failed, one.asked, unit="share") for side, one in sides.items()}
    times = {side: _within_poll(_rolled_s(one, cold_start_s)) for side, one in sides.items()}
    needing = [f"the {side} must be restarted for it" for side, one in sides.items() if one.forward_s is None]
    asked = " and ".join(f"{one.failed} of {one.asked} on the {side}" for side, one in sides.items())
    aspect = "model versioning"
    return [
        row(aspect, "requests that fail while a model is rolled forward and back, share", failed["monolith"],
            failed["services"], evidence=asked),
        row(aspect, "time until the new model answers, s", times["monolith"], times["services"],
            evidence="; ".join(needing), threshold=0.2),
    ]  # fmt: skip


def _within_poll(seconds: float) -> Figure:
    """Return a time that was seen by asking again and again, with the pause between two looks as its interval."""
    return Figure(value=seconds, low=max(0.0, seconds - POLL_S), high=seconds + POLL_S, unit="s", basis="measured")


def _rolled_s(one: Rollout, cold_start_s: Mapping[str, Figure]) -> float:
    return cold_start_s[one.side].value if one.forward_s is None else one.forward_s


def verdict_of(rows: Iterable[StudyRow]) -> tuple[str, tuple[str, ...]]:
    """Return `split`, `split partly` or `stay`, with the three numbers that decide it.

    An aspect goes to the side that wins more of its rows; rows that any split of any system would fill alike do not
    count. `split` when the services win at least twice as many aspects as the monolith, `stay` when they win no more
    than it, `split partly` between.
    """
    found = [one for one in rows if not one.is_by_construction]
    balance = {aspect: _balance(found, aspect) for aspect in ASPECTS}
    won = sum(value > 0 for value in balance.values())
    lost = sum(value < 0 for value in balance.values())
    verdict = "stay" if won <= lost else "split" if won >= 2 * lost else "split partly"
    decided = [one for one in found if one.winner in ("monolith", "services") and one.monolith and one.services]
    decided.sort(key=lambda one: (-_ratio(one), one.measure))
    texts = [f"{one.measure}: {one.monolith} in the monolith, {one.services} across services" for one in decided[:3]]
    return verdict, (f"services win {won} aspects, the monolith {lost}", *texts)


def _balance(rows: Iterable[StudyRow], aspect: str) -> int:
    return sum((one.winner == "services") - (one.winner == "monolith") for one in rows if one.aspect == aspect)


def _ratio(one: StudyRow) -> float:
    if one.monolith is None or one.services is None:
        return 0.0
    values = sorted((abs(one.monolith.value), abs(one.services.value)))
    return values[1] / values[0] if values[0] else values[1] + 1
