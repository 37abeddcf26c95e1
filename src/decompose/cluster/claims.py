"""What a unit is called but does not do: a registry that keeps nothing, an orchestrator that starts nothing."""

from __future__ import annotations

from dataclasses import replace

from decompose.cluster.profile import Profile, System
from decompose.cluster.relations import Relations
from decompose.cluster.stages import STAGES

REGISTRY = STAGES.index("registry")


def calls_library_of(system: System, symbol: str, role: str) -> bool:
    """Return whether a unit calls or extends a library of a role, and is not just named so."""
    pieces = (system.index.units[symbol], *system.index.inner.get(symbol, ()))
    lines = (line for piece in pieces for tag in piece.roles if tag.role == role for line in tag.evidence)
    return any(" calls `" in line or " extends `" in line for line in lines)


def without_empty_registries(system: System, relations: Relations) -> System:
    """Return the system without registries in name only: a table of settings, or of what a process has loaded.

    A module keeps versions of ML models when one of its units writes something, itself or by what it calls, or calls a
    registry's library.
    """
    kept = {
        profile.module
        for symbol, profile in system.profiles.items()
        if symbol in relations.leaving or calls_library_of(system, symbol, "registry")
    }
    changed = {s: _plain(p) for s, p in system.profiles.items() if p.module not in kept and p.stage == "registry"}
    return replace(system, profiles={**system.profiles, **changed}) if changed else system


def _plain(profile: Profile) -> Profile:
    """Return a profile without the stage of a registry."""
    mass = tuple((stage, amount) for stage, amount in profile.mass if stage != REGISTRY)
    return replace(profile, mass=mass, stage="")
