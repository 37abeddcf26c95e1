"""Hazards of what is handed over: rows 5, 6, 7, 12, 13, 17, 19, 20 and 27."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decompose.boundary.crossing import Crossing, receiver_of, site_of
from decompose.boundary.hazards import Found, found, starts
from decompose.boundary.system import match_class
from decompose.boundary.types import ARRAYS, FRAMES, names_in
from decompose.ir.graph import Site
from decompose.ir.symbols import MODULE_BODY, module_of

_LIVE = ("handle:",)
_NOT_PLAIN = {
    "tuple": "tuple", "Tuple": "tuple", "set": "set", "Set": "set", "frozenset": "frozenset",
    "FrozenSet": "frozenset", "bytes": "bytes", "bytearray": "bytearray", "complex": "complex",
    "datetime": "datetime", "date": "date", "timedelta": "timedelta", "Decimal": "Decimal", "Fraction": "Fraction",
    "defaultdict": "defaultdict", "DefaultDict": "defaultdict", "Counter": "Counter", "deque": "deque",
    "OrderedDict": "OrderedDict", "Timestamp": "datetime", "float32": "numpy scalar", "int64": "numpy scalar",
    "datetime64": "datetime", "memoryview": "bytes", "time": "time", "float64": "numpy scalar",
    "int32": "numpy scalar", "AbstractSet": "set",
}  # fmt: skip
_SPARSE = frozenset(
    {
        "csr_matrix",
        "csc_matrix",
        "coo_matrix",
        "spmatrix",
        "csr_array",
        "Categorical",
        "MultiIndex",
        "SparseTensor",
        "lil_matrix",
    }
)
_KEYED = re.compile(r"\b(?:dict|Dict|Mapping)\[\s*(int|float|tuple|Tuple|bool|date|datetime)\b")
_NO_TYPE = frozenset({"range", "UUID", ""})


def iterator_argument(crossing: Crossing) -> Iterator[Found]:
    """Row 5: an iterator is handed over."""
    for use, argument in crossing.arguments():
        if "iterator" in argument.traits and argument.parameter != "*" and not starts(argument, *_LIVE):
            yield found(
                5,
                crossing.here(use),
                f"`{argument.parameter}` is an iterator: it can be drawn from once, and only here",
                subject=argument.parameter,
            )


def callback_argument(crossing: Crossing) -> Iterator[Found]:
    """Row 6: code is handed over."""
    for use, argument in crossing.arguments():
        kind = starts(argument, "callback:").removeprefix("callback:")
        is_object = starts(argument, "instance:") or {"ml_model", "unpickled"} & set(argument.traits)
        if not kind and ("called" not in argument.traits or is_object or starts(argument, *_LIVE)):
            continue
        is_named = kind in ("function", "partial", "class") or "is_class" in argument.traits
        what = {"lambda": "a lambda", "closure": "a nested function", "method": "a bound method"}.get(
            kind, "a function"
        )
        yield found(
            6,
            crossing.here(use),
            f"`{argument.parameter}` is {what}, which the callee calls back",
            verdict="safe-with-adapter" if is_named else "needs-change",
            strategy="" if is_named else "make it a module-level function, or keep both sides together",
            subject=argument.parameter,
        )


def live_handle(crossing: Crossing) -> Iterator[Found]:
    """Row 7: something that lives in one process is handed over, handed back, or held by an instance."""
    callee = crossing.callee
    if callee is None:
        return
    for use, argument in crossing.arguments():
        kind = starts(argument, *_LIVE).removeprefix("handle:")
        if kind:
            yield found(
                7,
                crossing.here(use),
                f"`{argument.parameter}` is a live handle (`{kind}`)",
                verdict="forbidden",
                subject=argument.parameter,
            )
    for effect in crossing.effects("returns_handle"):
        yield found(
            7,
            (*crossing.here(), site_of(effect, callee)),
            f"the result is a live handle (`{effect.detail}`)",
            verdict="forbidden",
        )
    for symbol in _instances(crossing):
        held = _held_handle(crossing, symbol)
        if held is not None:
            yield found(
                7, (*crossing.here(), held[0]), f"an instance of `{symbol}` holds a live handle ({held[1]})",
                verdict="safe-with-adapter", strategy="the instance stays where it was made and is reached by handle",
            )  # fmt: skip


def _instances(crossing: Crossing) -> Iterator[str]:
    """Yield own classes whose instances the edge makes or hands back."""
    owner = _stateful_class(crossing)
    if owner:
        yield owner
    for effect in crossing.effects("returns"):
        if effect.subject == "instance":
            yield effect.detail


def _held_handle(crossing: Crossing, symbol: str) -> tuple[Site, str] | None:
    """Return where a class stores a handle in its instance, if it does."""
    for unit in crossing.land.system.lineage(symbol):
        for method in crossing.land.system.members.get(unit.symbol, ()):
            for effect in method.effects:
                if effect.kind == "opens_handle" and effect.subject and effect.detail != "getLogger":
                    return site_of(effect, method), f"`{effect.subject}`: {effect.detail}"
    return None


def _stateful_class(crossing: Crossing) -> str:
    """Return the own class whose constructor or method is called; empty for a function or a static method."""
    if crossing.class_called is not None:
        return crossing.class_called.symbol
    callee = crossing.callee
    owner = crossing.land.system.class_of(callee.symbol) if callee is not None else None
    return (
        owner.symbol
        if owner is not None and callee is not None and receiver_of(callee) and "classmethod" not in callee.flags
        else ""
    )


def stateful_instance(crossing: Crossing) -> Iterator[Found]:
    """Row 12: an instance that changes after construction, or a fitted model, is used across the cut."""
    symbol = _stateful_class(crossing)
    site = crossing.land.stateful(symbol) if symbol else None
    if site is not None:
        yield found(12, (*crossing.here(), site), f"instances of `{symbol}` change after construction", subject=symbol)
    for use, argument in crossing.arguments():
        own = starts(argument, "instance:").removeprefix("instance:")
        change = crossing.land.stateful(own) if own else None
        if change is not None:
            yield found(
                12,
                (*crossing.here(use), change),
                f"`{argument.parameter}` is an instance of `{own}`, which changes after construction",
                subject=own,
            )
        elif "ml_model" in argument.traits or ("used_as_model" in argument.traits and not own):
            yield found(12, crossing.here(use), f"`{argument.parameter}` is a fitted model", subject=argument.parameter)
    callee = crossing.callee
    for effect in crossing.effects("returns") if callee is not None else ():
        is_used_as_one = effect.subject == "unpickled" and any("result_as_model" in use.traits for use in crossing.uses)
        if (effect.subject == "ml_model" or is_used_as_one) and callee is not None:
            yield found(12, (*crossing.here(), site_of(effect, callee)), "the result is a model with learned state")
        elif effect.subject == "instance" and callee is not None:
            change = crossing.land.stateful(effect.detail)
            if change is not None:
                yield found(
                    12,
                    (*crossing.here(), change),
                    f"the result is an instance of `{effect.detail}`, which changes after construction",
                    subject=effect.detail,
                )


def class_by_value(crossing: Crossing) -> Iterator[Found]:
    """Row 13: an instance of an own class that does not change is handed over or back."""
    for symbol, sites, where in _own_classes(crossing):
        unit = crossing.land.system.units.get(symbol)
        if unit is None or crossing.land.stateful(symbol) is not None:
            continue
        flags = crossing.land.system.traits(symbol)
        bases = {base.rpartition(".")[2] for base in unit.bases}
        if flags & {"enum", "exception"} or bases & {
            "TypedDict",
            "Protocol",
            "Enum",
            "IntEnum",
            "StrEnum",
            "Exception",
        }:
            continue
        if crossing.land.system.method(symbol, "__enter__") is not None and any(
            "with" in use.traits for use in crossing.uses
        ):
            continue
        definition = Site(path=unit.span.path, line=unit.span.line)
        yield found(13, (*sites, definition), f"{where} is an instance of `{symbol}`", subject=symbol)


def _own_classes(crossing: Crossing) -> Iterator[tuple[str, tuple[Site, ...], str]]:
    """Yield the own classes whose instances the edge hands over or back, with places and words."""
    callee = crossing.callee
    if callee is None or callee.signature is None:
        return
    given = {argument.parameter for use in crossing.uses for argument in use.arguments}
    for use, argument in crossing.arguments():
        for trait in argument.traits:
            if trait.startswith("instance:"):
                yield trait.removeprefix("instance:"), crossing.here(use), f"`{argument.parameter}`"
    for parameter in crossing.parameters:
        texts = [parameter.annotation, *(guess.type for guess in parameter.types if guess.confidence == "certain")]
        for symbol in _classes_in(crossing, texts):
            if parameter.default is None or parameter.name in given:
                yield symbol, crossing.here(), f"`{parameter.name}`"
    if crossing.class_called is not None:
        return
    texts = [callee.signature.returns, *(guess.type for guess in callee.signature.return_types)]
    texts += [effect.detail for effect in callee.effects if effect.kind == "returns" and effect.subject == "instance"]
    for symbol in _classes_in(crossing, texts):
        yield symbol, crossing.here(), "the result"


def _classes_in(crossing: Crossing, texts: list[str]) -> Iterator[str]:
    """Yield the own classes that some types name."""
    for text in texts:
        words = names_in(text)
        if any(word.rpartition(".")[2] in ("type", "Type") for word in words):
            continue
        for name in words:
            symbol = match_class(crossing.land.system, name, module_of(crossing.target))
            if symbol:
                yield symbol


def large_value(crossing: Crossing) -> Iterator[Found]:
    """Row 17: much is handed over, or the call stands in a loop over the data."""
    callee = crossing.callee
    for use, argument in crossing.arguments():
        kind = starts(argument, "large:").removeprefix("large:")
        if kind:
            yield found(
                17,
                crossing.here(use),
                f"`{argument.parameter}` has the size of the data (`{kind}`)",
                subject=argument.parameter,
            )
    for effect in crossing.effects("returns"):
        if effect.subject == "large" and callee is not None:
            yield found(
                17,
                (*crossing.here(), site_of(effect, callee)),
                f"the result has the size of the data (`{effect.detail}`)",
            )
    for use in crossing.uses:
        if "loop:data" in use.traits:
            yield found(17, crossing.here(use), "called once for each row, record or batch: one round trip each time")
        elif "loop" in use.traits and _takes_bulk(crossing):
            yield found(17, crossing.here(use), "a frame or array crosses in every round of a loop")
    deep = [site for site in crossing.sites if site.loops >= 2]
    if deep:
        yield found(
            17,
            (Site(path=site.path, line=site.line, column=site.column) for site in deep),
            "called inside nested loops",
        )


def _takes_bulk(crossing: Crossing) -> bool:
    """Return whether a parameter is declared a frame or array."""
    return any(
        name.rpartition(".")[2] in FRAMES | ARRAYS
        for parameter in crossing.parameters
        for name in names_in(parameter.annotation)
    )


def changed_by_codec(crossing: Crossing) -> Iterator[Found]:
    """Row 19: a device tensor, sparse matrix, special index or type that a plain codec does not keep."""
    callee = crossing.callee
    for use, argument in crossing.arguments():
        kind = starts(argument, "exotic:").removeprefix("exotic:")
        if kind:
            yield found(
                19, crossing.here(use), f"`{argument.parameter}` is special: {kind}", subject=argument.parameter
            )
    for effect in crossing.effects("returns"):
        if effect.subject == "exotic" and callee is not None:
            yield found(19, (*crossing.here(), site_of(effect, callee)), f"the result is special: {effect.detail}")
    for name, text in _annotations(crossing):
        special = _SPARSE & {word.rpartition(".")[2] for word in names_in(text)}
        if special:
            yield found(19, (*crossing.here(), crossing.definition()), f"{name} is a `{min(special)}`")


def unpickling(crossing: Crossing) -> Iterator[Found]:
    """Row 20: something is unpickled on the way, or was."""
    for effect, unit in crossing.reached("unpickles"):
        yield found(20, (*crossing.here(), site_of(effect, unit)), f"`{unit.symbol}` unpickles (`{effect.detail}`)")
    yield from _unpickled_on_import(crossing)
    for use, argument in crossing.arguments():
        if "unpickled" in argument.traits:
            yield found(20, crossing.here(use), f"`{argument.parameter}` was unpickled", subject=argument.parameter)
    for use in crossing.uses:
        if "unpickled_result" in use.traits:
            yield found(20, crossing.here(use), "the caller unpickles the result")


def _unpickled_on_import(crossing: Crossing) -> Iterator[Found]:
    """Yield row 20 where the callee reads a variable of its module, whose body unpickles."""
    read = {effect.subject for effect, _ in crossing.reached("global_read")}
    body = crossing.land.system.units.get(f"{module_of(crossing.target)}:{MODULE_BODY}")
    if body is None:
        return
    for effect in body.effects:
        if effect.kind == "unpickles" and any(
            state.startswith(f"state:{module_of(crossing.target)}:") for state in read
        ):
            yield found(
                20,
                (*crossing.here(), site_of(effect, body)),
                f"importing `{body.module}` unpickles (`{effect.detail}`)",
            )


def fidelity(crossing: Crossing) -> Iterator[Found]:
    """Row 27: a value that JSON has no word for."""
    callee = crossing.callee
    for use, argument in crossing.arguments():
        kind = starts(argument, "type:").removeprefix("type:")
        if kind not in _NO_TYPE and argument.parameter not in ("*", "**"):
            yield found(27, crossing.here(use), f"`{argument.parameter}` is a {kind}", subject=argument.parameter)
        member = next((trait for trait in argument.traits if trait.startswith("enum:")), "")
        if member:
            yield found(27, crossing.here(use), f"`{argument.parameter}` is an enum member", subject=argument.parameter)
    for effect in crossing.effects("returns"):
        if effect.subject == "type" and effect.detail not in _NO_TYPE and callee is not None:
            yield found(27, (*crossing.here(), site_of(effect, callee)), f"the result is a {effect.detail}")
    for name, text in _annotations(crossing):
        for word in names_in(text):
            kind = _NOT_PLAIN.get(word.rpartition(".")[2], "")
            own = match_class(crossing.land.system, word, module_of(crossing.target))
            unit = crossing.land.system.units.get(own)
            is_enum = unit is not None and ("enum" in unit.flags or any("Enum" in base for base in unit.bases))
            if (kind and not own) or is_enum:
                yield found(
                    27, (*crossing.here(), crossing.definition()), f"{name} is a {kind or 'n enum member'.strip()}"
                )
        if _KEYED.search(text):
            yield found(27, (*crossing.here(), crossing.definition()), f"{name} is a mapping whose keys are not text")


def _annotations(crossing: Crossing) -> Iterator[tuple[str, str]]:
    """Yield what the signature says of each value that crosses."""
    callee = crossing.callee
    if callee is None or callee.signature is None:
        return
    for parameter in crossing.parameters:
        if parameter.annotation and not parameter.kind.startswith("var_"):
            yield f"`{parameter.name}`", parameter.annotation
    if callee.signature.returns and crossing.class_called is None:
        yield "the result", callee.signature.returns
