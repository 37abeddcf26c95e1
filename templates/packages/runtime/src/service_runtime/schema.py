"""What the models of messages are made of: types that check a value without changing, copying or importing anything.

A model says what a value must be. The decoded value is checked against it and goes on as it is to the called code.
Numbers of numpy count as numbers, anything that can be gone through as a list, and a stand-in as an instance of what it
stands for: the analysed code never made such differences.
"""

from __future__ import annotations

import numbers
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from service_runtime.plainchecks import has_models

HAS_MODELS = has_models()
if TYPE_CHECKING or HAS_MODELS:
    from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WrapValidator
    from pydantic_core import CoreSchema, PydanticCustomError, core_schema
else:
    from service_runtime.plainchecks import (
        BaseModel,
        BeforeValidator,
        ConfigDict,
        Field,
        ValidationError,
        WrapValidator,
    )

MAX_BYTES = int(os.environ.get("SERVICE_BODY_LIMIT_MB", "256")) * 1024 * 1024
"""Largest array or frame, in bytes: that of the largest message."""
MAX_DIMENSIONS = 32


class Arguments(BaseModel):
    """Arguments of one operation, by name; what it does not name is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, protected_namespaces=())


class OpenArguments(Arguments):
    """Arguments of an operation that takes further ones by name."""

    model_config = ConfigDict(extra="allow", strict=True, protected_namespaces=())


class Reply(BaseModel):
    """What one operation gives back."""

    model_config = ConfigDict(extra="forbid", strict=True, protected_namespaces=())


@dataclass(frozen=True)
class Kind:
    """A type that is told by a question, with the JSON schema that documents it."""

    what: str
    is_one: Callable[[Any], bool]
    schema: tuple[tuple[str, Any], ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Check the value and hand it on."""
        return core_schema.no_info_plain_validator_function(self._check)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        """Return the documentation."""
        return dict(self.schema)

    def accepts(self, value: Any) -> bool:
        """Return whether a value, or what it stands in for, is one."""
        return self.is_one(value) or is_remote(value)

    def _check(self, value: Any) -> Any:
        if self.accepts(value):
            return value
        found = type(value).__qualname__
        raise PydanticCustomError("kind", "should be {what}, not `{found}`", {"what": self.what, "found": found})


def instance(symbol: str) -> Kind:
    """Return the type of the instances of an own class, which cross by their state or by handle."""
    module, _, name = symbol.partition(":")

    def is_one(value: Any) -> bool:
        return any(cls.__qualname__ == name for cls in type(value).__mro__)

    return Kind(f"a `{name}`", is_one, (("type", "object"), ("x-class", f"{module}:{name}")))


def array(element: str = "", shape: tuple[int | None, ...] | None = None) -> Kind:
    """Return the type of arrays with these elements and this shape.

    Args:
        element: Element type (`float32`) or a family of them (`float`); empty for any.
        shape: Length of each axis, `None` for any; `None` altogether when nothing is known of the axes.
    """
    words = [f"of {element}" if element else "", f"with shape {_shape_text(shape)}" if shape is not None else ""]

    def is_one(value: Any) -> bool:
        return _is_array(value) and _has_elements(value, element) and _has_shape(value, shape)

    bounds: tuple[tuple[str, Any], ...] = (("x-element", element),) if element else ()
    bounds += (("x-shape", list(shape)),) if shape is not None else ()
    return Kind(" ".join(["an array", *filter(None, words)]), is_one, _ARRAY_SCHEMA + bounds)


def _shape_text(shape: tuple[int | None, ...]) -> str:
    return "(" + ", ".join("any" if length is None else str(length) for length in shape) + ")"


def _has_elements(value: Any, element: str) -> bool:
    """Return whether the elements are of a type; what has no element type (a list) is the callee's to convert."""
    found = str(getattr(value, "dtype", "")).removeprefix("torch.")
    return not element or not found or found == element or found.rstrip("0123456789") == element


