"""One dependency that crosses services, with everything on its two sides at hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from decompose.boundary.system import System
from decompose.boundary.types import MODEL_PACKAGES, MODELS
from decompose.ir.graph import Argument, CallUse, Effect, Parameter, Site, Unit
from decompose.ir.partition import DEAD, OFFLINE, SHARED
from decompose.ir.symbols import MODULE_BODY, join, module_of, qualname_of

_NOT_RUN = frozenset({OFFLINE, DEAD})


@dataclass(frozen=True, slots=True)
class Access:
    """What one service does to shared state and files: places by subject."""

    reads: Mapping[str, tuple[Site, ...]]
    writes: Mapping[str, tuple[Site, ...]]


@dataclass(slots=True)
class Land:
    """A graph with the home of each unit; remembers what it has worked out."""

    system: System
    home: Mapping[str, str]
    """Service, `shared`, `offline` or `dead` of each module-level unit."""
    _reach: dict[tuple[str, str], tuple[Unit, ...]] = field(default_factory=dict)
    _states: dict[str, Access] = field(default_factory=dict)
    _paths: dict[str, Access] = field(default_factory=dict)
    _stateful: dict[str, Site | None] = field(default_factory=dict)

    def service_of(self, symbol: str) -> str:
        """Return the home of a code symbol; empty when it has none."""
        return self.home.get(self.system.owner(symbol), "")

    def reach(self, symbol: str) -> tuple[Unit, ...]:
        """Return a unit with everything that it calls, directly or not, without leaving its service."""
        service = self.service_of(symbol)
        known = self._reach.get((symbol, service))
        if known is None:
            known = self._reach[symbol, service] = tuple(self._reached(symbol, service))
        return known

    def _reached(self, symbol: str, service: str) -> Iterator[Unit]:
        pending, seen = [symbol], set()
        while pending:
            name = pending.pop()
            unit = self.system.units.get(name)
            if unit is None or name in seen or self.service_of(name) not in (service, SHARED):
                continue
            seen.add(name)
            yield unit
            if unit.kind == "class":
                constructor = self.system.method(name, "__init__")
                pending += [constructor.symbol] if constructor is not None else []
            pending += [edge.target for edge in self.system.outgoing.get(name, ()) if edge.kind == "call"]

    def ancestors(self, symbol: str) -> tuple[Unit, ...]:
        """Return everything in the same service that calls a unit, directly or not."""
        service, pending, seen = self.service_of(symbol), [symbol], {symbol}
        found = []
        while pending:
            for edge in self.system.incoming.get(pending.pop(), ()):
                unit = self.system.units.get(edge.source)
                if (
                    edge.kind == "call"
                    and unit is not None
                    and edge.source not in seen
                    and self.service_of(edge.source) == service
                ):
                    seen.add(edge.source)
                    found.append(unit)
                    pending.append(edge.source)
        return tuple(found)

    def running_with(self, symbol: str) -> tuple[Unit, ...]:
        """Return what runs in one process before, around and below a unit: callers, callees, and its module's body."""
        found = {unit.symbol: unit for unit in (*self.reach(symbol), *self.ancestors(symbol))}
        for unit in tuple(found.values()):
            body = self.system.units.get(join(unit.module, MODULE_BODY))
            if body is not None and self.service_of(body.symbol) not in _NOT_RUN:
                found[body.symbol] = body
        return tuple(found[name] for name in sorted(found))

    def _held(self, service: str) -> tuple[Unit, ...]:
        """Return all units of a service, and the shared ones that they reach."""
        found: dict[str, Unit] = {}
        for top in sorted(top for top, home in self.home.items() if home == service):
            for symbol in self.system.within(top):
                found.update({unit.symbol: unit for unit in self.reach(symbol)})
        return tuple(found[name] for name in sorted(found))

    def states(self, service: str) -> Access:
        """Return which module-level state a service reads and writes."""
        known = self._states.get(service)
        if known is None:
            known = self._states[service] = state_access(self._held(service), self.system)
        return known

    def paths(self, service: str) -> Access:
        """Return which files a service reads and writes."""
        known = self._paths.get(service)
        if known is None:
            known = self._paths[service] = path_access(self._held(service), self.system)
        return known

    def stateful(self, class_symbol: str) -> Site | None:
        """Return where instances of a class change after construction, if they do."""
        if class_symbol not in self._stateful:
            self._stateful[class_symbol] = next(self._changes(class_symbol), None)
        return self._stateful[class_symbol]

    def _changes(self, class_symbol: str) -> Iterator[Site]:
        for unit in self.system.lineage(class_symbol):
            if any(base.startswith(MODEL_PACKAGES) or base.rpartition(".")[2] in MODELS for base in unit.bases):
                yield Site(path=unit.span.path, line=unit.span.line)
            for method in self.system.members.get(unit.symbol, ()):
                effect = mutates_itself(method)
                if effect is not None:
                    yield site_of(effect, method)


