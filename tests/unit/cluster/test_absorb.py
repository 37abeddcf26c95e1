"""Pieces that a part does not use go to the part that does."""

from __future__ import annotations

from graphs import system

from decompose.cluster.absorb import absorb, dissolve
from decompose.cluster.profile import profile_system
from decompose.cluster.relations import relate
from decompose.cluster.scope import scope_of

EDGES = (
    "web:answer -> model.settings:choose",
    "model.settings:choose -> model.base:Settings",
    "nb.try:main -> nb.lib:plot",
)
PLACED = {
    "web:answer": "a", "model.settings:choose": "b", "model.base:Settings": "b", "nb.try:main": "b", "nb.lib:plot": "b",
}  # fmt: skip


def placed(role: str = "config_util") -> dict[str, str]:
    names = {"web:answer": "online_inference", "nb.try:main": "evaluation", "model.settings:choose": role}
    graph = system(*EDGES, roles=names, entries={"web:answer": "route", "nb.try:main": "main"})
    profiled = profile_system(graph)
    relations = relate(profiled)
    return absorb(profiled, relations, scope_of(profiled, relations), PLACED, frozenset())


def test_a_piece_that_only_another_part_uses_goes_there() -> None:
    found = placed()

    assert found["model.settings:choose"] == found["model.base:Settings"] == "a"
    assert found["nb.try:main"] == found["nb.lib:plot"] == "b"


def test_a_piece_of_another_stage_stays() -> None:
    assert placed("training")["model.settings:choose"] == "b"


def test_features_that_only_requests_make_are_part_of_the_answer() -> None:
    assert placed("features")["model.settings:choose"] == "a"


def test_a_model_behind_pages_stays_apart() -> None:
    assert placed("online_inference")["model.settings:choose"] == "a"
    graph = system("web:page -> model:predict", roles={"model:predict": "online_inference", "web:page": "gateway_ui"},
                   entries={"web:page": "route"})  # fmt: skip
    profiled = profile_system(graph)
    relations = relate(profiled)
    before = {"web:page": "a", "model:predict": "b"}

    assert absorb(profiled, relations, scope_of(profiled, relations), before, frozenset()) == before


def dissolved(*, roles: dict[str, str], entries: dict[str, str]) -> dict[str, str]:
    profiled = profile_system(system("web:answer", "logs:Settings", "logs:read", roles=roles, entries=entries))
    relations = relate(profiled)
    before = {"web:answer": "a", "logs:Settings": "b", "logs:read": "b"}
    return dissolve(profiled, relations, scope_of(profiled, relations), before, frozenset())


def test_settings_that_nothing_uses_are_no_part() -> None:
    found = dissolved(roles={"web:answer": "online_inference"}, entries={"web:answer": "route"})

    assert found == {"web:answer": "a", "logs:Settings": "shared", "logs:read": "shared"}


def test_work_that_nothing_uses_is_a_part_and_so_is_what_something_starts() -> None:
    working = dissolved(roles={"web:answer": "online_inference", "logs:read": "training", "logs:Settings": "training"},
                        entries={"web:answer": "route"})  # fmt: skip
    started = dissolved(roles={"web:answer": "online_inference"}, entries={"web:answer": "route", "logs:read": "main"})

    assert working["logs:read"] == started["logs:read"] == "b"


def test_where_all_are_settings_and_helpers_they_stay() -> None:
    assert dissolved(roles={}, entries={}) == {"web:answer": "a", "logs:Settings": "b", "logs:read": "b"}
