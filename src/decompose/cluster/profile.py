"""What the search knows of each module-level unit before it looks at any edge between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from decompose.cluster.network import StageMass
from decompose.cluster.stages import MASS_SCALE, OWN_WORK, STAGES, stage_mass
from decompose.ir.graph import CodeGraph, Unit
from decompose.ir.symbols import top_level_of
from decompose.ir.units import UnitIndex, index_units, is_bare, is_page_script, size_of
from decompose.knowledge.networks import Networks, networks_of

SERVING_ENTRIES = frozenset(("route", "page"))
"""Entry points that are a process of their own: a web server, a page server."""
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_OPTIMIZERS = ("external:torch.optim.",)
"""Names of optimizers and schedulers of learning rates."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One module-level unit."""

    symbol: str
    module: str
    path: str
    kind: str
    size: int
    """1 for a function; a class counts 1 and 1 for each method, a module body 1 to 3 by its statements."""
    statements: int
    """With all that it holds."""
    mass: StageMass
    """How its size spreads over the stages, in tenths."""
    stage: str
    """Its strongest stage; empty when none has a quarter of it, or when settings and helping outweigh it."""
    roles: Mapping[str, float]
    """Share of each role, 0 to 1."""
    entries: tuple[str, ...]
    """Kinds of entry points that it holds, sorted."""
    is_bare: bool
    """Whether it is a module body of nothing but imports and definitions: it stands where its module stands."""
    is_library_like: bool
    """Whether it is code that is used, never run by itself: an exception, a base, a record, a definition of a model."""

    @property
    def serves(self) -> bool:
        """Whether it holds an entry point that a request starts."""
        return not SERVING_ENTRIES.isdisjoint(self.entries)


@dataclass(frozen=True)
class System:
    """A graph with its module-level units profiled; the common ground of the clustering."""

    graph: CodeGraph
    index: UnitIndex
    profiles: Mapping[str, Profile]
    """By symbol, sorted."""
    conductors: frozenset[str] = frozenset()
    """Units that run whole stages: of orchestration, or calling units of three or more stages; see `conduct`."""

    @cached_property
    def by_module(self) -> Mapping[str, tuple[str, ...]]:
        """Return the module-level units of each module, sorted."""
        found: dict[str, list[str]] = {}
        for symbol, profile in self.profiles.items():
            found.setdefault(profile.module, []).append(symbol)
        return {module: tuple(symbols) for module, symbols in sorted(found.items())}

    @cached_property
    def networks(self) -> Networks:
        """Return what gradients pass through."""
        return networks_of(self.index.units)

    @cached_property
    def giving_functions(self) -> frozenset[str]:
        """Return the functions that give back a function, such as an activation by its name."""
        return frozenset(
            symbol
            for symbol, unit in self.index.units.items()
            if unit.kind == "function"
            and unit.signature is not None
            and any(guess.type == "collections.abc.Callable" for guess in unit.signature.return_types)
        )

    @cached_property
    def optimizing(self) -> frozenset[str]:
        """Return the units that make, step or save what changes the parameters of networks in place."""
        return frozenset(
            top_level_of(edge.source)
            for edge in self.graph.edges
            if edge.kind == "call" and edge.target.startswith(_OPTIMIZERS)
        )

    def size_of(self, symbols: Iterable[str]) -> int:
        """Return the size of some units together; module bodies of nothing but imports count nothing."""
        held = (self.profiles[symbol] for symbol in symbols)
        return sum(profile.size for profile in held if not profile.is_bare)


def profile_system(graph: CodeGraph) -> System:
    """Return every module-level unit of a graph with its size, stages and entry points."""
    index = index_units(graph)
    return System(graph, index, {symbol: _profile(symbol, index) for symbol in index.units})


def words(name: str) -> tuple[str, ...]:
    """Return the lower-case words of an identifier or path, in order: `load_HTTPData2` gives load, http, data, 2."""
    return tuple(word.lower() for word in _WORD.findall(name))


def _profile(symbol: str, index: UnitIndex) -> Profile:
    """Return the profile of one module-level unit."""
    unit = index.units[symbol]
    held = index.inner.get(symbol, ())
    pieces = (unit, *held)
    size = size_of(index, symbol)
    mass = stage_mass(pieces, size)
    strongest = max(mass, key=lambda pair: (pair[1], -pair[0]), default=(0, 0))
    roles = _roles(pieces)
    floor = MASS_SCALE * size * max(OWN_WORK, roles.get("config_util", 0.0))
    return Profile(
        symbol=symbol,
        module=unit.module,
        path=unit.span.path,
        kind=unit.kind,
        size=size,
        statements=sum(piece.statements for piece in pieces),
        mass=mass,
        stage=STAGES[strongest[0]] if strongest[1] >= floor else "",
        roles=roles,
        entries=tuple(sorted(_entries(index, pieces))),
        is_bare=is_bare(index, symbol),
        is_library_like=_is_library_like(unit, held),
    )


def _entries(index: UnitIndex, pieces: tuple[Unit, ...]) -> set[str]:
    """Return the kinds of entry points of a unit and what it holds; the body of a script that draws is a page."""
    found: set[str] = {piece.entry.kind for piece in pieces if piece.entry is not None}
    return found | {"page"} if is_page_script(index, pieces[0].symbol) else found


def _roles(pieces: tuple[Unit, ...]) -> dict[str, float]:
    """Return the share of each role over a unit and what it holds, by statements."""
    tagged = [piece for piece in pieces if piece.roles]
    whole = sum(piece.statements + 1 for piece in tagged) or 1
    share: dict[str, float] = {}
    for piece in tagged:
        for tag in piece.roles:
            share[tag.role] = share.get(tag.role, 0.0) + tag.confidence * (piece.statements + 1) / whole
    return dict(sorted(share.items()))


def _is_library_like(unit: Unit, held: tuple[Unit, ...]) -> bool:
    """Return whether a unit defines something for others: a record, an exception, a base, a network."""
    if unit.entry is not None or any(piece.entry is not None for piece in held):
        return False
    records = {"dataclass", "enum", "exception", "namedtuple", "protocol", "pydantic", "abstract"}
    if unit.kind == "class" and records.intersection(unit.flags):
        return True
    definitions = ("torch.nn.", "keras.", "tensorflow.keras.", "flax.linen.", "sklearn.base.", "transformers.")
    return unit.kind == "class" and any(base.removeprefix("external:").startswith(definitions) for base in unit.bases)
