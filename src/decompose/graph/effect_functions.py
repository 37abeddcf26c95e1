"""Units with their raw effects and calls, as the closure of effects sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from decompose.ir.effects import ArgumentFact, CallFact, EffectFact, FunctionEffects
from decompose.ir.graph import Unit

THROUGH = ("mutates_parameter", "keeps_parameter", "calls_parameter", "iterates_parameter", "uses_model")
"""Effects on a parameter that a caller inherits when it passes its own parameter on."""
PATHS = ("reads_path", "writes_path")
TRAITS = (
    "iterator", "handle:", "callback:", "rng", "large:", "exotic:", "unpickled", "ml_model", "type:", "aliased",
    "called", "instance:", "context:", "path:", "is_class",
)  # fmt: skip
"""Traits that matter whatever the callee does."""
_CONCERNING_PARAMETERS = frozenset({*THROUGH, *PATHS, "identity_test", "global_store"})
_NONE: set[str] = set()


@dataclass(slots=True)
class Site:
    """One call with the own units that it may reach."""

    fact: CallFact
    targets: tuple[str, ...]


@dataclass(slots=True)
class Function:
    """One unit under closure."""

    unit: Unit
    raw: FunctionEffects
    sites: list[Site] = field(default_factory=list)
    inherited: dict[tuple[str, str], EffectFact] = field(default_factory=dict)
    """Effects on own parameters that come through calls, by kind and subject."""
    returns: set[str] = field(default_factory=set)
    """Traits and parameters that it gives back."""

    acts: dict[str, set[str]] = field(default_factory=dict)
    """Subjects by kind of effect, own and inherited, for the kinds that concern parameters; filled by `settle`."""
    by_place: dict[tuple[int, int, str], Site] = field(default_factory=dict)

    def settle(self) -> None:
        """Fill the look-ups once the raw effects and sites are final."""
        self.acts = {}
        for effect in self.raw.effects:
            if effect.kind in _CONCERNING_PARAMETERS:
                self.acts.setdefault(effect.kind, set()).add(effect.subject)
        self.by_place = {(site.fact.line, site.fact.column, site.fact.name): site for site in self.sites}

    def subjects(self, kind: str) -> set[str]:
        """Return the subjects of one kind of effect, own and inherited."""
        return self.acts.get(kind, _NONE)


def is_wrapper(unit: Unit) -> bool:
    """Return whether a function stands in front of others (`wrapper(*args, **kwargs)`), whose results it mixes up."""
    kinds = {parameter.kind for parameter in unit.signature.parameters} if unit.signature is not None else set()
    return "nested" in unit.flags and kinds >= {"var_positional", "var_keyword"}


def bound(unit: Unit, fact: CallFact, is_bound: bool) -> Iterator[tuple[str, ArgumentFact]]:
    """Yield each observed argument with the parameter that receives it.

    Args:
        unit: The callee; a class without a constructor of its own takes its attributes.
        fact: The call.
        is_bound: Whether the first parameter is the instance or class, which the call does not spell.
    """
    parameters = unit.signature.parameters if unit.signature is not None else ()
    if unit.kind == "class":
        parameters = unit.attributes
    places = [p.name for p in parameters if p.kind in ("positional_only", "positional")]
    names = {p.name for p in parameters if p.kind in ("positional", "keyword_only")}
    rest = next((p.name for p in parameters if p.kind == "var_positional"), "*")
    keywords = next((p.name for p in parameters if p.kind == "var_keyword"), "**")
    shift = 1 if is_bound else 0
    for argument in fact.arguments:
        if argument.key == "self":
            if is_bound and places:
                yield places[0], argument
        elif argument.key.isdigit():
            position = int(argument.key) + shift
            yield (places[position] if position < len(places) else rest), argument
        elif argument.key in ("*", "**"):
            yield argument.key, argument
        else:
            yield (argument.key if argument.key in names else keywords), argument