@dataclass(frozen=True, slots=True)
class Crossing:
    """One dependency that crosses services."""

    land: Land
    source: str
    target: str
    sites: tuple[Site, ...] = ()
    kind: str = "call"
    to_service: str = ""
    from_service: str = ""

    @property
    def caller(self) -> Unit | None:
        """The unit that depends."""
        return self.land.system.units.get(self.source)

    @property
    def class_called(self) -> Unit | None:
        """The class whose constructor is called, if it is one."""
        unit = self.land.system.units.get(self.target)
        if unit is not None and unit.kind == "class":
            return unit
        return self.land.system.class_of(self.target) if self.target.endswith((".__init__", ".__new__")) else None

    @property
    def callee(self) -> Unit | None:
        """The function that answers; a class's constructor when the class is called and has one."""
        unit = self.land.system.units.get(self.target)
        if unit is not None and unit.kind == "class":
            return self.land.system.method(self.target, "__init__") or unit
        return unit

    @property
    def uses(self) -> tuple[CallUse, ...]:
        """How the caller calls it, a record a place."""
        caller, callee = self.caller, self.callee
        names = {self.target, callee.symbol if callee is not None else self.target}
        if self.class_called is not None:
            names.add(self.class_called.symbol)
        return tuple(use for use in (caller.call_uses if caller is not None else ()) if use.callee in names)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What the callee takes, without the instance or class itself."""
        callee = self.callee
        if callee is None or callee.signature is None:
            return ()
        is_bound = callee.kind == "method" and "static" not in callee.flags
        return callee.signature.parameters[1 if is_bound else 0 :]

    def arguments(self) -> Iterator[tuple[CallUse, Argument]]:
        """Yield each observed argument with its call."""
        for use in self.uses:
            for argument in use.arguments:
                yield use, argument

    def effects(self, *kinds: str) -> tuple[Effect, ...]:
        """Return the callee's own effects of some kinds, without those on the instance itself."""
        callee = self.callee
        receiver = receiver_of(callee) if callee is not None else ""
        return tuple(
            effect
            for effect in (callee.effects if callee is not None else ())
            if effect.kind in kinds and not (receiver and effect.subject == receiver)
        )

    def reached(self, *kinds: str) -> Iterator[tuple[Effect, Unit]]:
        """Yield the effects of some kinds of the callee and everything that it calls within its service."""
        for unit in self.land.reach(self.target):
            for effect in unit.effects:
                if effect.kind in kinds:
                    yield effect, unit

    def here(self, use: CallUse | None = None) -> tuple[Site, ...]:
        """Return the places of one call in the caller's file, or of all."""
        caller = self.caller
        path = caller.span.path if caller is not None else ""
        if use is not None:
            return (Site(path=path, line=use.line, column=use.column),)
        plain = tuple(Site(path=site.path, line=site.line, column=site.column) for site in self.sites)
        return plain or tuple(Site(path=path, line=use.line, column=use.column) for use in self.uses)

    def definition(self) -> Site:
        """Return where the callee is defined."""
        callee = self.callee
        return Site(path=callee.span.path, line=callee.span.line) if callee is not None else Site(path="", line=1)


