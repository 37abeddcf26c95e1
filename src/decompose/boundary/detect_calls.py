"""Hazards of how the call is made: rows 4, 10, 11, 14, 15, 16, 21 and 25."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from decompose.boundary.crossing import Crossing, site_of
from decompose.boundary.hazards import Found, found
from decompose.boundary.types import STREAMS, names_in
from decompose.ir.graph import CallUse, Effect, Site, Unit
from decompose.ir.symbols import module_of, qualname_of

_BROAD = frozenset({"Exception", "BaseException"})
_HARMLESS_CALLS = frozenset({
    "frozenset", "tuple", "float", "int", "str", "bool", "Path", "pathlib.Path", "PurePath", "object", "re.compile",
    "timedelta", "datetime.timedelta", "bytes", "Decimal", "decimal.Decimal", "torch.device", "range",
    "MappingProxyType", "datetime", "datetime.datetime", "date", "datetime.date", "Fraction",
})  # fmt: skip
_FRESH = frozenset(
    {
        "list",
        "dict",
        "set",
        "defaultdict",
        "collections.defaultdict",
        "bytearray",
        "deque",
        "collections.deque",
        "Counter",
        "collections.Counter",
        "OrderedDict",
    }
)


def stream_result(crossing: Crossing) -> Iterator[Found]:
    """Row 4: the result is a generator or iterator."""
    callee = crossing.callee
    if callee is None or is_context_manager(callee):
        return
    if crossing.class_called is not None:
        yield from _iterated_instance(crossing)
        return
    returned = [effect for effect in crossing.effects("returns") if effect.subject == "iterator"]
    declared = bool(
        {name.rpartition(".")[2] for name in names_in(callee.signature.returns if callee.signature else "")} & STREAMS
    )
    is_file = any(effect.kind == "returns_handle" and effect.detail == "open" for effect in callee.effects)
    is_drawn = any("iterated" in use.traits for use in crossing.uses)
    if "generator" in callee.flags or any(effect.kind == "yields" for effect in callee.effects):
        yield found(4, (*crossing.here(), *_places(callee, "yields")), "the callee is a generator")
    elif returned or declared:
        yield found(4, (*crossing.here(), crossing.definition()), "the callee returns an iterator")
    elif is_file and is_drawn:
        yield found(
            4, (*crossing.here(), crossing.definition()), "the caller iterates over a file that the callee opened"
        )


def _iterated_instance(crossing: Crossing) -> Iterator[Found]:
    """Yield row 4 for an instance that the caller iterates over."""
    owner = crossing.class_called
    drawn = [use for use in crossing.uses if "iterated" in use.traits]
    if (
        owner is not None
        and drawn
        and (
            crossing.land.system.method(owner.symbol, "__iter__")
            or crossing.land.system.method(owner.symbol, "__next__")
        )
    ):
        yield found(4, crossing.here(drawn[0]), f"the caller iterates over an instance of `{owner.symbol}`")


def _places(unit: Unit, kind: str) -> tuple[Site, ...]:
    """Return the places of one kind of effect."""
    return tuple(site_of(effect, unit) for effect in unit.effects if effect.kind == kind)


def is_context_manager(unit: Unit) -> bool:
    """Return whether a function is decorated to make context managers."""
    return any(name.rpartition(".")[2] in ("contextmanager", "asynccontextmanager") for name in unit.decorators)


def exceptions(crossing: Crossing) -> Iterator[Found]:
    """Row 10: the caller, or one of its callers, catches by class what the callee raises."""
    raised = list(_raised(crossing))
    if not raised:
        return
    for caught, use_sites in _caught(crossing):
        for name, effect, unit in raised:
            if _catches(crossing, caught, name, is_explicit=effect.kind == "raises"):
                yield found(
                    10,
                    (*use_sites, site_of(effect, unit)),
                    f"`{qualname_of(name) or name}` is raised there and "
                    f"caught here as `{qualname_of(caught) or caught}`",
                    subject=name,
                )


def _raised(crossing: Crossing) -> Iterator[tuple[str, Effect, Unit]]:
    """Yield what the callee may raise, with the effect that says so."""
    for unit in crossing.land.reach(crossing.target):
        for effect in unit.effects:
            if effect.kind in ("raises", "may_raise") and not _caught_inside(crossing, unit, effect.subject):
                yield effect.subject, effect, unit


def _caught_inside(crossing: Crossing, unit: Unit, name: str) -> bool:
    """Return whether every call of a helper of the callee stands in a `try` that catches what it raises."""
    callee = crossing.callee
    if callee is None or unit.symbol in (callee.symbol, crossing.target):
        return False
    uses = [u for other in crossing.land.reach(crossing.target) for u in other.call_uses if u.callee == unit.symbol]
    marks = [{trait.removeprefix("catches:") for trait in use.traits if trait.startswith("catches:")} for use in uses]
    return bool(marks) and all(any(_covers(crossing, caught, name) for caught in found) for found in marks)


def _caught(crossing: Crossing) -> Iterator[tuple[str, tuple[Site, ...]]]:
    """Yield the exception types caught around the call, and around calls of the caller in its own service."""
    for use in crossing.uses:
        for name in _marks(use):
            yield _resolve(crossing, name, crossing.source), crossing.here(use)
    above = {crossing.source, *(unit.symbol for unit in crossing.land.ancestors(crossing.source))}
    for unit in crossing.land.ancestors(crossing.source):
        for use in unit.call_uses:
            if use.callee in above:
                for name in _marks(use):
                    yield _resolve(crossing, name, unit.symbol), crossing.here()


def _marks(use: CallUse) -> list[str]:
    """Return what is caught around one call."""
    return [trait.removeprefix("catches:") for trait in use.traits if trait.startswith("catches:")]


def _resolve(crossing: Crossing, name: str, symbol: str) -> str:
    """Return the symbol of an own exception class, else the name."""
    caller = crossing.land.system.units.get(symbol)
    for effect in caller.effects if caller is not None else ():
        if effect.kind == "catches" and (
            effect.subject == name or effect.subject.endswith((f":{name.rpartition('.')[2]}",))
        ):
            return effect.subject
    return name


def _catches(crossing: Crossing, caught: str, name: str, *, is_explicit: bool) -> bool:
    """Return whether a handler that names a class would see an exception, and cares which it is."""
    if caught in _BROAD:
        return False
    return _covers(crossing, caught, name)


def _covers(crossing: Crossing, caught: str, name: str) -> bool:
    """Return whether one exception class is another or an ancestor of it."""
    if caught == name or caught in _BROAD:
        return True
    if ":" in name:
        unit = crossing.land.system.units.get(name)
        return unit is not None and any(
            _covers(crossing, caught, base.removeprefix("builtins.")) for base in unit.bases
        )
    mine, theirs = getattr(builtins, name, None), getattr(builtins, caught, None)
    if isinstance(mine, type) and isinstance(theirs, type):
        return issubclass(mine, theirs)
    return name.rpartition(".")[2] == caught.rpartition(".")[2] and ":" not in caught


def context_manager(crossing: Crossing) -> Iterator[Found]:
    """Row 11: the caller enters what the callee makes."""
    callee = crossing.callee
    if callee is None:
        return
    entered = [use for use in crossing.uses if "with" in use.traits]
    if entered:
        yield found(
            11,
            (*(site for use in entered for site in crossing.here(use)), crossing.definition()),
            "the caller enters it with `with`",
        )
    elif is_context_manager(callee) or callee.symbol.endswith((".__enter__", ".__aenter__")):
        yield found(11, (*crossing.here(), crossing.definition()), "the callee makes a context manager")


def variable_arguments(crossing: Crossing) -> Iterator[Found]:
    """Row 14: arguments go into `*args` or `**kwargs`."""
    kinds = {parameter.kind for parameter in crossing.parameters}
    for use in crossing.uses:
        is_extra = bool({"extra:*", "extra:**"} & set(use.traits))
        is_spread = "spread" in use.traits and bool(kinds & {"var_positional", "var_keyword"})
        if (is_extra or is_spread) and kinds & {"var_positional", "var_keyword"}:
            yield found(
                14,
                (*crossing.here(use), crossing.definition()),
                "arguments beyond the named parameters are handed over",
            )


def computed_default(crossing: Crossing) -> Iterator[Found]:
    """Row 15: a default that is computed, or that the callee changes, is left to the callee."""
    callee = crossing.callee
    if callee is None:
        return
    for use in crossing.uses:
        for trait in use.traits:
            if not trait.startswith("omits:"):
                continue
            parameter = next((p for p in crossing.parameters if p.name == trait[6:]), None)
            why = (
                _default_trouble(crossing, callee, parameter.name, parameter.default or "")
                if parameter is not None
                else ""
            )
            if why:
                yield found(15, (*crossing.here(use), crossing.definition()), why, subject=trait[6:])


def _default_trouble(crossing: Crossing, callee: Unit, name: str, text: str) -> str:
    """Return what is wrong with a default; empty when it is the same wherever it is evaluated."""
    try:
        node = ast.parse(text, mode="eval").body
    except SyntaxError:
        return ""
    if isinstance(node, ast.List | ast.Dict | ast.Set) or (
        isinstance(node, ast.Call) and ast.unparse(node.func) in _FRESH
    ):
        kinds = {effect.kind for effect in callee.effects if effect.subject == name}
        is_shared = bool(kinds & {"mutates_parameter", "keeps_parameter", "returns_parameter"})
        return f"the default of `{name}` is one mutable object, shared by all calls" if is_shared else ""
    calls = [
        part for part in ast.walk(node) if isinstance(part, ast.Call) and ast.unparse(part.func) not in _HARMLESS_CALLS
    ]
    if calls and not isinstance(node, ast.Lambda):
        return f"the default of `{name}` (`{text}`) is computed where the callee is imported"
    if any(isinstance(part, ast.Subscript) and "environ" in ast.unparse(part) for part in ast.walk(node)):
        return f"the default of `{name}` (`{text}`) is read from the environment of the callee"
    if isinstance(node, ast.Name):
        body = crossing.land.system.units.get(f"{module_of(callee.symbol)}:<module>")
        computed = {
            effect.subject
            for effect in (body.effects if body is not None else ())
            if effect.kind == "defines" and effect.detail == "computed"
        }
        if text in computed:
            return f"the default of `{name}` (`{text}`) is computed where the callee is imported"
    return ""


def async_and_sync(crossing: Crossing) -> Iterator[Found]:
    """Row 16: one side is async."""
    caller, callee = crossing.caller, crossing.callee
    if caller is None or callee is None or crossing.class_called is not None:
        return
    if "async" in callee.flags:
        yield found(16, (*crossing.here(), crossing.definition()), "the callee is async")
    elif "async" in caller.flags:
        yield found(16, crossing.here(), "the caller is async and would wait for the reply in its event loop")


def recursion(crossing: Crossing) -> Iterator[Found]:
    """Row 21: the callee comes back to the caller."""
    system, pending, seen = crossing.land.system, [crossing.target], {crossing.target}
    while pending:
        name = pending.pop()
        for edge in system.outgoing.get(name, ()):
            if edge.kind != "call" or edge.target in seen:
                continue
            if edge.target == crossing.source:
                sites = edge.sites[:1]
                yield found(
                    21,
                    (*crossing.here(), *sites),
                    f"`{crossing.target}` comes back to `{crossing.source}` through `{name}`",
                )
                return
            seen.add(edge.target)
            pending.append(edge.target)


def not_idempotent(crossing: Crossing, told: frozenset[int] = frozenset()) -> Iterator[Found]:
    """Row 25: a repeated call would act twice."""
    for effect, unit in crossing.reached("non_idempotent"):
        yield found(
            25, (*crossing.here(), site_of(effect, unit)), f"`{unit.symbol}` acts anew each time: {effect.subject}"
        )
    if not told & {8, 2}:
        for effect, unit in crossing.reached("global_store"):
            if effect.detail in (
                "increment",
                "append",
                "extend",
                "insert",
                "pop",
                "appendleft",
                "augmented",
                "remove",
                "popleft",
            ):
                yield found(25, (*crossing.here(), site_of(effect, unit)), f"`{effect.subject}` grows with each call")
    if 18 not in told and not any(True for _ in crossing.reached("seeds_rng")):
        for effect, unit in crossing.reached("uses_rng"):
            yield found(25, (*crossing.here(), site_of(effect, unit)), f"another draw each time (`{effect.detail}`)")
    if 12 not in told and 1 not in told:
        for effect, unit in crossing.reached("mutates_parameter"):
            if effect.detail.rpartition(" ")[2] in ("increment", "partial_fit"):
                yield found(
                    25, (*crossing.here(), site_of(effect, unit)), f"`{effect.subject}` moves on with each call"
                )
