"""Who conducts: a unit that starts several stages carries the words of all of them, and does the work of none."""

from __future__ import annotations

from dataclasses import replace

from decompose.cluster.profile import Profile, System
from decompose.cluster.relations import Relations
from decompose.cluster.stages import MASS_SCALE, STAGES

CONDUCTING = 0.3
"""Share of orchestration among a unit's roles from which calling two stages makes it a conductor."""
MANY_STAGES = 3
"""Stages that a unit calls from which it is a conductor, whatever else it does."""
ORCHESTRATION = STAGES.index("orchestration")


def conducted(system: System, relations: Relations) -> System:
    """Return the system with conductors wholly in orchestration, and with their steps in the stage that they wrap.

    A conductor orchestrates, and calls two stages of other modules; or it is the body of a module that uses no other,
    and starts what it starts by name (a schedule of commands or containers). A step orchestrates too, but is called by
    a conductor and itself calls one stage alone.
    """
    profiles = dict(system.profiles)
    stages = stages_called(system, relations)
    tagged = [s for s, profile in profiles.items() if profile.roles.get("orchestration", 0.0) >= CONDUCTING]
    users = {r.source for r in relations.pairs if profiles[r.source].module != profiles[r.target].module}
    conductors = {s for s in tagged if len(stages.get(s, ())) > 1 or (_is_body(profiles[s]) and s not in users)}
    called = {r.target for r in relations.pairs if r.kind == "call" and r.source in conductors}
    for symbol in tagged:
        own = stages.get(symbol, set()) - {"orchestration"}
        if symbol in conductors:
            profiles[symbol] = _conductor(profiles[symbol])
        elif symbol in called and len(own) == 1:
            profiles[symbol] = _step(profiles[symbol], min(own))
    found = System(system.graph, system.index, profiles)
    return replace(found, conductors=_conductors(found, relations))


def stages_called(system: System, relations: Relations) -> dict[str, set[str]]:
    """Return the stages of the units of other modules that each unit calls."""
    stages: dict[str, set[str]] = {}
    for relation in relations.pairs:
        if relation.kind == "call":
            source, target = system.profiles[relation.source], system.profiles[relation.target]
            if target.stage and source.module != target.module:
                stages.setdefault(relation.source, set()).add(target.stage)
    return stages


def _conductors(system: System, relations: Relations) -> frozenset[str]:
    """Return units that run whole stages: of orchestration, or calling units of three or more stages."""
    many = {symbol for symbol, found in stages_called(system, relations).items() if len(found) >= MANY_STAGES}
    return frozenset(many | {s for s, profile in system.profiles.items() if profile.stage == "orchestration"})


def _is_body(profile: Profile) -> bool:
    """Return whether a unit is a module body with work of its own."""
    return profile.kind == "module" and not profile.is_bare


def _conductor(profile: Profile) -> Profile:
    """Return a profile with all its mass in orchestration."""
    mass = ((ORCHESTRATION, MASS_SCALE * profile.size),)
    return replace(profile, mass=mass, stage="orchestration")


def _step(profile: Profile, stage: str) -> Profile:
    """Return a profile with the mass of orchestration moved to the stage that it starts."""
    mass = dict(profile.mass)
    number = STAGES.index(stage)
    mass[number] = mass.get(number, 0) + mass.pop(ORCHESTRATION, 0)
    return replace(profile, mass=tuple(sorted(mass.items())), stage=stage)
