"""The shrunken twin of `benchmarks/parity/seeded.py`: seeded changes in generated services are found, others are not."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks" / "parity"))

from seeded_cases import ALIKE, CHANGED, applied
from seeded_system import MonolithSide, ServicesSide, build

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("services")]
CASES = {case.name: case for case in (*CHANGED, *ALIKE)}
FOUND = ("mutation of an argument dropped", "generator cut short", "warning swallowed", "negative values lost")
NOT_FOUND = ("nothing changed", "generator by another loop")


@pytest.fixture(scope="module")
def monolith(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seeded")
    root, out = build(folder / "system")
    return MonolithSide(root, out, folder / "monolith-side")


def _differences(name, monolith, folder):
    changed = applied([CASES[name]], monolith.out, folder / "changed")
    return ServicesSide(monolith, changed, folder / "services-side").differences()


@pytest.mark.parametrize("name", FOUND)
def test_a_changed_service_is_found(name, monolith, tmp_path):
    assert _differences(name, monolith, tmp_path)


@pytest.mark.parametrize("name", NOT_FOUND)
def test_a_service_that_behaves_alike_raises_no_alarm(name, monolith, tmp_path):
    assert _differences(name, monolith, tmp_path) == []


def test_the_suite_is_large_enough():
    assert len(CHANGED) >= 40
    assert len(ALIKE) >= 20
    assert len(CASES) == len(CHANGED) + len(ALIKE)
