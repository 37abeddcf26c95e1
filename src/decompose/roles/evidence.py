"""What a unit itself says about its role: the APIs it calls, the assets it touches, its names, how it is started."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from decompose.ir.findings import Span
from decompose.ir.graph import Asset, Edge, Module, Unit
from decompose.ir.symbols import qualname_of
from decompose.knowledge import Api, Knowledge
from decompose.roles.vocabulary import INFERENCE, roles_of_word, words_of

NAME_WEIGHT = 2.4
"""Most that the words of a unit's own name say, on the scale of API weights (0 to 3)."""
DOC_WEIGHT = 0.6
"""Most that the first line of a docstring says."""
FADE = 0.55
"""Each further reason for a role counts this much of the one before: ten weak hints are no proof."""
MAX_REASONS = 6
ENTRIES = frozenset(("main", "<module>", "run", "init", "parse_args", "get_args", "cli", "execute", "start"))
"""Units whose own name says nothing: they are what their file is called."""
AFTER = 2.0
"""Weight of taking what an ML model answered."""
MODIFIER = 0.55
"""Share of a word that only qualifies another."""
LOADING = 0.5
"""Loading a model belongs to the registry, and serves inference this much."""

_STATUTE = {  # what a flag of a unit says by itself
    "exception": ("config_util", 4.0, "is an exception class"),
    "enum": ("config_util", 2.0, "is an enumeration"),
    "dataclass": ("config_util", 1.2, "is a dataclass"),
    "namedtuple": ("config_util", 1.2, "is a named tuple"),
    "pydantic": ("config_util", 0.7, "is a pydantic model"),
}
_STARTED = {
    "route": ("gateway_ui", 2.2),
    "page": ("gateway_ui", 2.4),
    "task": ("orchestration", 0.3),
    "flow": ("orchestration", 2.4),
    "job": ("orchestration", 1.2),
    "cli": ("orchestration", 0.3),
    "main": ("orchestration", 0.2),
}
_ASSET_ROLES = {
    ("write", "model"): ("registry", 0.7),
    ("read", "model"): (INFERENCE, 0.6),
    ("read", "table"): ("ingest", 0.5),
    ("write", "table"): ("ingest", 0.5),
    ("read", "topic"): ("ingest", 0.8),
    ("read", "config"): ("config_util", 0.4),
}


@dataclass(slots=True)
class Reason:
    """One reason for a role."""

    role: str
    weight: float
    text: str
    """`path:line what`."""
    site: str = ""
    """`path:line:column` of a call; calls at one place count once."""


@dataclass(slots=True)
class Evidence:
    """Reasons of one unit, and their sum by role."""

    reasons: list[Reason] = field(default_factory=list)
    scores: dict[str, float] = field(default_factory=dict)
    labour: float = 0.0
    """Its strongest library call, in API weights."""


def gather(
    unit: Unit, edges: Iterable[Edge], module: Module, assets: Mapping[str, Asset], knowledge: Knowledge
) -> Evidence:
    """Return what a unit says about its own role.

    Args:
        unit: The unit.
        edges: Edges that leave it.
        module: Its module.
        assets: Asset by symbol.
        knowledge: The knowledge base.
    """
    called = list(_from_edges(edges, assets, knowledge))
    found = [*called, *_from_names(unit), *_from_nature(unit, module)]
    if judges_models(called):
        found = [replace(r, role="evaluation") if r.role == "validation" else r for r in found]
    return Evidence(found, total(found), max((r.weight for r in found if r.site), default=0.0))


def judges_models(reasons: Iterable[Reason]) -> bool:
    """Whether calls measure a model and none checks data: what is called validation is an evaluation then."""
    roles = {r.role for r in reasons if r.site}
    return "evaluation" in roles and "validation" not in roles


def total(reasons: Iterable[Reason]) -> dict[str, float]:
    """Return the score of each role: its strongest reason in full, each further one fading by `FADE`.

    What one place says counts once, even if the call there may reach many classes.
    """
    weights: dict[str, dict[str, float]] = {}
    for number, reason in enumerate(reasons):
        place_of = reason.site or f"#{number}"
        held = weights.setdefault(reason.role, {})
        held[place_of] = max(held.get(place_of, 0.0), reason.weight)
    return {
        role: sum(weight * FADE**rank for rank, weight in enumerate(sorted(found.values(), reverse=True)[:MAX_REASONS]))
        for role, found in sorted(weights.items())
    }


