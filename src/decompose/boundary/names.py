"""Names for parts, from what they do; the same part keeps its name when code around it changes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from decompose.boundary.kinds import RUNS, SERVES, Portrait, is_seen
from decompose.ir.symbols import module_of, qualname_of

NAME_BY_ROLE = {
    "ingest": "data_prep",
    "validation": "data_prep",
    "features": "data_prep",
    "training": "training",
    "tuning": "training",
    "evaluation": "evaluation",
    "registry": "registry",
    "batch_inference": "batch_inference",
    "online_inference": "inference",
    "postprocess": "inference",
    "monitoring": "monitoring",
    "orchestration": "orchestration",
    "gateway_ui": "web",
}
ANSWERING = ("inference", "web")
"""Names for what answers for as long as it lives."""
ANSWERING_SHARE = 0.1
"""Share of one of these among what a part does from which a part with routes or pages is called by it."""
TELLING_SHARE = 0.25
"""Share of the strongest of these among what a part does from which a part is called by it."""
KEEP_OVERLAP = 0.5
"""Share of members (Jaccard) from which a part keeps the name that it had."""
MAX_NAME = 40
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_DULL = frozenset((
    "src", "main", "init", "utils", "util", "helpers", "common", "core", "app", "lib", "module", "run", "test", "tests",
    "for", "from", "the", "and", "with", "into", "all", "new", "script", "scripts",
))  # fmt: skip
_VERBS = frozenset(
    ("module", "load", "save", "create", "make", "build", "init", "test", "start", "stop", "update", "from")
)
"""Words of names that say how and not what."""


def name_parts(
    members: Mapping[str, Iterable[str]], portraits: Mapping[str, Portrait], previous: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the final name of every part.

    A part takes the name that most of its members had before; else the name of what it mostly does; where two do the
    same, the word that its modules share and the others' do not.

    Args:
        members: Module-level units by provisional name.
        portraits: What each part does.
        previous: Service of each unit in an earlier plan.
    """
    held = {part: tuple(sorted(symbols)) for part, symbols in members.items()}
    names = _kept(held, previous or {})
    wanted = {part: base_name(portraits[part], symbols) for part, symbols in held.items() if part not in names}
    order = sorted(wanted, key=lambda part: (-len(held[part]), held[part]))
    vocabulary = {part: module_words(symbols) for part, symbols in held.items()}
    for part in order:
        taken = set(names.values())
        rivals = [other for other in wanted if other != part and wanted[other] == wanted[part]]
        choices = [wanted[part]] if not rivals or wanted[part] not in taken else []
        special = vocabulary[part].keys() - set().union(*(vocabulary[other].keys() for other in held if other != part))
        ranked = sorted(special, key=lambda word: (-vocabulary[part][word], word))
        choices += [_clean(f"{wanted[part]}_{word}") for word in ranked if word not in wanted[part].split("_")]
        choices += _others(wanted[part], held, part, portraits[part])
        choices += [f"{wanted[part]}_{number}" for number in range(2, len(held) + 3)]
        names[part] = next(choice for choice in choices if choice not in taken)
    return names


def base_name(portrait: Portrait, symbols: Iterable[str]) -> str:
    """Return what a part would be called if it stood alone: what it does, else what its modules speak of.

    What has routes or pages is called by what it answers, however much preparation it holds; a job that rather
    treats predictions than makes them is no `inference`, and preparation that ends in training is training.
    """
    whole = sum(portrait.telling.values())
    shares: dict[str, float] = {}
    for role, weight in portrait.telling.items():
        if role in NAME_BY_ROLE and (role != "gateway_ui" or is_seen(portrait)):
            shares[NAME_BY_ROLE[role]] = shares.get(NAME_BY_ROLE[role], 0.0) + weight
    best = max(sorted(shares), key=lambda name: shares[name], default="")
    answer = max(ANSWERING, key=lambda name: shares.get(name, 0.0))
    if SERVES.intersection(portrait.entries):
        if shares.get(answer, 0.0) > ANSWERING_SHARE * whole:
            return answer
    elif best == "inference" and RUNS.intersection(portrait.entries) and _treats_answers(portrait):
        best, shares = "batch_inference", shares | {"batch_inference": shares["inference"]}
    if best == "data_prep" and shares.get("training", 0.0) >= TELLING_SHARE * whole:
        best = "training"
    if best and shares[best] >= TELLING_SHARE * whole:
        return best
    found = module_words(symbols)
    return _clean(max(sorted(found), key=lambda word: found[word], default=best or "part"))


def _treats_answers(portrait: Portrait) -> bool:
    """Return whether a part does more with predictions than it predicts."""
    return portrait.roles.get("postprocess", 0.0) > portrait.roles.get("online_inference", 0.0)


def module_words(symbols: Iterable[str]) -> Counter[str]:
    """Return how many modules speak of each word, in the last two parts of their names below the top package."""
    found: Counter[str] = Counter()
    for module in sorted({module_of(symbol) for symbol in symbols}):
        parts = module.removesuffix(".ipynb").replace("/", ".").split(".")
        tail = ".".join(parts[1:][-2:] or parts)
        found.update({word.lower() for word in _WORD.findall(tail) if len(word) > 2 and word.lower() not in _DULL})
    return found


def _others(name: str, held: Mapping[str, tuple[str, ...]], part: str, portrait: Portrait) -> list[str]:
    """Return names by what only this part's functions and classes speak of, then by what else it does."""
    spoken = {other: _unit_words(symbols) for other, symbols in held.items()}
    own = spoken.pop(part)
    common = set[str]().union(*spoken.values())
    # one word said once tells little and goes with the next edit
    special = sorted((w for w in own if w not in common and own[w] > 1), key=lambda w: (-own[w], w))
    beside = sorted(portrait.telling, key=lambda role: NAME_BY_ROLE.get(role) == name)
    return [_clean(f"{name}_{word}") for word in (*special, *beside) if word not in name.split("_")]


def _unit_words(symbols: Iterable[str]) -> Counter[str]:
    """Return how many units speak of each word in their names."""
    found: Counter[str] = Counter()
    for symbol in symbols:
        words = {word.lower() for word in _WORD.findall(qualname_of(symbol)) if len(word) > 3}
        found.update(words - _DULL - _VERBS)
    return found


def _kept(held: Mapping[str, tuple[str, ...]], previous: Mapping[str, str]) -> dict[str, str]:
    """Return the names that parts keep from an earlier plan: the best overlap first, each name once."""
    before: dict[str, set[str]] = {}
    for symbol, service in previous.items():
        before.setdefault(service, set()).add(symbol)
    scored = sorted(
        (-len(old & set(symbols)) / len(old | set(symbols)), service, part)
        for part, symbols in held.items()
        for service, old in before.items()
        if old & set(symbols)
    )
    names: dict[str, str] = {}
    for score, service, part in scored:
        if -score >= KEEP_OVERLAP and part not in names and service not in names.values():
            names[part] = service
    return names


def _clean(name: str) -> str:
    """Return a name as the plan allows it: lower-case, letters, digits and underscores, at most 40 characters."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return (plain if plain[:1].isalpha() else f"part_{plain}")[:MAX_NAME].rstrip("_")
