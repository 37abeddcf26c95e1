"""Side effects across calls: what a function does to its parameters through others, and what each call hands over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from decompose.graph.effect_names import NameTable, is_plain_default
from decompose.ir.effects import ArgumentFact, CallFact, EffectFact, FunctionEffects
from decompose.ir.facts import SourceFacts
from decompose.ir.findings import Span
from decompose.ir.graph import Argument, CallUse, CodeGraph, Effect, Parameter, Unit
from decompose.ir.symbols import MODULE_BODY, qualname_of

THROUGH = ("mutates_parameter", "keeps_parameter", "calls_parameter", "iterates_parameter", "uses_model")
"""Effects on a parameter that a caller inherits when it passes its own parameter on."""
PATHS = ("reads_path", "writes_path")
_TRAITS = (
    "iterator", "handle:", "callback:", "rng", "large:", "exotic:", "unpickled", "ml_model", "type:", "aliased",
    "called", "instance:", "context:", "path:", "is_class",
)  # fmt: skip
"""Traits that matter whatever the callee does."""
_OF_PARTS = ("large:", "exotic:", "handle:", "ml_model")
"""Traits that a part of a value has when the whole has them."""
_ORIGINS = ("parameter:", "attribute:", "global:", "imported:", "object:", "result:")
_QUIET = frozenset({"loop", "result_direct", "result_read", "main_block"})
_MAX_ROUNDS = 50
_CONCERNING_PARAMETERS = frozenset({*THROUGH, *PATHS, "identity_test", "global_store"})
_PASSED_ON = frozenset({*THROUGH, *PATHS})
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


def with_effects(graph: CodeGraph, facts: SourceFacts) -> CodeGraph:
    """Return the graph with the effects and call uses of every unit.

    Args:
        graph: A graph with units and call edges.
        facts: The facts that it was linked from; files without effects leave their units as they are.
    """
    if not any(file.effects for file in facts.files):
        return graph
    names = NameTable.of(graph)
    functions = _functions(graph, facts)
    _resolve_sites(graph, functions)
    for function in functions.values():
        _overrule(function)
        function.settle()
    _close(functions, names)
    watched = _watched(functions)
    units = tuple(
        _finished(functions[unit.symbol], functions, names, watched) if unit.symbol in functions else unit
        for unit in graph.units
    )
    return msgspec.structs.replace(graph, units=units)


def _functions(graph: CodeGraph, facts: SourceFacts) -> dict[str, Function]:
    """Return the raw effects by unit; those of a notebook's body go to its cells."""
    effects_by_path = {file.path: file.effects for file in facts.files if file.effects}
    path_by_module = {module.name: module.path for module in graph.modules}
    functions = {}
    for unit in graph.units:
        raw = effects_by_path.get(path_by_module.get(unit.module, ""), {})
        if unit.kind == "cell":
            found = _within(raw.get(MODULE_BODY, FunctionEffects()), unit.span)
        else:
            found = raw.get(qualname_of(unit.symbol), FunctionEffects())
        if unit.kind != "class":
            functions[unit.symbol] = Function(unit, found)
    return functions


def _within(raw: FunctionEffects, span: Span) -> FunctionEffects:
    """Return the part of a module body's effects that lies in a span of lines."""
    first, last = span.line, max(span.end_line, span.line)
    return FunctionEffects(
        tuple(effect for effect in raw.effects if first <= effect.line <= last),
        tuple(call for call in raw.calls if first <= call.line <= last),
        raw.returns,
    )


def _resolve_sites(graph: CodeGraph, functions: Mapping[str, Function]) -> None:
    """Give each observed call the own units that the call graph says it reaches."""
    targets: dict[tuple[str, int, int], list[str]] = {}
    for edge in graph.edges:
        if edge.kind == "call" and edge.source in functions and not edge.target.startswith("external:"):
            for site in edge.sites:
                targets.setdefault((edge.source, site.line, site.column), []).append(edge.target)
    for symbol, function in functions.items():
        by_place: dict[tuple[int, int], list[CallFact]] = {}
        for fact in function.raw.calls:
            by_place.setdefault((fact.line, fact.column), []).append(fact)
        for (line, column), here in by_place.items():
            found = sorted(set(targets.get((symbol, line, column), ())))
            for fact in here if found else ():
                chosen = _matching(fact, here, found)
                if chosen:
                    function.sites.append(Site(fact, chosen))


def _matching(fact: CallFact, here: list[CallFact], targets: list[str]) -> tuple[str, ...]:
    """Return which targets of a place belong to one of the calls that begin there (`a().b()` has two)."""
    named = [target for target in targets if _called_name(target) == fact.name]
    if named:
        return tuple(named)
    others = {other.name for other in here if other is not fact}
    return (
        tuple(target for target in targets if _called_name(target) not in others)
        if len(here) == 1 or not others
        else ()
    )


