"""Types that a traced run saw, beside those that the source shows."""

from __future__ import annotations

import msgspec

from decompose.evidence.trace import aligned
from decompose.ir.evidence import Trace
from decompose.ir.graph import CodeGraph, Signature, TypeGuess, Unit


def with_observed_types(system: CodeGraph, trace: Trace | None) -> CodeGraph:
    """Return the graph with the types of a trace first, for each parameter and result that no annotation states.

    Args:
        system: The graph.
        trace: Calls of a run of the same code; without one the graph comes back as it is.
    """
    if trace is None:
        return system
    seen: dict[str, dict[str, set[str]]] = {}
    for call in aligned(trace, system).calls:
        types = seen.setdefault(call.callee, {})
        for name, found in (*call.argument_types.items(), ("return", call.result_type)):
            if found:
                types.setdefault(name, set()).add(found)
    units = tuple(_observed(unit, seen[unit.symbol]) if unit.symbol in seen else unit for unit in system.units)
    return msgspec.structs.replace(system, units=units)


def _observed(unit: Unit, seen: dict[str, set[str]]) -> Unit:
    signature = unit.signature
    if signature is None:
        return unit
    parameters = tuple(
        msgspec.structs.replace(p, types=_first(seen.get(p.name, set()), p.types)) for p in signature.parameters
    )
    returned = _first(seen.get("return", set()), signature.return_types)
    told: Signature = msgspec.structs.replace(signature, parameters=parameters, return_types=returned)
    return msgspec.structs.replace(unit, signature=told)


def _first(observed: set[str], known: tuple[TypeGuess, ...]) -> tuple[TypeGuess, ...]:
    if not observed or any(guess.provenance == "annotation" for guess in known):
        return known
    guesses = tuple(TypeGuess(type=name, confidence="certain", provenance="trace") for name in sorted(observed))
    return (*guesses, *(guess for guess in known if guess.type not in observed))