def _has_shape(value: Any, shape: tuple[int | None, ...] | None) -> bool:
    found = getattr(value, "shape", None)
    if shape is None or found is None:
        return True
    pairs = zip(found, shape, strict=False)
    return len(found) == len(shape) and all(wanted is None or wanted == length for length, wanted in pairs)


def is_remote(value: Any) -> bool:
    """Return whether the value is a stand-in for an object of another service."""
    return hasattr(type(value), "_remote_symbol")


def _families(value: Any) -> set[str]:
    """Return the top-level packages of a value's classes, so that nothing need be imported to know one."""
    return {cls.__module__.partition(".")[0] for cls in type(value).__mro__}


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Number) or getattr(value, "shape", None) == ()


def _is_text(value: Any) -> bool:
    return isinstance(value, (str, os.PathLike))


def _is_array(value: Any) -> bool:
    if isinstance(value, (list, tuple)) or _is_number(value):
        return True
    is_small = getattr(value, "nbytes", 0) <= MAX_BYTES and getattr(value, "ndim", 0) <= MAX_DIMENSIONS
    return is_small and bool(_families(value) & {"numpy", "torch", "pandas", "scipy", "tensorflow"})


def _is_frame(value: Any) -> bool:
    return bool(_families(value) & {"pandas", "geopandas", "numpy"})


def _listed(value: Any) -> Any:
    is_other = isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable)
    return value if is_other or is_remote(value) else list(value)


def _mapped(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def _binary(codec: str, media_type: str) -> tuple[tuple[str, Any], ...]:
    return (
        ("type", "string"), ("format", "binary"), ("contentMediaType", media_type), ("maxLength", MAX_BYTES),
        ("x-codec", codec), ("x-max-dimensions", MAX_DIMENSIONS if codec == "array" else 2),
    )  # fmt: skip


Int = Annotated[int, Kind("a whole number", _is_number, (("type", "integer"),))]
Float = Annotated[float, Kind("a number", _is_number, (("type", "number"),))]
Bool = Annotated[bool, Kind("a truth value", _is_number, (("type", "boolean"),))]
Text = Annotated[str, Kind("a text", _is_text, (("type", "string"),))]
PathLike = Annotated[Any, Kind("a path", _is_text, (("type", "string"), ("format", "path")))]
Bytes = Annotated[
    bytes,
    Kind("bytes", lambda v: isinstance(v, (bytes, bytearray, memoryview)), (("type", "string"), ("format", "byte"))),
]
_ARRAY_SCHEMA = _binary("array", "application/x-npy")
Array = Annotated[Any, Kind("an array", _is_array, _ARRAY_SCHEMA)]
Frame = Annotated[Any, Kind("a data frame", _is_frame, _binary("frame", "application/vnd.service.frames"))]
Column = Annotated[Any, Kind("a column", _is_frame, _binary("column", "application/vnd.service.frames"))]
Stream = Annotated[Any, Kind("a stream", lambda v: True, (("type", "array"), ("x-codec", "stream")))]
Callback = Annotated[Any, Kind("a function", callable, (("type", "object"), ("x-codec", "callback")))]
LISTED = BeforeValidator(_listed)
"""Any container that can be gone through counts as a list."""
MAPPED = BeforeValidator(_mapped)
"""Any mapping counts as a dictionary."""


def guessed(source: str) -> WrapValidator:
    """Mark a type that was only inferred (`flow`, `trace` …): it is documented, and never a reason to refuse."""
    return WrapValidator(lambda value, check: value)


def left_out() -> Any:
    """Return the default of a field that may be left out: the callee then evaluates its own."""
    return Field(default_factory=lambda: None)


def renamed(name: str, *, may_be_left_out: bool = False) -> Any:
    """Return a field whose name in messages is one that a model cannot have."""
    return Field(default_factory=lambda: None, alias=name) if may_be_left_out else Field(alias=name)


def troubles_of(model: type[BaseModel], given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what is wrong with values by name, each with `loc`, `msg` and `type`; empty when nothing is."""
    try:
        model.model_validate(given)
    except ValidationError as error:
        return error.errors(include_url=False, include_input=False, include_context=False)  # type: ignore[return-value]
    return []
