"""Who conducts: a unit that starts several stages carries the words of all of them, and does the work of none."""

from __future__ import annotations

from dataclasses import replace

from decompose.cluster.profile import Profile, System
from decompose.cluster.relations import Relations
from decompose.cluster.stages import MASS_SCALE, STAGES
from decompose.cluster.weights import stages_called

CONDUCTING = 0.3
"""Share of orchestration among a unit's roles from which calling two stages makes it a conductor."""


def conducted(system: System, relations: Relations) -> System:
    """Return the system with units that orchestrate, and call two stages of other modules, in that stage wholly."""
    profiles = dict(system.profiles)
    for symbol, stages in stages_called(system, relations).items():
        profile = profiles[symbol]
        if profile.roles.get("orchestration", 0.0) >= CONDUCTING and len(stages) > 1:
            profiles[symbol] = _conductor(profile)
    return System(system.graph, system.index, profiles)


def _conductor(profile: Profile) -> Profile:
    """Return a profile with all its mass in orchestration."""
    mass = ((STAGES.index("orchestration"), MASS_SCALE * profile.size),)
    return replace(profile, mass=mass, stage="orchestration")
