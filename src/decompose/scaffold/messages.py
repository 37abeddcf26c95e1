"""The models of one service's messages, ready to be written down."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from decompose.ir.blueprint import Field, Operation, ServiceBlueprint
from decompose.ir.graph import Parameter, Unit
from decompose.ir.symbols import module_of, qualname_of
from decompose.scaffold.operations import ServedOperation
from decompose.scaffold.pytext import pystr
from decompose.scaffold.schema import expression_of
from decompose.scaffold.territory import Territory

_TAKEN = frozenset({
    "construct", "copy", "dict", "fields", "from_orm", "json", "parse_file", "parse_obj", "parse_raw", "schema",
    "schema_json", "update_forward_refs", "validate", "model_config",
})  # fmt: skip
"""Names that every model has already: such a parameter gets an underscore behind, and its own name as alias."""
_FROM_SCHEMA = (
    "LISTED", "MAPPED", "Arguments", "Array", "Bool", "Bytes", "Callback", "Column", "Float", "Frame", "Int",
    "OpenArguments", "PathLike", "Reply", "Stream", "Text", "array", "guessed", "instance", "left_out", "renamed",
)  # fmt: skip
_USED = frozenset({*_FROM_SCHEMA, "Annotated", "Any", "Literal", "datetime", "decimal", "uuid"})
"""Names that annotations of the models use: a field of that name would stand before them."""
_KINDS = ("function", "route", "constructor", "method", "static")


@dataclass(frozen=True, slots=True)
class FieldText:
    """One field of a model: its line, and what is known of it."""

    text: str
    doc: str
    name: str = "result"
    type: str = "Any"
    """Type expression."""
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class MessageModel:
    """The two models of one operation."""

    name: str
    symbol: str
    doc: str
    fields: tuple[FieldText, ...]
    positional: tuple[str, ...]
    is_open: bool
    result: FieldText


@dataclass(frozen=True, slots=True)
class Messages:
    """All models of one service."""

    messages: tuple[MessageModel, ...]
    imports: tuple[str, ...]
    """Import lines, in the formatter's order."""


def messages_of(territory: Territory, service: ServiceBlueprint, served: Iterable[ServedOperation]) -> Messages:
    """Return the models of a service: of its operations, and of the classes that others make and call there."""
    planned = {o.symbol: o for o in service.operations if o.kind in _KINDS}
    names = _Names()
    found = []
    for operation in sorted(served, key=lambda o: o.name):
        plan = planned.get(operation.symbol) or _unplanned(territory, operation.symbol, service.name)
        found.append(_model(territory, plan, names(operation.name)))
    functions = {operation.symbol for operation in served}
    for plan in sorted(planned.values(), key=lambda o: o.symbol):
        if plan.symbol not in functions:
            found.append(_model(territory, plan, names(plan.name)))
    return Messages(tuple(found), _imports(found))


