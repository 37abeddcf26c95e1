"""Why a part stands by itself: two sentences that a manager understands."""

from __future__ import annotations

import re
from collections.abc import Mapping

from decompose.boundary.crossings import Crossing
from decompose.boundary.kinds import Portrait
from decompose.boundary.verdict import ONLINE

WORK_BY_ROLE = {
    "ingest": "brings the raw data in",
    "validation": "checks the data",
    "features": "prepares the data",
    "training": "trains models",
    "tuning": "searches for the best settings",
    "evaluation": "measures how good a model is",
    "registry": "keeps track of model versions",
    "batch_inference": "scores data in batches",
    "online_inference": "answers prediction requests",
    "postprocess": "turns predictions into answers",
    "monitoring": "watches how the model does",
    "orchestration": "starts the other stages in order",
    "gateway_ui": "shows the pages that people use",
    "config_util": "holds settings and helpers",
}
_WRITTEN = re.compile(r"\(\d+ units, \d+ statements\)\. (It must answer|It runs, writes|People see it)")
WAY_BY_KIND = {
    "service": "It must answer at any time",
    "job": "It runs, writes its results and ends",
    "gateway": "People see it, so it must stay up whatever the others do",
}


def reason(
    name: str,
    kinds: Mapping[str, str],
    portraits: Mapping[str, Portrait],
    crossed: Mapping[tuple[str, str], Crossing],
) -> str:
    """Return why a part stands by itself, in two sentences.

    Args:
        name: The part.
        kinds: `service`, `job` or `gateway`, by part.
        portraits: What each part consists of.
        crossed: What crosses between two parts, by sorted pair.
    """
    portrait = portraits[name]
    needs = " on a GPU" if "gpu" in portrait.traits else ""
    first = f"{_work(portrait)}{needs} ({portrait.units} units, {portrait.statements} statements)."
    return f"{first} {WAY_BY_KIND[kinds[name]]}{_contrast(name, kinds, crossed)}."


def is_by_hand(because: str) -> bool:
    """Return whether a person wrote or changed a reason: it is there, and does not read as `reason` writes."""
    return bool(because) and not _WRITTEN.search(because)


def _work(portrait: Portrait) -> str:
    """Return what a part does, by its strongest roles."""
    whole = sum(portrait.telling.values())
    known = [role for role in portrait.telling if role in WORK_BY_ROLE]
    strong = [role for role in known if portrait.telling[role] * 4 >= whole][:2]
    named = [WORK_BY_ROLE[role] for role in strong or known[:3]]
    doing = " and ".join([*([", ".join(named[:-1])] if named[1:] else []), *named[-1:]]) or "does work of its own"
    return doing[:1].upper() + doing[1:]


def _contrast(name: str, kinds: Mapping[str, str], crossed: Mapping[tuple[str, str], Crossing]) -> str:
    """Return how little ties the part to its closest neighbour, as a clause."""
    own = [crossing for pair, crossing in crossed.items() if name in pair]
    if not own:
        return "; no other part calls it or is called by it"
    closest = max(own, key=lambda crossing: (crossing.calls, len(crossing.assets), crossing.first, crossing.second))
    other = closest.second if closest.first == name else closest.first
    ties: list[str] = []
    if closest.calls:
        ties.append(f"{closest.calls:.0f} call{'s' if closest.calls != 1 else ''} a run")
    if closest.assets:
        ties.append(", ".join(f"`{asset}`" for asset in sorted(closest.assets)[:2]))
    if not ties:
        return ""
    same = (kinds[name] in ONLINE) == (kinds[other] in ONLINE)
    manner = "its closest neighbour" if same else "which runs otherwise"
    verb = "ties" if len(ties) == 1 and crossing_count(closest) == 1 else "tie"
    return f"; only {' and '.join(ties)} {verb} it to `{other}`, {manner}"


def crossing_count(crossing: Crossing) -> int:
    """Return how many things cross between two parts, calls and assets together, rounded."""
    return round(crossing.calls) + len(crossing.assets)
