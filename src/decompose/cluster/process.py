"""Web applications: the modules whose routes one application mounts answer from one process."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from decompose.cluster.profile import Profile, System
from decompose.cluster.relations import Relations
from decompose.cluster.stages import STAGES
from decompose.ir.applications import WEB_APPLICATIONS, WEB_SERVERS, only_building
from decompose.ir.symbols import module_of, top_level_of
from decompose.ir.units import PAGE_LIBRARIES

WEB = ("ui", "online", "")
"""Main stages of a module that may mount the routes of others: an application, or a router of routers."""


UI, ONLINE = STAGES.index("ui"), STAGES.index("online")
_DRAWS = re.compile(r"external:.*(?:render_template|TemplateResponse|HTMLResponse|Jinja2Templates|redirect|django)\b")
"""Calls that draw pages."""


def answering(system: System) -> System:
    """Return the system with what answers requests without drawing a page in the stage of answers, not of screens.

    Routes that only hand out data are called by programs: they run when inference does, and part from it for no reason
    of their own. Where nothing draws at all, this is true of all that speaks of the web.
    """
    drawing = {module_of(e.source) for e in system.graph.edges if e.kind == "call" and _DRAWS.match(e.target)}
    drawing |= {p.module for p in system.profiles.values() if "page" in p.entries}
    drawing |= {
        name
        for name, module in system.index.modules.items()
        if PAGE_LIBRARIES.intersection(library.partition(".")[0] for library in module.externals)
    }
    routed = {p.module for p in system.profiles.values() if "route" in p.entries} - drawing
    if not routed:
        return system
    chosen = routed if drawing & system.by_module.keys() else system.by_module.keys()
    profiles = {s: _answerer(p) if p.module in chosen else p for s, p in system.profiles.items()}
    return replace(system, profiles=profiles)


def serving_modules(system: System) -> frozenset[str]:
    """Return the modules that hold a route or a page."""
    return frozenset(p.module for p in system.profiles.values() if p.serves)


def web_apps(system: System, relations: Relations, offline: Iterable[str] = ()) -> dict[str, tuple[str, ...]]:
    """Return the modules of each web application of two or more, by the module that mounts the rest.

    A module mounts the routes of those that it imports. Routes that two applications mount (a health check) tell
    nothing about either and are left out. A script that builds an application and lets it answer nobody (it prints its
    description) is none.

    Args:
        system: The profiled system.
        relations: Who imports whom.
        offline: Units that take no part, such as tests.
    """
    described = only_building(system.graph)
    mounts = _mounts(system, relations, frozenset(offline))
    mounted = {name: found for name, found in mounts.items() if name not in described}
    below = {name for found in mounted.values() for name in found}
    reached = {root: _reach(root, mounted) for root in sorted(mounted) if root not in below}
    count: dict[str, int] = {}
    for found in reached.values():
        for name in found:
            count[name] = count.get(name, 0) + 1
    apps = {root: tuple(sorted(name for name in found if count[name] == 1)) for root, found in reached.items()}
    return {root: found for root, found in apps.items() if len(found) > 1}


def routed_apps(system: System, relations: Relations, offline: Iterable[str] = ()) -> tuple[tuple[str, ...], ...]:
    """Return the units of each web application that answer, with those that make it and let it answer.

    A router is mounted, and an application answers, in one process.
    """
    calls = [
        (top_level_of(e.source), e.target.removeprefix("external:")) for e in system.graph.edges if e.kind == "call"
    ]
    makers = {source for source, target in calls if target in WEB_APPLICATIONS}
    servers = {source for source, target in calls if target.startswith(WEB_SERVERS)} - set(offline)
    found = []
    for _, modules in sorted(web_apps(system, relations, offline).items()):
        units = {symbol for name in modules for symbol in system.by_module.get(name, ())}
        group = {s for s in units if "route" in system.profiles[s].entries or s in makers}
        group |= {source for source, target in calls if source in servers and target in group & makers}
        found.append(tuple(sorted(group)))
    return tuple(group for group in found if len(group) > 1)


def page_apps(system: System) -> tuple[tuple[str, ...], ...]:
    """Return the bodies of scripts that draw the pages of one application: it finds those in `pages/` beside it."""
    by_folder: dict[str, list[str]] = {}
    for symbol, profile in system.profiles.items():
        if "page" in profile.entries and profile.kind == "module":
            by_folder.setdefault(profile.path.rpartition("/")[0], []).append(symbol)
    pairs = ((names, by_folder.get(f"{folder}/pages".lstrip("/"), [])) for folder, names in sorted(by_folder.items()))
    return tuple((*names, *below) for names, below in pairs if len(names) == 1 and below)


def _answerer(profile: Profile) -> Profile:
    """Return a profile with the mass of screens moved to answers."""
    mass = dict(profile.mass)
    moved = mass.pop(UI, 0)
    if not moved:
        return profile
    mass[ONLINE] = mass.get(ONLINE, 0) + moved
    return replace(
        profile, mass=tuple(sorted(mass.items())), stage="online" if profile.stage == "ui" else profile.stage
    )


def _mounts(system: System, relations: Relations, offline: frozenset[str]) -> dict[str, set[str]]:
    """Return which modules with routes, own or mounted, each web module imports."""
    imports: dict[str, set[str]] = {}
    for relation in relations.pairs:
        source, target = system.profiles[relation.source].module, system.profiles[relation.target].module
        if relation.kind == "import" and source != target and relation.source not in offline:
            imports.setdefault(source, set()).add(target)
    serving = set(serving_modules(system))
    may_mount = {name for name in imports if name in serving or _main_stage(system, name) in WEB}
    for _ in range(len(may_mount)):
        added = {name for name in may_mount - serving if imports[name] & serving}
        if not added:
            break
        serving |= added
    return {name: imports[name] & serving for name in sorted(may_mount & serving) if imports[name] & serving}


def _main_stage(system: System, module: str) -> str:
    """Return the stage of most of a module's mass; empty without any."""
    mass: dict[int, int] = {}
    for symbol in system.by_module.get(module, ()):
        for stage, amount in system.profiles[symbol].mass:
            mass[stage] = mass.get(stage, 0) + amount
    return STAGES[max(sorted(mass), key=lambda stage: mass[stage])] if mass else ""


def _reach(root: str, mounted: Mapping[str, set[str]]) -> set[str]:
    """Return a module and all that it mounts, directly or not."""
    found, work = {root}, [root]
    while work:
        for name in sorted(mounted.get(work.pop(), set()) - found):
            found.add(name)
            work.append(name)
    return found