class _Names:
    """Gives each model its own class name."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def __call__(self, operation: str) -> str:
        base = "".join(part[:1].upper() + part[1:] for part in re.split(r"[\W_]+", operation))
        base = base if base[:1].isalpha() else f"Operation{base}"
        name, number = base, 2
        while name.lower() in self._taken:
            name, number = f"{base}{number}", number + 1
        self._taken.add(name.lower())
        return name


def _unplanned(territory: Territory, symbol: str, service: str) -> Operation:
    """Return the operation of a function that no other service calls: tests and drivers may."""
    unit = territory.units[symbol]
    parameters = unit.signature.parameters if unit.signature is not None else ()
    returned = unit.signature.return_types if unit.signature is not None else ()
    result = Parameter(name="result", annotation=unit.signature.returns if unit.signature else "", types=returned)
    fields = tuple(_as_field(parameter) for parameter in parameters)
    return Operation(
        name=qualname_of(symbol), symbol=symbol, service=service, kind="function", parameters=fields,
        result=_as_field(result),
    )  # fmt: skip


def _as_field(parameter: Parameter) -> Field:
    guess = parameter.types[0] if parameter.types else None
    return Field(
        name=parameter.name,
        type=guess.type if guess is not None else "object",
        annotation=parameter.annotation,
        confidence="certain" if parameter.annotation else guess.confidence if guess is not None else "possible",
        provenance="annotation" if parameter.annotation else guess.provenance if guess is not None else "",
        kind=parameter.kind,
        default=parameter.default,
    )


def _model(territory: Territory, plan: Operation, name: str) -> MessageModel:
    unit = territory.units[plan.symbol]
    named = [f for f in plan.parameters if not f.kind.startswith("var_")]
    columns = _columns(unit, plan.parameters)
    return MessageModel(
        name=name,
        symbol=plan.symbol,
        doc=f"Arguments of `{plan.symbol}` ({unit.span}).",
        fields=tuple(_field(territory, plan, field, columns.get(field.name, ())) for field in named),
        positional=tuple(field.name for field in named if field.kind != "keyword_only"),
        is_open=any(field.kind == "var_keyword" for field in plan.parameters),
        result=_result(territory, plan),
    )


def _columns(unit: Unit, fields: Iterable[Field]) -> Mapping[str, tuple[str, ...]]:
    """Return the columns that a function reads of its one frame, by parameter."""
    frames = [f.name for f in fields if "DataFrame" in f.annotation or "DataFrame" in f.type]
    read = tuple(dict.fromkeys(use.name for use in unit.columns if use.use == "read"))
    return {frames[0]: read} if len(frames) == 1 and read else {}


def _field(territory: Territory, plan: Operation, field: Field, columns: tuple[str, ...]) -> FieldText:
    expression = _typed(territory, plan, field)
    if field.default == "None" and expression not in ("Any", "None") and not expression.endswith("| None"):
        expression = f"{expression} | None"
    name, alias = field.name, ""
    if name.startswith(("_", "model_")) or name in _TAKEN or name in _USED:
        name, alias = f"{name.strip('_') or 'value'}_", name
    left_out = "left_out()" if field.default is not None else ""
    if alias:
        left_out = f'renamed("{alias}"{", may_be_left_out=True" if left_out else ""})'
    default = f" = {left_out}" if left_out else ""
    notes = [_origin(field)]
    notes += [f"columns read: {', '.join(columns[:8])}"] if columns else []
    notes += ["changed in place, so it comes back"] if field.is_copied_back else []
    text = f"{name}: {expression}{default}"
    return FieldText(text, _sentence("; ".join(notes)), field.name, expression, field.default is None)


def _result(territory: Territory, plan: Operation) -> FieldText:
    if plan.result.codec == "stream":
        kind, doc = "Stream", "Values one after the other."
    elif plan.kind == "constructor":
        kind, doc = expression_of(plan.symbol, lambda name: name), "A handle to the new instance."
    else:
        kind, doc = _typed(territory, plan, plan.result), _sentence(_origin(plan.result))
    return FieldText(f"result: {kind}", doc, type=kind)


def _typed(territory: Territory, plan: Operation, field: Field) -> str:
    """Return a field's type: the annotation where there is one, else what was inferred, marked as a guess."""
    module = module_of(plan.symbol)

    def class_of(name: str) -> str:
        return territory.class_named(name, module)

    expression = expression_of(field.annotation, class_of) if field.annotation else "Any"
    if expression != "Any":
        return expression
    expression = expression_of(field.type, class_of) if field.type != "object" else "Any"
    return expression if expression == "Any" else _marked(expression, f"guessed({pystr(field.provenance or 'flow')})")


def _marked(expression: str, mark: str) -> str:
    """Return a type expression with one more mark: inside its own `Annotated[...]` where that spans all of it."""
    depth, ends = 0, []
    for position, character in enumerate(expression):
        depth += {"[": 1, "]": -1}.get(character, 0)
        if character == "]" and depth == 0:
            ends.append(position)
    is_one = expression.startswith("Annotated[") and ends[:1] == [len(expression) - 1]
    return f"{expression[:-1]}, {mark}]" if is_one else f"Annotated[{expression}, {mark}]"


def _origin(field: Field) -> str:
    if field.annotation:
        return f"annotated `{field.annotation}`"
    if field.type == "object":
        return "nothing tells its type: any value that may cross"
    return f"{field.confidence}, from {field.provenance or 'flow'}: `{field.type}`"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _imports(models: Iterable[MessageModel]) -> tuple[str, ...]:
    lines = [f.text for model in models for f in (*model.fields, model.result)]
    text = "\n".join(lines)
    words = set(re.findall(r"\w+", text)) | {"Arguments", "Reply"}
    words |= {"OpenArguments"} if any(model.is_open for model in models) else set()
    words -= {"Arguments"} if all(model.is_open for model in models) and any(True for _ in models) else set()
    words -= {"Reply"} if not lines else set()
    found = [f"import {name}" for name in ("datetime", "decimal", "uuid") if f"{name}." in text]
    typing = [name for name in ("Annotated", "Any", "Literal") if name in words]
    found += [f"from typing import {', '.join(typing)}"] if typing else []
    found += [""] if found else []
    found.append("from service_runtime.messages import Message")
    used = [name for name in _FROM_SCHEMA if name in words]
    line = f"from service_runtime.schema import {', '.join(used)}"
    if len(line) > 120:
        line = "from service_runtime.schema import (\n" + "".join(f"    {name},\n" for name in used) + ")"
    return (*found, line) if lines else tuple(found)