def receiver_of(unit: Unit) -> str:
    """Return the name of a method's first parameter; empty for anything else."""
    if unit.kind != "method" or "static" in unit.flags or unit.signature is None or not unit.signature.parameters:
        return ""
    return unit.signature.parameters[0].name


def site_of(effect: Effect, unit: Unit) -> Site:
    """Return the place of an effect."""
    span = effect.span or unit.span
    return Site(path=span.path, line=span.line)


def mutates_itself(unit: Unit) -> Effect | None:
    """Return the effect by which a method changes its own instance after construction, if it does."""
    name = qualname_of(unit.symbol).rpartition(".")[2]
    receiver = receiver_of(unit)
    if name in CONSTRUCTION or not receiver:
        return None
    return next((e for e in unit.effects if e.kind == "mutates_parameter" and e.subject == receiver), None)


CONSTRUCTION = frozenset({"__init__", "__post_init__", "__new__", "__setstate__", "__attrs_post_init__"})
"""Methods that run while an instance is made."""


def state_access(units: Iterable[Unit], system: System) -> Access:
    """Return which module-level state some units read and write, by state symbol."""
    return _access(units, system, ("global_read",), ("global_store",), ("state_read",), ("state_write",))


def path_access(units: Iterable[Unit], system: System) -> Access:
    """Return which files some units read and write, by normalised path or asset symbol."""
    return _access(units, system, ("reads_path",), ("writes_path",), ("read",), ("write",))


def _access(
    units: Iterable[Unit],
    system: System,
    read_effects: tuple[str, ...],
    write_effects: tuple[str, ...],
    read_edges: tuple[str, ...],
    write_edges: tuple[str, ...],
) -> Access:
    reads: dict[str, set[Site]] = {}
    writes: dict[str, set[Site]] = {}
    units = tuple(units)
    inside = {unit.symbol for unit in units}
    for unit in units:
        for effect in unit.effects:
            for kinds, table in ((read_effects, reads), (write_effects, writes)):
                is_part = effect.subject.startswith(("parameter:", "attribute:", "result:"))
                if effect.kind in kinds and not is_part and _is_near(effect, inside):
                    table.setdefault(path_key(effect.subject), set()).add(site_of(effect, unit))
        for edge in system.outgoing.get(unit.symbol, ()):
            for kinds, table in ((read_edges, reads), (write_edges, writes)):
                if edge.kind in kinds and _is_told_by_edge(edge.target, system):
                    place = edge.sites[0] if edge.sites else Site(path=unit.span.path, line=unit.span.line)
                    table.setdefault(path_key(edge.target), set()).add(Site(path=place.path, line=place.line))
    return Access(
        reads={subject: tuple(sorted(found)) for subject, found in sorted(reads.items())},
        writes={subject: tuple(sorted(found)) for subject, found in sorted(writes.items())},
    )


def _is_told_by_edge(target: str, system: System) -> bool:
    """Return whether two sides can fight over what an edge leads to: a file, state of an own module.

    Tables have an owner that keeps them whole; what can go wrong there is told as a transaction.
    """
    if target.startswith("state:"):
        return module_of(target.removeprefix("state:")) in system.index.modules and "<" not in target
    return not target.startswith(("env:", "config:", "url:", "table:"))


def _is_near(effect: Effect, inside: set[str]) -> bool:
    """Return whether an effect happens in the unit itself, or in a callee that belongs to the same side."""
    _, through, symbol = effect.detail.partition("through ")
    return not through or symbol in inside


def same_place(first: str, second: str) -> bool:
    """Return whether two paths are one, or one is the folder that the other lies in."""
    if first == second:
        return True
    folder, other = sorted((first, second), key=len)
    return other.startswith(f"{folder.rstrip('/')}/") and "." not in folder.rpartition("/")[2]


def path_key(subject: str) -> str:
    """Return one spelling for a path and for the asset of that path."""
    return subject.removeprefix("asset:").removeprefix("./")
