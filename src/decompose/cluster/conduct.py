"""Who conducts: a unit that starts several stages carries the words of all of them, and does the work of none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from decompose.cluster.claims import calls_library_of
from decompose.cluster.profile import Profile, System
from decompose.cluster.relations import Relations
from decompose.cluster.stages import MASS_SCALE, OWN_WORK, STAGES

CONDUCTING = 0.3
"""Share of orchestration among a unit's roles from which calling two stages makes it a conductor."""
SURELY = 0.8
"""Share of orchestration from which a unit conducts what it starts, also where no step is seen to leave anything."""
MANY_STAGES = 3
"""Stages that a unit calls from which it is a conductor, whatever else it does."""
FLOWS = frozenset(("flow", "job"))
"""Entry points of a framework that runs steps one after the other."""
ORCHESTRATION = STAGES.index("orchestration")


def conducted(system: System, relations: Relations) -> System:
    """Return the system with conductors wholly in orchestration, and with all others in the stage of their own work.

    A conductor starts steps of two stages in other modules, each of which leaves something behind: a program that loads,
    trains and measures in one go is a training program, whatever it uses. What a framework runs as a flow, and the body
    of a module that uses no other and starts what it starts by name (a schedule of commands or containers), conduct too.
    What only speaks of orchestration is of the stage that it starts, when that is one; a main block is what it runs.
    """
    profiles = dict(system.profiles)
    reached = _Reached(system, relations)
    conductors = {s for s, profile in profiles.items() if _orchestrates(profile) and reached.conducts(profile)}
    for symbol in conductors:
        profiles[symbol] = _conductor(profiles[symbol])
    called = {target for symbol in conductors for target in reached.callees.get(symbol, ())}
    tagged = [s for s, profile in profiles.items() if _orchestrates(profile) and s not in conductors]
    for symbol in sorted(tagged, key=lambda s: (_is_body(profiles[s]), s)):
        stages = reached.stages(symbol, profiles)
        is_step = symbol in called and len(stages) == 1
        if is_step or (
            profiles[symbol].stage == "orchestration" and not calls_library_of(system, symbol, "orchestration")
        ):
            profiles[symbol] = _worker(profiles[symbol], stages)
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


def _orchestrates(profile: Profile) -> bool:
    """Return whether something speaks for a unit's being a conductor."""
    return profile.roles.get("orchestration", 0.0) >= CONDUCTING


class _Reached:
    """What each unit starts, and which of that leaves something behind."""

    def __init__(self, system: System, relations: Relations) -> None:
        self.profiles = system.profiles
        self.callees: dict[str, set[str]] = {}
        self.users: set[str] = set()
        for relation in relations.pairs:
            if relation.kind == "call":
                self.callees.setdefault(relation.source, set()).add(relation.target)
            if self.profiles[relation.source].module != self.profiles[relation.target].module:
                self.users.add(relation.source)
        self.writers = relations.leaving

    def conducts(self, profile: Profile) -> bool:
        """Return whether a unit starts what runs by itself."""
        if profile.serves:  # whatever a request starts, it answers
            return False
        if FLOWS.intersection(profile.entries):
            return True
        is_sure = profile.roles["orchestration"] >= SURELY
        called = self.callees.get(profile.symbol, ())
        steps = [self.profiles[t] for t in called if is_sure or t in self.writers]
        # what stands in the same file and uses no other is a piece of one program
        steps = [step for step in steps if step.module != profile.module or step.symbol in self.users]
        stages = {step.stage for step in steps if step.stage}
        if len(stages) > 1:
            return True
        return _is_body(profile) and profile.symbol not in self.users and not self.callees.get(profile.symbol)

    def stages(self, symbol: str, profiles: Mapping[str, Profile]) -> set[str]:
        """Return the stages that a unit starts: in other modules, else in its own."""
        own, others = set[str](), set[str]()
        for target in self.callees.get(symbol, ()):
            stage = profiles[target].stage
            if stage:
                (own if profiles[target].module == profiles[symbol].module else others).add(stage)
        return others or own


def _is_body(profile: Profile) -> bool:
    """Return whether a unit is a module body with work of its own."""
    return profile.kind == "module" and not profile.is_bare


def _conductor(profile: Profile) -> Profile:
    """Return a profile with all its mass in orchestration."""
    mass = ((ORCHESTRATION, MASS_SCALE * profile.size),)
    return replace(profile, mass=mass, stage="orchestration")


def _worker(profile: Profile, stages: set[str]) -> Profile:
    """Return a profile with the mass of orchestration moved to the one stage that it starts, or gone."""
    mass = dict(profile.mass)
    moved = mass.pop(ORCHESTRATION, 0)
    stage = profile.stage if profile.stage != "orchestration" else ""
    if len(stages) == 1:
        stage = min(stages)
        mass[STAGES.index(stage)] = mass.get(STAGES.index(stage), 0) + moved
    elif not stage and mass:
        strongest = max(sorted(mass), key=lambda number: mass[number])
        stage = STAGES[strongest] if mass[strongest] >= MASS_SCALE * profile.size * OWN_WORK else ""
    return replace(profile, mass=tuple(sorted(mass.items())), stage=stage)