def _called_name(symbol: str) -> str:
    """Return the name by which a unit is called: of a constructor, that of the class."""
    outer, _, last = qualname_of(symbol).rpartition(".")
    return outer.rpartition(".")[2] if last in ("__init__", "__new__", "__call__") else last


def _overrule(function: Function) -> None:
    """Drop effects that were assumed from a method's name where the call reaches an own unit."""
    own = {(site.fact.line, site.fact.column, site.fact.name) for site in function.sites}
    objects = {
        site.fact.line for site in function.sites if all(target.endswith(".__call__") for target in site.targets)
    }
    kept = tuple(
        effect
        for effect in function.raw.effects
        if (effect.column < 0 or (effect.line, effect.column, effect.detail.rpartition(" ")[2]) not in own)
        and not (effect.kind == "calls_parameter" and effect.line in objects)
    )
    if kept != function.raw.effects:
        function.raw = FunctionEffects(kept, function.raw.calls, function.raw.returns)


def _close(functions: Mapping[str, Function], names: NameTable) -> None:
    """Carry effects on parameters, and traits of results, from callees to callers until nothing changes."""
    callers: dict[str, set[str]] = {}
    for symbol, function in functions.items():
        function.returns = {tag for tag in function.raw.returns if not tag.startswith(("result:", "inner:"))}
        for site in function.sites:
            for target in site.targets:
                callers.setdefault(names.callable_of(target), set()).add(symbol)
    pending = sorted(functions)
    for _ in range(_MAX_ROUNDS):
        changed = [symbol for symbol in pending if _inherit(functions[symbol], functions, names)]
        pending = sorted({caller for symbol in changed for caller in callers.get(symbol, ())})
        if not pending:
            return


def _inherit(function: Function, functions: Mapping[str, Function], names: NameTable) -> bool:
    """Take over what the callees do; return whether anything was new."""
    before = len(function.inherited), len(function.returns)
    for site in function.sites:
        result = f"result:{site.fact.line}:{site.fact.column}:{site.fact.name}"
        for target in site.targets:
            callee = functions.get(names.callable_of(target))
            made = names.class_made(target, site.fact)
            if made:
                if result in function.raw.returns or f"inner:{result}" in function.raw.returns:
                    function.returns.add(f"instance:{made}")
            elif callee is not None and result in function.raw.returns:
                function.returns |= _returned(callee, site, names, target)
            if callee is not None:
                _inherit_effects(function, callee, site, target, names)
    return before != (len(function.inherited), len(function.returns))


def _returned(callee: Function, site: Site, names: NameTable, target: str) -> set[str]:
    """Return what a function gives back when it gives back a callee's result."""
    found = {
        trait for trait in callee.returns if not trait.startswith(("parameter:", "attribute:", "element", "literal"))
    }
    if "async" in callee.unit.flags and "awaited" not in site.fact.uses:
        return set()
    if "generator" in callee.unit.flags:
        found.add("iterator")
    back = {
        trait[10:] for trait in callee.returns if trait.startswith("parameter:") and "element" not in callee.returns
    }
    for parameter, argument in bound(callee.unit, site.fact, names.is_bound(target, site.fact)):
        if parameter in back and "element" not in argument.tags:
            found |= {tag for tag in argument.tags if tag.startswith("parameter:")}
    return found


def is_wrapper(unit: Unit) -> bool:
    """Return whether a function stands in front of others (`wrapper(*args, **kwargs)`), whose results it mixes up."""
    kinds = {parameter.kind for parameter in unit.signature.parameters} if unit.signature is not None else set()
    return "nested" in unit.flags and kinds >= {"var_positional", "var_keyword"}


def _inherit_effects(function: Function, callee: Function, site: Site, target: str, names: NameTable) -> None:
    """Note what a callee does to the parameters that this function passes on."""
    acts = {kind: subjects for kind, subjects in callee.acts.items() if kind in _PASSED_ON}
    if not acts:
        return
    own = names.receiver(function.unit)
    for parameter, argument in bound(callee.unit, site.fact, names.is_bound(target, site.fact)):
        for kind, subjects in acts.items():
            wanted = f"parameter:{parameter}" if kind in PATHS else parameter
            if wanted not in subjects:
                continue
            for tag in argument.tags:
                _pass_on(function, kind, tag, site.fact, callee, own)
            texts = [tag[5:] for tag in argument.tags if tag.startswith("text:")] if kind in PATHS else []
            for text in texts:
                _note(function, kind, text, site.fact, callee)


def _pass_on(function: Function, kind: str, tag: str, fact: CallFact, callee: Function, receiver: str) -> None:
    """Note one effect on one thing that was passed on."""
    prefix, _, name = tag.partition(":")
    if prefix == "parameter":
        _note(function, kind, tag if kind in PATHS else name, fact, callee)
    elif prefix == "attribute" and kind == "mutates_parameter" and receiver:
        _note(function, kind, receiver, fact, callee, f"{name} ")
    elif prefix in ("global", "imported") and kind == "mutates_parameter":
        _note(function, "global_store", name, fact, callee)