def name_scores(name: str, *, heads: Sequence[int] = (0, -1)) -> dict[str, float]:
    """Return what the words of a name say, by role, 0 to 1.

    Args:
        name: Identifier, file or folder name, or sentence.
        heads: Positions of the words that say what the thing is; the others count `MODIFIER` of it. A class is what its
            last word says (`DataIngestionConfig` is a configuration), a function has a verb first and an object last.
    """
    return dict(_said(name, tuple(heads)))


@functools.cache
def _said(name: str, heads: tuple[int, ...]) -> tuple[tuple[str, float], ...]:
    words = words_of(name)
    plain = [word for word in words if "_" not in word]
    chosen = {plain[i] for i in heads if -len(plain) <= i < len(plain)} if heads else set(plain)
    scores: dict[str, float] = {}
    for word in words:
        part = 1.0 if word in chosen or "_" in word else MODIFIER
        for role, weight in roles_of_word(word):
            scores[role] = max(scores.get(role, 0.0), weight * part)
    return tuple(scores.items())


def stem_of(path: str) -> str:
    """Return the name of a file without its suffix; of a package's `__init__`, the package's."""
    folders, _, file = path.rpartition("/")
    stem = file.rpartition(".")[0]
    return folders.rpartition("/")[2] if stem == "__init__" else stem


def place(span: Span) -> str:
    """Return `path:line`."""
    return f"{span.path}:{span.line}"


def _from_edges(edges: Iterable[Edge], assets: Mapping[str, Asset], knowledge: Knowledge) -> Iterator[Reason]:
    for edge in edges:
        if edge.target.startswith("external:"):
            if edge.kind not in ("call", "inherit"):
                continue
            api = knowledge.find(edge.target[9:])
            if api is not None and api.role and api.weight:
                where = _where(edge)
                weight = api.weight * (1.0 if edge.confidence == "certain" else 0.7) * _boost(edge, api)
                verb = "extends" if edge.kind == "inherit" else "calls"
                text = f"{where} {verb} `{api.name}`"
                site = f"{where}:{edge.sites[0].column}" if edge.sites else ""
                if api.role == "registry" and api.effect == "read":
                    yield Reason(INFERENCE, weight * LOADING, text, site)
                yield Reason(api.role, weight, text, site)
        elif edge.kind in ("read", "write") and edge.target in assets:
            asset = assets[edge.target]
            role, weight = _ASSET_ROLES.get((edge.kind, asset.kind), ("", 0.0))
            if role:
                yield Reason(role, weight, f"{_where(edge)} {edge.kind}s `{asset.name}`")


def _where(edge: Edge) -> str:
    return f"{edge.sites[0].path}:{edge.sites[0].line}" if edge.sites else ""


def _boost(edge: Edge, api: Api) -> float:
    """A class that extends a library's class is what that class is for; a training call in a loop trains for real."""
    if edge.kind == "inherit":
        return 2.0
    return 1.15 if api.role == "training" and any(site.loops for site in edge.sites) else 1.0


def _from_names(unit: Unit) -> Iterator[Reason]:
    where = place(unit.span)
    own = qualname_of(unit.symbol).rpartition(".")[2]
    if own in ENTRIES:
        own = stem_of(unit.span.path)
    if not own.startswith(("<", "__", "cell_")):
        heads = (-1,) if unit.kind == "class" else (0, -1)
        for role, weight in sorted(name_scores(own, heads=heads).items()):
            yield Reason(role, NAME_WEIGHT * weight, f"{where} is named `{own}`")
    if unit.doc:
        for role, weight in sorted(name_scores(unit.doc, heads=()).items()):
            yield Reason(role, DOC_WEIGHT * weight, f"{where} its docstring says so")


def _from_nature(unit: Unit, module: Module) -> Iterator[Reason]:
    where = place(unit.span)
    for flag in unit.flags:
        if flag in _STATUTE and unit.kind == "class":
            role, weight, text = _STATUTE[flag]
            yield Reason(role, weight, f"{where} {text}")
    if unit.entry is not None and unit.entry.kind in _STARTED:
        role, weight = _STARTED[unit.entry.kind]
        what = f"{unit.entry.framework} {unit.entry.kind} {unit.entry.detail}".strip()
        yield Reason(role, weight, f"{where} is started as {what}")
    if "takes_prediction" in unit.flags and unit.kind != "class":  # a record only carries it
        yield Reason("postprocess", AFTER, f"{where} takes what an ML model answered")
    if module.kind == "packaging":
        yield Reason("config_util", 4.0, f"{where} is packaging")
    elif module.kind == "notebook" and unit.kind in ("module", "cell"):
        yield Reason("exploration", 0.9, f"{where} stands in a notebook")
    elif module.kind == "test":
        yield Reason("validation", 0.3, f"{where} is a test")
