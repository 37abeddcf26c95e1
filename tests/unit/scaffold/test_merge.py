"""The three-way merge: both changes, or none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decompose.scaffold.merge import merge

BASE = b"a\nb\nc\nd\ne\n"


@pytest.mark.parametrize(
    ("mine", "theirs", "wanted"),
    [
        (b"a\nB\nc\nd\ne\n", b"a\nb\nc\nd\nE\n", b"a\nB\nc\nd\nE\n"),
        (b"x\na\nb\nc\nd\ne\n", b"a\nb\nc\nd\ne\ny\n", b"x\na\nb\nc\nd\ne\ny\n"),
        (b"a\nc\nd\ne\n", b"a\nb\nc\nd\n", b"a\nc\nd\n"),
        (BASE, b"new\n", b"new\n"),
        (b"mine\n", BASE, b"mine\n"),
        (b"a\nB\nc\nd\ne\n", b"a\nB\nc\nd\nE\n", b"a\nB\nc\nd\nE\n"),
        (b"a\nb\nc\nd\ne", b"A\nb\nc\nd\ne\n", b"A\nb\nc\nd\ne"),
        (b"", b"", b""),
    ],
)
def test_changes_in_different_places_are_both_there(mine, theirs, wanted):
    assert merge(BASE, mine, theirs) == wanted


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (b"a\nB\nc\nd\ne\n", b"a\nX\nc\nd\ne\n"),
        (b"a\nB\nc\nd\ne\n", b"a\nb\nX\nd\ne\n"),
        (b"a\nc\nd\ne\n", b"a\nX\nc\nd\ne\n"),
        (b"a\nb\nmine\nc\nd\ne\n", b"a\nb\ntheirs\nc\nd\ne\n"),
        (b"\xff\xfe", b"a\n"),
    ],
    ids=["one line", "neighbours", "deleted against changed", "insertions in one place", "no text"],
)
def test_changes_that_meet_are_not_merged(mine, theirs):
    assert merge(BASE, mine, theirs) is None


texts = st.lists(st.sampled_from("abcde"), max_size=8).map(lambda lines: "".join(f"{x}\n" for x in lines).encode())


@given(texts, texts, texts)
@settings(max_examples=300, deadline=None)
def test_laws_of_merging(base, mine, theirs):
    assert merge(base, mine, base) == mine
    assert merge(base, base, theirs) == theirs
    assert merge(base, mine, mine) == mine
    assert merge(base, mine, theirs) == merge(base, theirs, mine)


@given(texts, texts, st.lists(st.integers(0, 8), max_size=3))
@settings(max_examples=300, deadline=None)
def test_no_line_that_a_person_wrote_is_lost(base, theirs, places):
    lines = base.decode().splitlines(keepends=True)
    for number, place in enumerate(sorted(places, reverse=True)):
        lines.insert(min(place, len(lines)), f"mine {number}\n")

    merged = merge(base, "".join(lines).encode(), theirs)

    assert merged is None or all(f"mine {n}\n".encode() in merged for n in range(len(places)))
