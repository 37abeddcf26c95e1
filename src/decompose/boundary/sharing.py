"""What must stand on both sides of a cut: definitions that are used as values, not as services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from decompose.boundary.crossing import mutates_itself
from decompose.boundary.system import NOT_A_SERVICE, System, match_class
from decompose.boundary.types import names_in
from decompose.ir.findings import Finding, Span
from decompose.ir.graph import Unit
from decompose.ir.partition import OFFLINE, SHARED
from decompose.ir.symbols import MODULE_BODY, join, module_of
from decompose.knowledge.networks import Networks, networks_of

_ALWAYS_VALUES = ("enum", "exception", "namedtuple", "protocol")
_RECORDS = ("dataclass", "pydantic")
_LIVING = frozenset({
    "global_store", "opens_handle", "returns_handle", "uses_rng", "transaction", "starts_thread", "exits",
    "non_idempotent", "import_effect",
})  # fmt: skip
_CARRIES_CODE = ("call", "inherit", "type", "state_read", "state_write", "import")


@dataclass(frozen=True, slots=True)
class Sharing:
    """The homes after everything that both sides need became shared."""

    home: Mapping[str, str]
    added: tuple[str, ...]
    """Units that the plan gives to one service and that are copied all the same, sorted."""
    findings: tuple[Finding, ...]


def share_definitions(system: System, home: Mapping[str, str]) -> Sharing:
    """Return the homes with each class that two sides need as a definition moved to the shared library.

    These are: own bases of classes elsewhere; enums, exceptions, named tuples and protocols that another service
    touches; records (dataclasses, pydantic models) without a life of their own that another service touches or that
    stand in a signature which it calls; functions without a life of their own with which a network elsewhere computes.
    What such a definition needs to exist comes along.
    """
    homes, reasons = dict(home), dict[str, str]()
    networks = networks_of(system.index.units)
    pending = [*_constants_read_elsewhere(system, homes), *_needed_on_both_sides(system, homes, networks)]
    while pending:
        symbol, reason = pending.pop(0)
        if homes.get(symbol, "") in NOT_A_SERVICE:
            continue
        homes[symbol] = SHARED
        reasons[symbol] = reason
        pending.extend(_comes_along(system, homes, symbol))
        if not pending:
            pending.extend(_needed_on_both_sides(system, homes, networks))
    return Sharing(
        home=homes,
        added=tuple(sorted(reasons)),
        findings=tuple(
            _finding(system.units[symbol], reason, home[symbol]) for symbol, reason in sorted(reasons.items())
        ),
    )


def places_of(system: System, home: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    """Return which services hold each module-level unit: its home, or for shared ones every service that needs it."""
    places: dict[str, set[str]] = {top: set() for top in system.index.units}
    pending = [(top, service) for top, service in sorted(home.items()) if service not in NOT_A_SERVICE]
    while pending:
        top, service = pending.pop()
        if top not in places or service in places[top]:
            continue
        places[top].add(service)
        pending.extend((need, service) for need in _needs(system, top) if home.get(need) == SHARED)
    return {top: frozenset(found) for top, found in places.items()}


def is_value_class(system: System, unit: Unit) -> bool:
    """Return whether copies of the class's instances are as good as the originals.

    True of enums, exceptions, named tuples and protocols; of records whose methods neither change them, keep live
    things, nor touch assets.
    """
    flags = system.traits(unit.symbol)
    if flags & set(_ALWAYS_VALUES):
        return True
    if not flags & set(_RECORDS):
        return False
    methods = [member for base in system.lineage(unit.symbol) for member in system.members.get(base.symbol, ())]
    return not any(_lives(system, method) for method in methods)


def _lives(system: System, method: Unit) -> bool:
    """Return whether a method gives its class a life beyond its fields."""
    if mutates_itself(method) is not None or any(effect.kind in _LIVING for effect in method.effects):
        return True
    return any(
        edge.kind in ("read", "write") and not edge.target.startswith(("env:", "config:"))
        for edge in system.outgoing.get(method.symbol, ())
    )


def _needed_on_both_sides(system: System, home: Mapping[str, str], networks: Networks) -> Iterator[tuple[str, str]]:
    """Yield the definitions that stand in one service and are needed in another, with the reason."""
    yield from _named_elsewhere(system, home)
    yield from _computed_with(system, home, networks)
    for edge in system.graph.edges:
        if edge.kind not in ("inherit", "call", "type", "import", "value"):
            continue
        source, target = system.owner(edge.source), system.owner(edge.target)
        here, there = home.get(source, ""), home.get(target, "")
        if there in NOT_A_SERVICE or here == there or here in ("", OFFLINE):
            continue
        unit = system.units[target]
        if unit.kind != "class":
            if edge.kind == "call" and unit.signature is not None:
                yield from _in_signature(system, home, unit, there)
            continue
        if edge.kind == "inherit":
            yield target, f"`{edge.source}` inherits from it"
        elif is_value_class(system, unit):
            yield target, f"`{edge.source}` uses it as a value"
        elif edge.kind == "call":
            for member in system.members.get(target, ()):
                yield from _in_signature(system, home, member, there)


def _computed_with(system: System, home: Mapping[str, str], networks: Networks) -> Iterator[tuple[str, str]]:
    """Yield the functions through which gradients of a network in another service pass."""
    for symbol in sorted(networks.functions):
        there, unit = home.get(symbol, ""), system.units[symbol]
        if there in NOT_A_SERVICE or _lives(system, unit):
            continue
        for edge in system.incoming.get(symbol, ()):
            source = system.owner(edge.source)
            here = home.get(source, "")
            is_differentiated = source in networks.classes or (here == SHARED and source in networks.functions)
            if edge.kind == "call" and here not in ("", OFFLINE, there) and is_differentiated:
                yield symbol, f"`{edge.source}` computes with it, and no gradient comes back from another service"
                break


def _named_elsewhere(system: System, home: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield value classes that a unit of another service names: an enum member, an `isinstance`, a class attribute."""
    for unit in system.graph.units:
        here = home.get(system.owner(unit.symbol), "")
        for effect in unit.effects if here not in ("", OFFLINE) else ():
            if effect.kind not in ("names_class", "global_read"):
                continue
            symbol = system.owner(effect.subject.removeprefix("state:"))
            there = home.get(symbol, "")
            named = system.units.get(symbol)
            is_class = named is not None and named.kind == "class"
            if there not in NOT_A_SERVICE and there != here and is_class and named and is_value_class(system, named):
                yield symbol, f"`{unit.symbol}` names it"


