"""Contracts: what a service offers to the others, each value with its codec and how that is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from decompose.boundary.system import System, match_class
from decompose.boundary.types import UNKNOWN, codec_of, names_in
from decompose.ir.blueprint import Codec, Field, Operation, OperationKind
from decompose.ir.findings import Finding, Span
from decompose.ir.graph import Confidence, Parameter, TypeGuess, Unit
from decompose.ir.symbols import module_of, qualname_of

ANSWERING_DUNDERS = frozenset({
    "__call__", "__len__", "__iter__", "__next__", "__getitem__", "__setitem__", "__delitem__", "__contains__",
    "__enter__", "__exit__", "__aenter__", "__aexit__", "__bool__", "__add__", "__sub__", "__mul__", "__truediv__",
    "__eq__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__or__", "__and__", "__matmul__", "__neg__",
})  # fmt: skip
"""Special methods that an instance answers through its facade."""
_RETRY_UNSAFE = frozenset({
    "mutates_parameter", "global_store", "uses_rng", "transaction", "keeps_parameter", "non_idempotent", "exits",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Terms:
    """What the contracts of a system are drawn up from."""

    system: System
    by_value: frozenset[str]
    """Symbols of own classes that cross by value, since both sides have the definition."""
    sampled: Mapping[str, Mapping[str, str]]
    """Dotted types by parameter (`return` for the result), by callee, as a traced run saw them."""
    copied_back: Mapping[str, frozenset[str]]
    """Parameters whose changes a caller can see, by callee."""


def operations_of(
    terms: Terms, symbol: str, service: str, callers: Iterable[str], name: Callable[[str], str]
) -> tuple[Operation, ...]:
    """Return the operations through which others use a function, or a class with all that its instances answer to.

    Args:
        terms: What is known of the system.
        symbol: Module-level function or class.
        service: Service that owns it.
        callers: Services that use it.
        name: Gives each operation an identifier that is unique in the service.
    """
    unit, who = terms.system.units[symbol], tuple(sorted(callers))
    if unit.kind != "class":
        kind: OperationKind = "route" if unit.entry is not None and unit.entry.kind == "route" else "function"
        return (_operation(terms, unit, service, who, kind, name(qualname_of(symbol))),)
    found = [_constructor(terms, unit, service, who, name)]
    seen: set[str] = set()
    for base in terms.system.lineage(symbol):
        for member in terms.system.members.get(base.symbol, ()):
            bare = qualname_of(member.symbol).rpartition(".")[2]
            kind = _method_kind(member)
            key = f"{bare}:{kind}" if kind == "setter" else bare
            if member.kind != "method" or key in seen or (bare.startswith("_") and bare not in ANSWERING_DUNDERS):
                continue
            seen.add(key)
            label = f"{qualname_of(symbol)}_{bare.strip('_')}" + ("_set" if kind == "setter" else "")
            found.append(_operation(terms, member, service, who, kind, name(label)))
    return tuple(found)


def _constructor(
    terms: Terms, unit: Unit, service: str, callers: tuple[str, ...], name: Callable[[str], str]
) -> Operation:
    """Return the operation that makes an instance and hands back a handle to it."""
    init = terms.system.method(unit.symbol, "__init__")
    fields: tuple[Field, ...] = ()
    if init is not None:
        fields = _fields(terms, init, is_bound=True)
    elif {"dataclass", "pydantic", "namedtuple"} & terms.system.traits(unit.symbol):
        fields = tuple(_field(terms, unit, attribute) for attribute in unit.attributes)
    return Operation(
        name=name(qualname_of(unit.symbol)),
        symbol=unit.symbol,
        service=service,
        kind="constructor",
        parameters=fields,
        result=Field(
            name="result", codec="handle", type=unit.symbol, confidence="certain", provenance="constructor", kind=""
        ),
        raises=_subjects(init or unit, "raises"),
        callers=callers,
        effects=_effects(init or unit),
    )


def _method_kind(unit: Unit) -> OperationKind:
    """Return how a method is reached."""
    flags = set(unit.flags)
    if "setter" in flags:
        return "setter"
    if "property" in flags:
        return "property"
    return "static" if flags & {"static", "classmethod"} else "method"


def _operation(
    terms: Terms, unit: Unit, service: str, callers: tuple[str, ...], kind: OperationKind, name: str
) -> Operation:
    """Return the operation of one function or method."""
    is_bound = kind in ("method", "property", "setter") or "classmethod" in unit.flags
    return Operation(
        name=name,
        symbol=unit.symbol,
        service=service,
        kind=kind,
        parameters=_fields(terms, unit, is_bound=is_bound),
        result=_result(terms, unit),
        raises=_subjects(unit, "raises"),
        is_async="async" in unit.flags,
        is_idempotent=not any(effect.kind in _RETRY_UNSAFE for effect in unit.effects),
        callers=callers,
        effects=_effects(unit),
    )


def _fields(terms: Terms, unit: Unit, *, is_bound: bool) -> tuple[Field, ...]:
    """Return the parameters that travel; the instance or class itself does not."""
    parameters = unit.signature.parameters if unit.signature is not None else ()
    return tuple(_field(terms, unit, parameter) for parameter in parameters[1 if is_bound else 0 :])


def _field(terms: Terms, unit: Unit, parameter: Parameter) -> Field:
    """Return one parameter as a field of the request."""
    sampled = terms.sampled.get(unit.symbol, {}).get(parameter.name, "")
    codec, kind, confidence, provenance = _carried(terms, unit, parameter.annotation, parameter.types, sampled)
    return Field(
        name=parameter.name,
        codec=codec,
        type=kind,
        annotation=parameter.annotation,
        confidence=confidence,
        provenance=provenance,
        kind=parameter.kind,
        default=parameter.default,
        is_copied_back=parameter.name in terms.copied_back.get(unit.symbol, frozenset()),
    )


def _result(terms: Terms, unit: Unit) -> Field:
    """Return the result as a field of the reply."""
    flags, signature = set(unit.flags), unit.signature
    returns = signature.returns if signature is not None else ""
    guesses = signature.return_types if signature is not None else ()
    if "generator" in flags:
        return Field(
            name="result",
            codec="stream",
            type="Iterator",
            annotation=returns,
            confidence="certain",
            provenance="flow",
            kind="",
        )
    for kind, codec in (("returns_iterator", "stream"), ("returns_handle", "handle")):
        if any(effect.kind == kind for effect in unit.effects):
            return Field(name="result", codec=codec, annotation=returns, provenance="flow", kind="")  # type: ignore[arg-type]
    sampled = terms.sampled.get(unit.symbol, {}).get("return", "")
    found, name, confidence, provenance = _carried(terms, unit, returns, guesses, sampled)
    return Field(
        name="result", codec=found, type=name, annotation=returns, confidence=confidence, provenance=provenance, kind=""
    )


def _carried(
    terms: Terms, unit: Unit, annotation: str, guesses: tuple[TypeGuess, ...], sampled: str
) -> tuple[Codec, str, Confidence, str]:
    """Return codec, type, confidence and provenance of a value, from the strongest witness there is."""
    witnesses = [(annotation, "certain", "annotation")] if annotation else []
    witnesses += [(sampled, "possible", "trace")] if sampled else []
    witnesses += [(guess.type, guess.confidence, guess.provenance or "flow") for guess in guesses]
    for text, confidence, provenance in witnesses:
        codec, name = _codec(terms, unit, text)
        if codec is not None:
            return codec, name, confidence, provenance  # type: ignore[return-value]
    return "json", "object", "possible", ""


def _codec(terms: Terms, unit: Unit, text: str) -> tuple[Codec | None, str]:
    """Return the codec that a type's text asks for, with the type that decides; `None` when it says nothing.

    A union or container is carried by the codec of its most demanding part; a container of frames or arrays stays in
    the tagged envelope, which carries them inside.
    """
    names = [name for name in names_in(text) if name not in UNKNOWN]
    own = [symbol for symbol in (match_class(terms.system, name, module_of(unit.symbol)) for name in names) if symbol]
    if own:
        is_handle = any(symbol not in terms.by_value for symbol in own)
        return ("handle" if is_handle else "json"), own[0]
    codecs = {name: codec_of(name) for name in names}
    for wanted in ("stream", "callback", "handle", "model"):
        if wanted in codecs.values():
            return wanted, next(name for name, codec in codecs.items() if codec == wanted)
    useful = [(name, codec) for name, codec in codecs.items() if codec not in (None, "none")]
    if len(useful) == 1:
        return useful[0][1], useful[0][0]
    if useful:
        return "json", useful[0][0]
    return ("none", "None") if "none" in codecs.values() else (None, "object")


def _subjects(unit: Unit, kind: str) -> tuple[str, ...]:
    """Return the sorted subjects of one kind of effect."""
    return tuple(sorted({effect.subject for effect in unit.effects if effect.kind == kind and effect.subject}))


def _effects(unit: Unit) -> tuple[str, ...]:
    """Return what the callee does beyond computing, as sorted `kind:subject`."""
    return tuple(sorted({f"{effect.kind}:{effect.subject}".rstrip(":") for effect in unit.effects}))


def doubts(operations: Iterable[Operation], system: System) -> tuple[Finding, ...]:
    """Return a finding (DC401) for each operation with values whose type nothing tells."""
    found = []
    for operation in operations:
        fields = (*operation.parameters, operation.result)
        unknown = [field.name for field in fields if field.codec == "json" and field.type in UNKNOWN]
        if not unknown:
            continue
        unit = system.units[operation.symbol]
        names = ", ".join(f"`{name}`" for name in unknown)
        found.append(
            Finding(
                code="DC401",
                level="note",
                span=Span(path=unit.span.path, line=unit.span.line),
                message=f"nothing tells the type of {names} of `{operation.symbol}`; "
                "each crosses in the tagged envelope, "
                "which refuses what it cannot carry",
                hint="annotate it, or record a run with `decompose trace`",
                symbol=operation.symbol,
            )
        )
    return tuple(found)
