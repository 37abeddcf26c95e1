"""What `schema` needs of pydantic 2, where the monolith is held to pydantic 1: the same checks, in plain Python.

The monolith's versions decide what is installed, and many pin pydantic 1 (often through their web framework). The
models of the messages are read here as what they are: annotations of a class.
"""

from __future__ import annotations

import importlib.metadata
import types
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

Trouble = dict[str, Any]
ConfigDict = dict


def has_models() -> bool:
    """Return whether pydantic 2 is here."""
    try:
        return int(importlib.metadata.version("pydantic").partition(".")[0]) >= 2  # noqa: PLR2004
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return False


class ValidationError(ValueError):
    """The values are not what a model says."""

    def __init__(self, found: list[Trouble]) -> None:
        super().__init__("; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in found))
        self._found = found

    def errors(self, **_: bool) -> list[Trouble]:
        """Return what is wrong, as pydantic does: `loc`, `msg`, `type`."""
        return self._found


class Field:
    """A field that may be left out, or has another name in the message."""

    def __init__(self, default_factory: Callable[[], Any] | None = None, alias: str = "") -> None:
        self.is_required = default_factory is None
        self.alias = alias


class BeforeValidator:
    """Changes a value before it is checked."""

    def __init__(self, change: Callable[[Any], Any]) -> None:
        self.change = change


class WrapValidator:
    """Decides itself whether a value is checked."""

    def __init__(self, answer: Callable[[Any, Any], Any]) -> None:
        self.answer = answer


class BaseModel:
    """Arguments or result of one operation; subclasses name the fields."""

    model_config: ClassVar[Mapping[str, Any]] = {}

    @classmethod
    def model_validate(cls, given: Mapping[str, Any]) -> None:
        """Check values by name.

        Raises:
            ValidationError: If a value is not what its annotation says, is missing, or has no field.
        """
        found: list[Trouble] = []
        fields = _fields(cls)
        for key, (hint, field) in fields.items():
            if key in given:
                found += _troubles(hint, given[key], (key,))
            elif field.is_required:
                found.append({"loc": (key,), "msg": "Field required", "type": "missing"})
        for key in given if cls.model_config.get("extra") != "allow" else ():
            if key not in fields:
                found.append({"loc": (key,), "msg": "Extra inputs are not permitted", "type": "extra_forbidden"})
        if found:
            raise ValidationError(found)


_known: dict[type[BaseModel], dict[str, tuple[Any, Field]]] = {}


def _fields(model: type[BaseModel]) -> dict[str, tuple[Any, Field]]:
    """Return annotation and field by the name in the message."""
    if model in _known:
        return _known[model]
    hints = get_type_hints(model, include_extras=True)
    found: dict[str, tuple[Any, Field]] = {}
    for name, hint in hints.items():
        if name != "model_config" and get_origin(hint) is not ClassVar:
            value = getattr(model, name, None)
            field = value if isinstance(value, Field) else Field()
            found[field.alias or name] = (hint, field)
    _known[model] = found
    return found


def _troubles(hint: Any, value: Any, where: tuple[Any, ...]) -> list[Trouble]:
    """Return what is wrong with a value of an annotated type."""
    kind = get_origin(hint)
    if kind is Annotated:
        return _marked(get_args(hint), value, where)
    if hint is Any:
        return []
    if kind in (Union, types.UnionType):
        tried = [_troubles(option, value, where) for option in get_args(hint)]
        return [] if [] in tried else tried[0]
    if kind is Literal:
        return [] if value in get_args(hint) else [_wrong(where, f"one of {get_args(hint)}", value)]
    if kind is list and isinstance(value, list):
        (inner,) = get_args(hint)
        return [trouble for i, item in enumerate(value) for trouble in _troubles(inner, item, (*where, i))]
    if kind is dict and isinstance(value, dict):
        first, second = get_args(hint)
        keys = [t for key in value for t in _troubles(first, key, (*where, key))]
        return keys + [t for key, item in value.items() for t in _troubles(second, item, (*where, key))]
    wanted = type(None) if hint is None else kind or hint
    return [] if isinstance(value, wanted) else [_wrong(where, f"a `{wanted.__name__}`", value)]


def _marked(parts: tuple[Any, ...], value: Any, where: tuple[Any, ...]) -> list[Trouble]:
    hint, *marks = parts
    if any(isinstance(mark, WrapValidator) for mark in marks):
        return []
    for mark in marks:
        if isinstance(mark, BeforeValidator):
            value = mark.change(value)
        elif hasattr(mark, "is_one"):
            return [] if mark.accepts(value) else [_wrong(where, mark.what, value)]
    return _troubles(hint, value, where)


def _wrong(where: tuple[Any, ...], what: str, value: Any) -> Trouble:
    return {"loc": where, "msg": f"should be {what}, not `{type(value).__qualname__}`", "type": "kind"}
