"""Pages of verification and comparison: self-contained, escaped, complete."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser

import pytest

from decompose.ir.reports import (
    Alternative,
    Capacity,
    Check,
    Comparison,
    Equivalence,
    Figure,
    Kill,
    LoadFigures,
    Rollout,
    Scaling,
    StudyRow,
)
from decompose.views import charts
from decompose.views.comparison_table import aspects, winners
from decompose.views.report import comparison_page, equivalence_page

NASTY = "<script>alert(1)</script>"


def _load(side: str, basis: str, factor: float) -> LoadFigures:
    def figure(value: float) -> Figure:
        return Figure(value=value, unit="ms", basis=basis)  # type: ignore[arg-type]

    return LoadFigures(
        entry="app:score",
        side=side,  # type: ignore[arg-type]
        rate_per_s=20.0,
        p50_ms=figure(5 * factor),
        p95_ms=figure(9 * factor),
        p99_ms=figure(12 * factor),
        curve_ms=tuple(factor * percent / 10 for percent in range(1, 100)),
    )


def _row(aspect: str, winner: str, **more: object) -> StudyRow:
    figures = {"monolith": Figure(value=1.0, unit="ms"), "services": Figure(value=2.0, unit="ms")}
    return StudyRow(aspect=aspect, measure=f"how much of {aspect}", winner=winner, **figures, **more)  # type: ignore[arg-type]


FOUND = Comparison(
    system=NASTY,
    rows=(
        _row("performance", "monolith", by="2 times", evidence=NASTY, predicted_services=Figure(value=3.5)),
        _row("scalability", "services"),
        _row("integration", "services", is_by_construction=True),
    ),
    load=tuple(
        _load(side, basis, factor)
        for side, factor in (("monolith", 1.0), ("services", 2.0))
        for basis in ("predicted", "measured")
    ),
    capacity=(Capacity(entry="app:score", side="monolith", per_s=Figure(value=90.0, basis="measured")),),
    kills=(
        Kill(killed="model", failed=("app:score",), alive=("app:home",)),
        Kill(killed="model", failed=("app:home",), alive=("app:score",), basis="measured"),
    ),
    scaling=tuple(
        Scaling(
            entry="app:score", side="monolith", processes=n, per_s=Figure(value=100.0 * n, low=90.0 * n, high=100.0 * n)
        )
        for n in (1, 2)
    ),
    rollouts=(
        Rollout(side="monolith", asked=10, failed=1),
        Rollout(side="services", asked=9, failed=0, forward_s=0.25),
    ),
    alternatives=(
        Alternative(name="recommended", services=3, cost=10.0, gain=80.0, is_chosen=True),
        Alternative(name="finer", services=6, cost=30.0, gain=90.0),
    ),
    verdict="split partly",
    because=("because",),
    notes=("a note",),
)


class _Checker(HTMLParser):
    """Checks that tags are balanced and collects what would be fetched."""

    VOID = frozenset({"meta", "br", "circle", "line", "polyline", "polygon"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _checked(page: str) -> str:
    checker = _Checker()
    checker.feed(page)
    assert checker.open == []
    assert checker.fetched == []
    assert "<script" not in page
    assert "http://" not in page and "https://" not in page
    return " ".join(checker.text)


def test_a_comparison_is_one_page_with_every_number() -> None:
    text = _checked(comparison_page(FOUND))

    for part in (
        "Split partly",
        "how much of performance",
        "2 times",
        "a note",
        "app:score",
        "needs a restart",
        "0.25 s",
    ):
        assert part in text
    assert "recommended (3)" in text
    assert "fails (predicted: answers)" in text


def test_a_prediction_alone_is_a_page_too() -> None:
    bare = Comparison(system="toy", rows=(), kills=(Kill(killed="model", failed=("app:score",)),))

    text = _checked(comparison_page(bare))

    assert "fails" in text
    assert "How long requests take" not in text


def test_the_same_comparison_gives_the_same_bytes() -> None:
    assert comparison_page(FOUND) == comparison_page(FOUND)


def test_rows_by_construction_win_nothing() -> None:
    assert winners(FOUND.rows) == [
        ("services", ["scalability"]),
        ("monolith", ["performance"]),
        ("unknown", ["integration"]),
    ]
    assert next(aspect.question for aspect in aspects(FOUND.rows)).startswith("How long")


def test_an_equivalence_is_a_page_with_the_worst_first() -> None:
    found = Equivalence(
        system="toy",
        kind="tests",
        checks=(
            Check(name="fine", outcome="equal"),
            Check(name="bad", outcome="different", difference=f"result[0]: value 1 != 2 {NASTY}", evidence="a.py:3"),
        ),
        notes=("floats within 1e-9",),
    )

    text = _checked(equivalence_page(found))

    assert text.index("bad") < text.index("fine")
    assert "Not shown to be equivalent" in text
    assert "a.py:3" in text
    assert "result[0]: value 1 != 2" in text


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(0, 10, [0, 2, 4, 6, 8, 10]), (3, 3, [3]), (0, 0.9, [0, 0.2, 0.4, 0.6, 0.8])]
)
def test_ticks_are_round(low: float, high: float, expected: list[float]) -> None:
    assert charts.ticks(low, high) == expected


def test_curves_stay_inside_the_picture() -> None:
    line = charts.Curve(label="a", points=((1.0, 0.0), (1000.0, 50.0)), kind="monolith")

    svg = charts.curves([line], charts.Axes(x="x", y="y", is_log_x=True), title="t")

    (path,) = re.findall(r'<polyline[^>]*points="([^"]*)"', svg)
    spots = [tuple(map(float, pair.split(","))) for pair in path.split()]
    assert spots == [(charts.LEFT, charts.HEIGHT - charts.BOTTOM), (charts.WIDTH - charts.RIGHT, charts.TOP)]


def test_labels_of_points_do_not_cover_each_other() -> None:
    crowd = [charts.Point(f"p{n}", 1.0, 1.0) for n in range(4)]

    svg = charts.points(crowd, charts.Axes(x="x", y="y"), title="t")

    heights = sorted(float(y) for y in re.findall(r'<text class="name[^>]* y="([\d.]+)"', svg))
    assert len(heights) == 4
    assert all(later - sooner >= 13 for sooner, later in itertools.pairwise(heights))