def _constants_read_elsewhere(system: System, home: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the bodies of modules that hold nothing but constants and are read from another service."""
    holding = {unit.module for unit in system.index.units.values() if unit.kind != "module"}
    for unit in system.graph.units:
        here = home.get(system.owner(unit.symbol), "")
        for effect in unit.effects:
            module = module_of(effect.subject.removeprefix("state:")) if effect.kind == "global_read" else ""
            body = system.units.get(join(module, MODULE_BODY)) if module and module not in holding else None
            there = home.get(body.symbol, "") if body is not None else ""
            if body is None or there in NOT_A_SERVICE or here in ("", OFFLINE, there):
                continue
            is_plain = not any(
                e.kind in ("import_effect", "sets_ambient", "global_store", "uses_rng") for e in body.effects
            )
            if is_plain and not any(
                edge.kind == "call" and not edge.target.startswith("external:")
                for edge in system.outgoing.get(body.symbol, ())
            ):
                yield body.symbol, f"`{unit.symbol}` reads its constants"


def _in_signature(system: System, home: Mapping[str, str], unit: Unit, service: str) -> Iterator[tuple[str, str]]:
    """Yield value classes of the callee's own service that travel through its signature, and what it raises."""
    signature = unit.signature
    if signature is None:
        return
    texts = [signature.returns, *(guess.type for guess in signature.return_types)]
    for parameter in signature.parameters:
        texts += [parameter.annotation, *(guess.type for guess in parameter.types)]
    texts += [effect.subject for effect in unit.effects if effect.kind == "raises"]
    for text in texts:
        for name in names_in(text):
            symbol = match_class(system, name, module_of(unit.symbol))
            if symbol and home.get(symbol) == service and is_value_class(system, system.units[symbol]):
                yield symbol, f"`{unit.symbol}` passes it by value"


def _comes_along(system: System, home: Mapping[str, str], symbol: str) -> Iterator[tuple[str, str]]:
    """Yield what a shared definition cannot exist without: own bases, field types, values its constructor makes."""
    for inner in system.within(symbol):
        for edge in system.outgoing.get(inner, ()):
            target = system.owner(edge.target)
            unit = system.units.get(target)
            if unit is None or home.get(target, "") in NOT_A_SERVICE or target == symbol:
                continue
            if edge.kind == "inherit" or (unit.kind == "class" and is_value_class(system, unit)):
                yield target, f"`{symbol}`, which is shared, needs it"


def _needs(system: System, top: str) -> Iterator[str]:
    """Yield the module-level units that a unit's code refers to, its module's own imports included."""
    for symbol in system.within(top):
        for edge in system.outgoing.get(symbol, ()):
            if edge.kind in _CARRIES_CODE:
                yield system.owner(edge.target.removeprefix("state:"))
    for edge in system.outgoing.get(module_of(top), ()):
        if edge.kind == "import":
            yield join(module_of(edge.target), MODULE_BODY)


def _finding(unit: Unit, reason: str, service: str) -> Finding:
    """Return the note (DC402) that a definition is copied."""
    return Finding(
        code="DC402",
        level="note",
        span=Span(path=unit.span.path, line=unit.span.line),
        message=f"`{unit.symbol}` is copied to every service that needs it, not only `{service}`: {reason}",
        symbol=unit.symbol,
    )
