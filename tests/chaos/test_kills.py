"""The shrunken twin of `benchmarks/trust/kills.py`: services die during acknowledged work; none is lost or doubled."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks" / "trust"))

from kills import trial

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("services")]


def test_what_is_acknowledged_survives_kills_and_acts_once(tmp_path: Path) -> None:
    found = trial(tmp_path, kills=6, requests=300, clients=4, seed=3)

    assert found["acknowledged"] >= 300  # type: ignore[operator]
    assert sum(found["kills"].values()) == 6  # type: ignore[attr-defined]
    assert (found["lost"], found["twice"], found["jobs unfinished"]) == (0, 0, 0), found
    assert found["jobs accepted"] > 0  # type: ignore[operator]
