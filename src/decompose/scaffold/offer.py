"""What each service offers, written down for the comparison with the next generation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from decompose.ir.contracts import Offer, OfferedOperation, OfferedParameter
from decompose.ir.graph import Unit
from decompose.ir.symbols import qualname_of, top_level_of
from decompose.scaffold.operations import ServedOperation
from decompose.scaffold.territory import Territory


def offer_of(
    territory: Territory,
    operations: Mapping[str, tuple[ServedOperation, ...]],
    callers: Mapping[str, set[str]],
) -> Offer:
    """Return the operations of every service: its functions, and the public methods of its classes."""
    called = {o.symbol: set(o.callers) for group in operations.values() for o in group}
    found = []
    for unit in territory.graph.units:
        signed = _signed(unit, territory)
        if signed is not None:
            by = called.get(unit.symbol, callers.get(top_level_of(unit.symbol), set()))
            found.append(_offered(unit, signed, territory.owner[top_level_of(unit.symbol)], by))
    return Offer(system=territory.blueprint.system, operations=tuple(sorted(found, key=lambda o: o.symbol)))


def _signed(unit: Unit, territory: Territory) -> Unit | None:
    """Return the unit whose signature callers see: itself, or a class's `__init__`; `None` for what is not offered."""
    top, name = top_level_of(unit.symbol), qualname_of(unit.symbol)
    if top not in territory.owner or top in territory.value_classes or name.rpartition(".")[2].startswith("_"):
        return None
    if unit.kind == "class" and unit.symbol == top:
        return territory.units.get(f"{top}.__init__", unit)
    is_method = unit.kind == "method" and name.count(".") == 1
    return unit if is_method or (unit.kind == "function" and unit.symbol == top) else None


def _offered(unit: Unit, signed: Unit, service: str, callers: Iterable[str]) -> OfferedOperation:
    signature = signed.signature
    is_bound = "." in qualname_of(signed.symbol) and "static" not in signed.flags
    parameters = signature.parameters[1 if is_bound else 0 :] if signature is not None else ()
    return OfferedOperation(
        symbol=unit.symbol,
        service=service,
        span=unit.span,
        parameters=tuple(
            OfferedParameter(
                name=p.name,
                kind=p.kind,
                type=p.annotation,
                is_required=p.default is None and not p.kind.startswith("var_"),
            )
            for p in parameters
        ),
        result=signature.returns if signature is not None and signed is unit else "",
        raises=tuple(sorted({e.subject for e in signed.effects if e.kind == "raises" and e.subject})),
        callers=tuple(sorted(callers)),
    )