def _note(function: Function, kind: str, subject: str, fact: CallFact, callee: Function, what: str = "") -> None:
    """Add an inherited effect, the first one of its kind and subject."""
    if subject in function.subjects(kind):
        return
    detail = f"{what}through {callee.unit.symbol}"
    function.acts.setdefault(kind, set()).add(subject)
    function.inherited[kind, subject] = EffectFact(kind, subject, fact.line, detail)


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


def _watched(functions: Mapping[str, Function]) -> set[str]:
    """Return the functions that are reached from a call inside a `try`: only their possible exceptions matter."""
    pending = [
        t
        for f in functions.values()
        for s in f.sites
        if any(u.startswith("catches:") for u in s.fact.uses)
        for t in s.targets
    ]
    pending += [f"{t}.__init__" for t in pending]
    seen: set[str] = set()
    while pending:
        symbol = pending.pop()
        if symbol in seen:
            continue
        seen.add(symbol)
        function = functions.get(symbol)
        if function is not None:
            pending += [t for site in function.sites for t in site.targets]
            pending += [f"{t}.__init__" for site in function.sites for t in site.targets]
    return seen


def _finished(function: Function, functions: Mapping[str, Function], names: NameTable, watched: set[str]) -> Unit:
    """Return the unit with its effects and the calls at which something is at stake."""
    path = function.unit.span.path
    is_watched = function.unit.symbol in watched
    found = {
        effect
        for fact in (*function.raw.effects, *function.inherited.values())
        for effect in _effect(fact, path, function.unit, names)
        if is_watched or effect.kind != "may_raise"
    }
    found |= set(_return_effects(function, names))
    uses = [use for site in function.sites for use in _uses(function, site, functions, names)]
    effects = tuple(sorted(found, key=lambda e: (e.kind, e.subject, e.span or Span(path=""), e.detail)))
    ordered = tuple(sorted(uses, key=lambda use: (use.line, use.column, use.callee)))
    return msgspec.structs.replace(function.unit, effects=effects, call_uses=ordered)


def _effect(fact: EffectFact, path: str, unit: Unit, names: NameTable) -> Iterator[Effect]:
    """Yield the record of a raw effect, its subject resolved; nothing for what leads outside the tree."""
    subject = fact.subject
    if fact.kind in ("global_store", "global_read"):
        subject = names.state(subject, unit.module)
        named = subject.removeprefix("state:")
        if fact.kind == "global_read" and names.is_class(named):
            yield Effect(kind="names_class", subject=named, span=Span(path=path, line=fact.line))
            return
        if not subject or (fact.kind == "global_read" and named in names.units):
            return
    elif fact.kind in PATHS and subject.startswith(("global:", "imported:")):
        subject = names.state(subject.partition(":")[2], unit.module) or subject
    elif fact.kind in ("raises", "catches"):
        subject = names.unit_or_name(subject, unit.module)
    is_possible = not fact.is_certain and fact.column < 0
    yield Effect(
        kind=fact.kind,
        subject=subject,
        span=Span(path=path, line=fact.line),
        confidence="possible" if is_possible else "certain",
        detail=fact.detail,
    )


def _return_effects(function: Function, names: NameTable) -> Iterator[Effect]:
    """Yield what a function's results are, as effects on its first line."""
    span = Span(path=function.unit.span.path, line=function.unit.span.line)
    for trait in sorted(function.returns):
        kind, _, detail = trait.partition(":")
        if kind == "parameter":
            if detail != names.receiver(function.unit):
                yield Effect(kind="returns_parameter", subject=detail, span=span)
        elif kind == "handle":
            yield Effect(kind="returns_handle", subject=detail, span=span)
        elif kind in ("own", "imported") and names.is_member(detail, kind, function.unit.module):
            yield Effect(kind="returns", subject="type", span=span, detail="enum member")
        elif kind in ("global", "imported"):
            state = names.state(detail, function.unit.module)
            if state:
                yield Effect(kind="returns", subject="global", span=span, detail=state)
        elif kind in (
            "iterator",
            "callback",
            "rng",
            "large",
            "exotic",
            "unpickled",
            "ml_model",
            "type",
            "instance",
            "context",
        ):
            yield Effect(kind="returns", subject=kind, span=span, detail=detail)


def _uses(function: Function, site: Site, functions: Mapping[str, Function], names: NameTable) -> Iterator[CallUse]:
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
        elif tag.startswith(_TRAITS) or tag in _TRAITS:
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
            kept = {t for t in callee.returns if t.startswith(_TRAITS) or t in _TRAITS}
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
