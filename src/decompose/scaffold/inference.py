"""What a service offers to clients of the Open Inference Protocol: its inference functions and JSON routes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from decompose.ir.blueprint import ServiceBlueprint
from decompose.ir.graph import Parameter, Unit
from decompose.ir.symbols import qualname_of, top_level_of
from decompose.scaffold.operations import ServedOperation
from decompose.scaffold.territory import Territory

_ROLES = ("online_inference", "batch_inference")
_DOCUMENTS = {"dict", "list", "tuple", "Dict", "List", "Tuple", "Mapping", "Sequence"}
_SCALARS = ("int", "float", "str", "bool", "builtins.int", "builtins.float", "builtins.str", "builtins.bool")


@dataclass(frozen=True, slots=True)
class ModelParameter:
    """An argument of a function that is a model."""

    name: str
    form: str
    """`array`, `frame`, `scalar` or `json`."""
    is_required: bool


@dataclass(frozen=True, slots=True)
class ModelContext:
    """One model as templates see it: a function, or a route."""

    name: str
    symbol: str = ""
    parameters: tuple[ModelParameter, ...] = ()
    path: str = ""


def models_of(
    territory: Territory, service: ServiceBlueprint, operations: Iterable[ServedOperation], *, has_web: bool
) -> tuple[ModelContext, ...]:
    """Return the models of a service, by name: what is there to infer online; a job has none.

    Operations whose foremost role is inference and whose arguments are data (an array, a frame, a document; no loaded
    model or other live object), and, of a web application, routes with that role which take a document by POST at a
    fixed path.
    """
    if service.kind == "job":
        return ()
    found = [_function(territory.units[o.symbol]) for o in operations if _infers(territory.units[o.symbol])]
    members = set(service.members)
    for unit in territory.units.values() if has_web else ():
        path = _post_path(unit)
        is_own = path and top_level_of(unit.symbol) in members and any(tag.role in _ROLES for tag in unit.roles)
        if is_own and _takes_document(territory, unit):
            found.append(ModelContext(name=_word(path), path=path))
    return _named(found)


def claims_protocol_path(territory: Territory) -> bool:
    """Return whether the monolith has routes of its own where the protocol's would stand."""
    return any(_path(unit).partition(" ")[2].startswith("/v2") for unit in territory.units.values())


def _infers(unit: Unit) -> bool:
    if not unit.roles or unit.roles[0].role not in _ROLES or "generator" in unit.flags or unit.signature is None:
        return False
    parameters = unit.signature.parameters
    required = [_form(p) for p in parameters if p.default is None]
    is_plain = not any(p.kind.startswith("var_") for p in parameters)
    return is_plain and all(required) and any(form in ("array", "frame", "json") for form in required)


def _takes_document(territory: Territory, unit: Unit) -> bool:
    """Return whether a route reads JSON: as a typed parameter, or from the request itself."""
    if unit.signature is not None and unit.signature.parameters:
        return True
    lines = territory.sources[unit.span.path].decode("utf-8", "replace").split("\n")
    text = "\n".join(lines[unit.span.line - 1 : unit.span.end_line])
    return "get_json" in text or "request.json" in text or ".json()" in text


def _function(unit: Unit) -> ModelContext:
    signature = unit.signature
    parameters = signature.parameters if signature is not None else ()
    made = tuple(ModelParameter(p.name, _form(p) or "json", is_required=p.default is None) for p in parameters)
    return ModelContext(name=qualname_of(unit.symbol), symbol=unit.symbol, parameters=made)


def _form(parameter: Parameter) -> str:
    """Return how tensors become the argument, from what is known of its type; empty when that is nothing."""
    names = [parameter.annotation, *(guess.type for guess in parameter.types)]
    last = [name.partition("[")[0].rpartition(".")[2] for name in names if name]
    if "DataFrame" in last:
        return "frame"
    if {"ndarray", "Tensor", "NDArray", "ArrayLike"} & set(last):
        return "array"
    if any(name in _SCALARS for name in names):
        return "scalar"
    return "json" if _DOCUMENTS & set(last) else ""


def _post_path(unit: Unit) -> str:
    """Return the path of a POST route that has no variable part, empty for all other units."""
    methods, _, path = _path(unit).partition(" ")
    return path if "POST" in methods.split("/") and path and not set("{<") & set(path) else ""


def _path(unit: Unit) -> str:
    return unit.entry.detail if unit.entry is not None and unit.entry.kind == "route" else ""


def _word(path: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in path).split()) or "root"


def _named(models: Iterable[ModelContext]) -> tuple[ModelContext, ...]:
    """Return the models by name, the first of equal names."""
    by_name: dict[str, ModelContext] = {}
    for model in sorted(models, key=lambda m: (m.name, not m.symbol, m.path)):
        by_name.setdefault(model.name, model)
    return tuple(by_name.values())
