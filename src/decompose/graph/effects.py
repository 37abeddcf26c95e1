"""Side effects across calls: what a function does to its parameters through others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from decompose.graph.call_uses import call_uses
from decompose.graph.effect_functions import PATHS, THROUGH, Function, Site, bound
from decompose.graph.effect_names import NameTable
from decompose.ir.effects import CallFact, EffectFact, FunctionEffects
from decompose.ir.facts import SourceFacts
from decompose.ir.findings import Span
from decompose.ir.graph import CodeGraph, Effect, Unit
from decompose.ir.symbols import MODULE_BODY, qualname_of

_MAX_ROUNDS = 50
_PASSED_ON = frozenset({*THROUGH, *PATHS})


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
    uses = [use for site in function.sites for use in call_uses(function, site, functions, names)]
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
