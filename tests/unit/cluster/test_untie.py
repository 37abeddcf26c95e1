"""Circles of parts: helpers follow their users until none is left, work stays where it is."""

from __future__ import annotations

from graphs import system

from decompose.cluster.profile import profile_system
from decompose.cluster.relations import relate
from decompose.cluster.untie import circular, untie

PLACED = {"a:work": "one", "a:store": "one", "a:name": "one", "b:fit": "two", "b:tune": "two"}


def untied(*edges: str, **more: object) -> dict[str, str]:
    found = profile_system(
        system(*edges, roles={"a:work": "evaluation", "b:fit": "training", "b:tune": "training"}, **more)
    )
    return untie(found, relate(found), PLACED, frozenset())


def test_a_helper_and_what_it_calls_follow_their_only_user() -> None:
    placed = untied("a:work -> b:fit", "b:fit -> a:store", "a:store -> a:name")

    assert placed == PLACED | {"a:store": "two", "a:name": "two"}


def test_what_both_sides_use_is_shared() -> None:
    placed = untied("a:work -> b:fit", "b:fit -> a:store", "a:store -> a:name", "a:work -> a:name")

    assert placed == PLACED | {"a:store": "two", "a:name": "shared"}


def test_work_that_calls_back_stays() -> None:
    assert untied("a:work -> b:fit", "b:tune -> a:work", "a:store", "a:name") == PLACED


def test_one_way_calls_move_nothing() -> None:
    assert untied("a:work -> b:fit", "a:store -> a:name", "b:fit -> b:tune") == PLACED


def test_shared_code_is_in_no_circle() -> None:
    calls = [("a:work", "b:fit"), ("b:fit", "a:store")]

    assert circular(calls, PLACED) == calls
    assert circular(calls, PLACED | {"a:store": "shared"}) == []
