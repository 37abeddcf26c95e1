"""Records of which every field is filled, found by looking at their types: a field that is added later is filled too."""

from __future__ import annotations

import itertools
import re
import types
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

import msgspec
from pydantic import BaseModel

T = TypeVar("T")
_WORD = re.compile(r"plain\d+")


def filled(kind: Any, numbers: itertools.count[int] | None = None) -> Any:
    """Return a value of a type, every text in it another `plain…`, two elements in every list."""
    numbers = numbers or itertools.count()
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is str:
        return f"plain{next(numbers)}"
    if kind in (int, float, bool):
        return kind(1)
    if origin is Literal:
        return arguments[0]
    if origin is Annotated:
        return filled(arguments[0], numbers)
    if origin is tuple:
        return tuple(filled(arguments[0], numbers) for _ in range(2))
    if origin is dict:
        return {filled(arguments[0], numbers): filled(arguments[1], numbers)}
    if origin is types.UnionType:
        return filled(next(one for one in arguments if one is not type(None)), numbers)
    return kind(**{name: filled(inner, numbers) for name, inner in fields_of(kind).items()})


def fields_of(kind: Any) -> dict[str, Any]:
    """Return the fields of a record type with their types."""
    if issubclass(kind, BaseModel):
        return {name: field.annotation for name, field in kind.model_fields.items()}
    return {field.name: field.type for field in msgspec.structs.fields(kind)}


def texts_of(kind: Any, path: str = "") -> set[str]:
    """Return the places of a record type, and of all in it, that hold free text."""
    if kind is str:
        return {path}
    if get_origin(kind) is Literal or kind in (int, float, bool, type(None)):
        return set()
    if get_origin(kind) is not None:
        arguments = get_args(kind)[:1] if get_origin(kind) is Annotated else get_args(kind)
        return set().union(*(texts_of(one, path) for one in arguments if one is not Ellipsis))
    return set().union(*(texts_of(inner, f"{path}.{name}") for name, inner in fields_of(kind).items()))


def untouched(value: Any, path: str = "") -> set[str]:
    """Return the places of a record that hold a text without a `plain…` in it."""
    if isinstance(value, str):
        return set() if _WORD.search(value) else {path}
    if isinstance(value, dict):
        return set().union(*(untouched(one, path) for pair in value.items() for one in pair))
    if isinstance(value, tuple | list):
        return set().union(*(untouched(one, path) for one in value))
    if isinstance(value, msgspec.Struct | BaseModel):
        return set().union(*(untouched(getattr(value, name), f"{path}.{name}") for name in fields_of(type(value))))
    return set()


def spoilt(record: T, hostile: str) -> T:
    """Return a record with a hostile text behind every `plain…`, wherever it stands."""
    kind = type(record)
    if isinstance(record, BaseModel):
        return kind.model_validate(_spoilt(record.model_dump(mode="json"), hostile))  # type: ignore[attr-defined,no-any-return]
    return msgspec.convert(_spoilt(msgspec.to_builtins(record), hostile), kind)


def _spoilt(value: Any, hostile: str) -> Any:
    if isinstance(value, str):
        return _WORD.sub(lambda match: match[0] + hostile, value)
    if isinstance(value, dict):
        return {_spoilt(key, hostile): _spoilt(inner, hostile) for key, inner in value.items()}
    return [_spoilt(inner, hostile) for inner in value] if isinstance(value, list | tuple) else value
