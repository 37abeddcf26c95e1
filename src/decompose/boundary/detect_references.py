"""Hazards of references: rows 1, 2 and 3, where both sides hold one object."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.boundary.crossing import Crossing, receiver_of, site_of
from decompose.boundary.hazards import Found, found, starts
from decompose.boundary.types import ARRAYS, FRAMES, names_in
from decompose.ir.graph import Argument, CallUse, Effect, Unit

_ARRAYLIKE = ("large:", "exotic:", "type:ndarray")


def is_visible(argument: Argument) -> bool:
    """Return whether the caller, or what outlives it, looks at the object after the call."""
    return "read_after" in argument.traits or bool(starts(argument, "attribute:", "global:"))


def effect_on(crossing: Crossing, kind: str, parameter: str) -> Effect | None:
    """Return the callee's effect of one kind on one parameter."""
    owner, callee = crossing.class_called, crossing.callee
    if kind == "keeps_parameter" and owner is not None and owner is callee:
        fields = {attribute.name for attribute in owner.attributes}
        return (
            Effect(kind=kind, subject=parameter, span=owner.span, detail=f"self.{parameter}")
            if parameter in fields
            else None
        )
    return next((effect for effect in crossing.effects(kind) if effect.subject == parameter), None)


def argument_changed(crossing: Crossing) -> Iterator[Found]:
    """Row 1: the callee changes an argument in place and the caller sees the object afterwards."""
    callee = crossing.callee
    if callee is None:
        return
    for use, argument in crossing.arguments():
        effect = effect_on(crossing, "mutates_parameter", argument.parameter)
        if effect is None or starts(argument, "handle:") or "iterator" in argument.traits or "rng" in argument.traits:
            continue
        if not (is_visible(argument) or _seen_above(crossing, argument)) or not _can_change(crossing, argument, effect):
            continue
        name = argument.parameter
        yield found(
            1,
            (*crossing.here(use), site_of(effect, callee)),
            f"`{name}` is changed in place ({effect.detail}) and the caller uses it after the call",
            subject=name,
        )


def _can_change(crossing: Crossing, argument: Argument, effect: Effect) -> bool:
    """Return whether an argument can be changed in place: `x += 1` changes arrays, not numbers."""
    if "literal" in argument.traits:
        return False
    if effect.confidence == "certain":
        return True
    parameter = next((p for p in crossing.parameters if p.name == argument.parameter), None)
    words = {name for guess in (parameter.types if parameter else ()) for name in names_in(guess.type)}
    last = {word.rpartition(".")[2] for word in words}
    return bool(starts(argument, *_ARRAYLIKE)) or bool(last & (FRAMES | ARRAYS | {"list", "set", "dict"}))


def _seen_above(crossing: Crossing, argument: Argument) -> bool:
    """Return whether a caller of the caller sees its own argument changed through the caller's parameter."""
    own = starts(argument, "parameter:")
    caller = crossing.caller
    if not own or caller is None or "element" in argument.traits:
        return False
    for edge in crossing.land.system.incoming.get(caller.symbol, ()):
        above = crossing.land.system.units.get(edge.source)
        for use in above.call_uses if above is not None else ():
            if use.callee == caller.symbol and any(a.parameter == own[10:] and is_visible(a) for a in use.arguments):
                return True
    return False


def reference_kept(crossing: Crossing) -> Iterator[Found]:
    """Row 2: the callee keeps an argument and one of the two changes it later."""
    callee = crossing.callee
    if callee is None:
        return
    for use, argument in crossing.arguments():
        effect = effect_on(crossing, "keeps_parameter", argument.parameter)
        if effect is None or starts(argument, "handle:") or "literal" in argument.traits:
            continue
        name = argument.parameter
        if "mutated_after" in argument.traits:
            why = f"the callee keeps `{name}` ({effect.detail}) and the caller changes it afterwards"
        elif is_visible(argument) and _changes_kept(crossing, effect):
            why = f"the callee keeps `{name}` ({effect.detail}), changes it later, and the caller looks at it"
        else:
            continue
        yield found(2, (*crossing.here(use), site_of(effect, callee)), why, subject=name)


def _changes_kept(crossing: Crossing, effect: Effect) -> bool:
    """Return whether a method changes the attribute in which an argument is kept."""
    attribute = effect.detail.partition(".")[2]
    owner = crossing.class_called
    if not attribute or owner is None:
        return False
    return any(
        other.kind == "mutates_parameter"
        and other.subject == receiver_of(method)
        and other.detail.split()[:1] == [attribute]
        and not other.detail.endswith(" set")
        for unit in crossing.land.system.lineage(owner.symbol)
        for method in crossing.land.system.members.get(unit.symbol, ())
        for other in method.effects
    )  # fmt: skip


def identity(crossing: Crossing) -> Iterator[Found]:
    """Row 3: somebody asks whether two things are one object, or relies on it."""
    callee = crossing.callee
    if callee is None:
        return
    names = {parameter.name for parameter in crossing.parameters}
    arguments = list(crossing.arguments())
    for use, argument in arguments:
        effect = effect_on(crossing, "identity_test", argument.parameter)
        if effect is not None and _identity_bites(argument, effect.detail, names, use):
            yield found(
                3, (*crossing.here(use), site_of(effect, callee)),
                "the callee asks for the identity of "
                    f"`{argument.parameter}` (`{effect.detail}`)", subject=argument.parameter,
            )  # fmt: skip
        change = effect_on(crossing, "mutates_parameter", argument.parameter)
        if change is not None and ("same_as_another" in argument.traits or "aliased" in argument.traits):
            yield found(
                3, (*crossing.here(use), site_of(change, callee)),
                f"one object is handed over twice and `{argument.parameter}` is changed", subject=argument.parameter,
            )  # fmt: skip
        back = effect_on(crossing, "returns_parameter", argument.parameter)
        if back is not None and _relies_on_return(use, argument):
            yield found(
                3, (*crossing.here(use), site_of(back, callee)),
                f"`{argument.parameter}` comes back as the result, "
                    "and the caller relies on both being one object", subject=argument.parameter,
            )  # fmt: skip
    for use in crossing.uses:
        if "identity_test" in use.traits and not _returns_singleton(callee):
            yield found(
                3, (*crossing.here(use), crossing.definition()), "the caller asks for the identity of the result"
            )


def _identity_bites(argument: Argument, other: str, names: set[str], use: CallUse) -> bool:
    """Return whether an identity test in the callee can come out differently."""
    if argument.traits and ("literal" in argument.traits or "is_class" in argument.traits):
        return False
    if other == "id()" or "." in other or other in names or (other.startswith(("'", '"')) is False and "(" in other):
        return True
    return any(trait.startswith("global:") and trait.endswith(f":{other}") for trait in argument.traits)


def _relies_on_return(use: CallUse, argument: Argument) -> bool:
    """Return whether the caller treats argument and result as one object."""
    if "literal" in argument.traits or "result_rebinds" in use.traits:
        return False
    is_seen = is_visible(argument)
    return (
        "identity_test" in use.traits
        or ("result_mutated" in use.traits and is_seen)
        or ("mutated_after" in argument.traits and "result_read" in use.traits)
    )


def _returns_singleton(callee: Unit) -> bool:
    """Return whether a result is a value whose identity survives (a truth value)."""
    return callee.signature is not None and callee.signature.returns in ("bool", "None")
