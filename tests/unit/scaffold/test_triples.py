"""The shrunken twin of `benchmarks/regeneration/triples.py`."""

from __future__ import annotations

from tests.unit.scaffold.triples import Session, Tally


def test_no_line_is_lost_over_random_edits_moves_and_changes(tmp_path):
    session = Session(tmp_path / "out", seed=3)

    for _ in range(6):
        session.triple()

    tally = session.tally
    assert tally.lines_written > 6
    assert tally.merged + tally.conflicts > 0
    wanted = Tally(6, tally.lines_written, 0, tally.merged, tally.conflicts)
    assert tally == wanted
