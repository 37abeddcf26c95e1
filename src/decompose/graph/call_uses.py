"""What each call hands over: the traits of its arguments that matter when caller and callee are parted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from decompose.graph.effect_functions import PATHS, THROUGH, TRAITS, Function, Site, bound, is_wrapper
from decompose.graph.effect_names import NameTable, is_plain_default
from decompose.ir.effects import ArgumentFact, CallFact
from decompose.ir.graph import Argument, CallUse, Parameter, Unit

_OF_PARTS = ("large:", "exotic:", "handle:", "ml_model")
"""Traits that a part of a value has when the whole has them."""
_ORIGINS = ("parameter:", "attribute:", "global:", "imported:", "object:", "result:")
_QUIET = frozenset({"loop", "result_direct", "result_read", "main_block"})


def call_uses(function: Function, site: Site, functions: Mapping[str, Function], names: NameTable) -> Iterator[CallUse]:
    """Yield the record of one call for each unit that it may reach, when something is at stake."""
    fact = site.fact
    for target in site.targets:
        callee = functions.get(names.callable_of(target))
        unit = callee.unit if callee is not None else names.units[target]
        is_bound = names.is_bound(target, fact)
        arguments = []
        for parameter, argument in bound(unit, fact, is_bound):
            traits = _argument_traits(function, callee, parameter, argument, site, functions, names)
            if traits and argument.key != "self":
                arguments.append(Argument(parameter=parameter, traits=tuple(sorted(traits))))
        around = {use for use in fact.uses if use != "result_direct"} | set(_omitted(unit, fact, is_bound))
        if arguments or around - _QUIET or ("main_block" in around and function.unit.kind == "module"):
            yield CallUse(
                callee=target,
                line=fact.line,
                column=fact.column,
                arguments=tuple(arguments),
                traits=tuple(sorted(around)),
            )


def _argument_traits(
    function: Function,
    callee: Function | None,
    parameter: str,
    argument: ArgumentFact,
    site: Site,
    functions: Mapping[str, Function],
    names: NameTable,
) -> set[str]:
    """Return what matters of one argument."""
    found: set[str] = set()
    tags = set(argument.tags)
    for tag in argument.tags:
        if tag.startswith("result:"):
            traits = _result_traits(tag, function, functions, names)
            found |= {t for t in traits if t.startswith(_OF_PARTS)} if "element" in tags else traits
        elif tag.startswith("imported:"):
            found |= names.imported_traits(tag[9:], function.unit.module)
        elif tag.startswith("text:"):
            found.add(f"path:{tag[5:]}")
        elif tag.startswith("own:"):
            found |= names.own_traits(tag[4:], function.unit.module)
        elif tag.startswith(TRAITS) or tag in TRAITS:
            found.add(tag)
    acts = _acts(callee, parameter)
    if "calls_parameter" in acts and "literal" not in tags:
        found.add("called")
    if "identity_test" in acts and "literal" not in tags:
        found.add("compared")
    if "uses_model" in acts and "literal" not in tags:
        found.add("used_as_model")
    if acts:
        found |= {
            tag
            for tag in tags
            if tag in ("read_after", "mutated_after", "literal", "element")
            or tag.startswith(("parameter:", "attribute:"))
        }
        found |= {
            f"global:{names.state(tag.partition(':')[2], function.unit.module)}"
            for tag in tags
            if tag.startswith(("global:", "imported:"))
        }
        if "read_after" not in found and _is_changed_later(
            tags, function, site, functions, names, {"mutates_parameter"}
        ):
            found |= {"mutated_after", "read_after"}
        elif "keeps_parameter" in acts and _is_changed_later(
            tags, function, site, functions, names, {"mutates_parameter"}
        ):
            found.add("mutated_after")
        if any(
            sum(tag in other.tags for other in site.fact.arguments) > 1
            for tag in tags
            if tag.startswith(_ORIGINS) and "element" not in tags
        ):
            found.add("same_as_another")
    return found


def _acts(callee: Function | None, parameter: str) -> set[str]:
    """Return what a callee does with a parameter."""
    if callee is None:
        return {"keeps_parameter"}
    kinds = {kind for kind in (*THROUGH, "identity_test") if parameter in callee.subjects(kind)}
    kinds |= {kind for kind in PATHS if f"parameter:{parameter}" in callee.subjects(kind)}
    return kinds | ({"returns_parameter"} if f"parameter:{parameter}" in callee.returns else set())


def _is_changed_later(
    tags: set[str], function: Function, site: Site, functions: Mapping[str, Function], names: NameTable, kinds: set[str]
) -> bool:
    """Return whether a later call of the same function hands the same object to something that changes it."""
    objects = {tag for tag in tags if tag.startswith(("object:", "result:", "parameter:", "attribute:"))}
    if not objects or "element" in tags:
        return False
    for other in function.sites:
        if (other.fact.line, other.fact.column) <= (site.fact.line, site.fact.column) or other is site:
            continue
        for target in other.targets:
            callee = functions.get(names.callable_of(target))
            if callee is None or not any(callee.subjects(kind) for kind in kinds):
                continue
            for parameter, argument in bound(callee.unit, other.fact, names.is_bound(target, other.fact)):
                if objects & set(argument.tags) and any(parameter in callee.subjects(kind) for kind in kinds):
                    return True
    return False


def _result_traits(tag: str, function: Function, functions: Mapping[str, Function], names: NameTable) -> set[str]:
    """Return what is known of another call's result."""
    _, line, column, name = tag.split(":", 3)
    found: set[str] = set()
    site = function.by_place.get((int(line), int(column), name))
    if site is None:
        return found
    for target in site.targets:
        made = names.class_made(target, site.fact)
        if made:
            found.add(f"instance:{made}")
            continue
        callee = functions.get(names.callable_of(target))
        if callee is not None:
            kept = {t for t in callee.returns if t.startswith(TRAITS) or t in TRAITS}
            found |= {t for t in kept if not (is_wrapper(callee.unit) and t.startswith("instance:"))}
            found |= {"iterator"} if "generator" in callee.unit.flags else set()
    return found


def _omitted(unit: Unit, fact: CallFact, is_bound: bool) -> Iterator[str]:
    """Yield `omits:x` for a default that is no literal and is left out, `extra` for arguments without a parameter."""
    parameters: tuple[Parameter, ...] = unit.signature.parameters if unit.signature is not None else ()
    if unit.kind == "class" or any(argument.key in ("*", "**") for argument in fact.arguments):
        if any(argument.key in ("*", "**") for argument in fact.arguments):
            yield "spread"
        return
    places = [p for p in parameters if p.kind in ("positional_only", "positional")]
    given = {p.name for p in places[: fact.positional + (1 if is_bound else 0)]} | set(fact.keywords)
    for parameter in parameters:
        if parameter.default is not None and parameter.name not in given and not is_plain_default(parameter.default):
            yield f"omits:{parameter.name}"
    if fact.positional + (1 if is_bound else 0) > len(places):
        yield "extra:*"
    if set(fact.keywords) - {p.name for p in parameters}:
        yield "extra:**"
