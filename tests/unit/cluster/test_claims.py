"""What is only named so: registries that keep nothing."""

from __future__ import annotations

from graphs import system

from decompose.cluster.claims import without_empty_registries
from decompose.cluster.profile import profile_system
from decompose.cluster.relations import relate


def stages(*edges: str) -> dict[str, str]:
    profiled = profile_system(system(*edges, roles={"models:Registry": "registry"}))
    found = without_empty_registries(profiled, relate(profiled))
    return {symbol: profile.stage for symbol, profile in found.profiles.items()}


def test_a_table_that_keeps_nothing_is_no_registry() -> None:
    assert stages("web:answer -> models:Registry")["models:Registry"] == ""


def test_what_writes_is_one() -> None:
    assert stages("models:Registry w> asset:registry/index.json")["models:Registry"] == "registry"
