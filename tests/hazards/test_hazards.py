"""The labelled suite of cuts: how much of it is found, and how much is found that is not there."""

from __future__ import annotations

from collections import Counter

import pytest
import suite

from decompose.boundary.hazards import ROWS

RECALL_FLOOR = 0.99
PRECISION_FLOOR = 0.99


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[suite.Outcome]:
    return suite.run(tmp_path_factory.mktemp("cuts"), suite.read_cases())


def test_the_suite_has_ten_variants_of_every_row_and_two_hundred_near_misses() -> None:
    cases = suite.read_cases()
    variants = Counter(case.row for case in cases if case.row in case.expected)

    assert set(variants) == set(ROWS) == set(range(1, 28))
    assert min(variants.values()) >= 10
    assert sum(not case.expected for case in cases) >= 200


def test_hazards_are_found_and_nothing_else(outcomes: list[suite.Outcome]) -> None:
    right = sum(len(o.case.expected & o.hazards) for o in outcomes)
    reported = sum(len(o.hazards) for o in outcomes)
    expected = sum(len(o.case.expected) for o in outcomes)
    wrong = [
        f"{o.case.name} {o.case.label}: {sorted(o.case.expected ^ o.hazards)}"
        for o in outcomes
        if o.case.expected != o.hazards
    ]
    print(f"hazards: precision {right / reported:.3f} recall {right / expected:.3f} on {len(outcomes)} cuts")

    assert right / expected >= RECALL_FLOOR, wrong
    assert right / reported >= PRECISION_FLOOR, wrong


def test_every_hazard_has_a_place_and_a_reason(outcomes: list[suite.Outcome]) -> None:
    for outcome in outcomes:
        assert bool(outcome.hazards) == bool(outcome.lines)
        assert all(path.startswith(outcome.case.name) and line > 0 for path, line in outcome.lines)
        assert bool(outcome.why) == bool(outcome.hazards)


def test_an_edge_without_hazards_is_safe_and_no_other_is(outcomes: list[suite.Outcome]) -> None:
    for outcome in outcomes:
        assert (outcome.verdict == "safe") == (not outcome.hazards)


def test_a_live_handle_as_an_argument_is_forbidden(outcomes: list[suite.Outcome]) -> None:
    (case,) = [o for o in outcomes if o.case.label == "open file"]

    assert case.verdict == "forbidden"
    assert "live handle" in case.why


def test_a_constant_that_is_made_anew_on_each_side_needs_no_change(outcomes: list[suite.Outcome]) -> None:
    verdicts = {o.case.label: o.verdict for o in outcomes}

    assert verdicts["path constant of the caller's module"] == "safe-with-adapter"
    assert verdicts["computed data"] == "needs-change"
