"""Pieces that a part does not use go to the part that does."""

from __future__ import annotations

from graphs import system

from decompose.cluster.absorb import absorb
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
