"""JSON schemas of type expressions (of `schema.expression_of`), as the running service documents them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

MAX_BYTES = 256 * 1024 * 1024
"""Largest array or frame of a service that is not told otherwise, in bytes."""
MAX_DIMENSIONS = 32


def _binary(codec: str, media_type: str) -> dict[str, Any]:
    return {
        "type": "string", "format": "binary", "contentMediaType": media_type, "maxLength": MAX_BYTES,
        "x-codec": codec, "x-max-dimensions": MAX_DIMENSIONS if codec == "array" else 2,
    }  # fmt: skip


_TERMS: Mapping[str, dict[str, Any]] = {
    "Any": {},
    "Int": {"type": "integer"},
    "Float": {"type": "number"},
    "Bool": {"type": "boolean"},
    "Text": {"type": "string"},
    "PathLike": {"type": "string", "format": "path"},
    "Bytes": {"type": "string", "format": "byte"},
    "Array": _binary("array", "application/x-npy"),
    "Frame": _binary("frame", "application/vnd.service.frames"),
    "Column": _binary("column", "application/vnd.service.frames"),
    "Stream": {"type": "array", "x-codec": "stream"},
    "Callback": {"type": "object", "x-codec": "callback"},
    "complex": {"type": "string"},
    "datetime.datetime": {"type": "string", "format": "date-time"},
    "datetime.date": {"type": "string", "format": "date"},
    "datetime.time": {"type": "string", "format": "time"},
    "datetime.timedelta": {"type": "string", "format": "duration"},
    "decimal.Decimal": {"type": "string", "format": "decimal"},
    "uuid.UUID": {"type": "string", "format": "uuid"},
}


_JSON_NAMES = {str: "string", int: "integer", bool: "boolean", type(None): "null"}


def schema_of(expression: str) -> dict[str, Any]:
    """Return the JSON schema of a type expression of the contracts."""
    return _schema(ast.parse(expression, mode="eval").body)


def _schema(node: ast.expr) -> dict[str, Any]:
    if isinstance(node, ast.Constant):
        return {"type": "null"}
    if isinstance(node, ast.BinOp):
        return {"anyOf": [_schema(side) for side in _sides(node)]}
    if isinstance(node, ast.Subscript):
        return _subscripted(ast.unparse(node.value), node.slice)
    return dict(_TERMS.get(ast.unparse(node), {}))


def _sides(node: ast.expr) -> list[ast.expr]:
    return [*_sides(node.left), node.right] if isinstance(node, ast.BinOp) else [node]


def _subscripted(name: str, inner: ast.expr) -> dict[str, Any]:
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if name == "Annotated":
        return _marked(_schema(parts[0]), parts[1:])
    if name == "list":
        return {"type": "array", "items": _schema(parts[0])}
    if name == "dict":
        values = _schema(parts[1])
        return {"type": "object", "additionalProperties": values or True}
    return _literal([ast.literal_eval(part) for part in parts])


def _literal(values: list[Any]) -> dict[str, Any]:
    kinds = {_JSON_NAMES[type(value)] for value in values}
    found: dict[str, Any] = {"enum": values} if len(values) != 1 else {"const": values[0]}
    return found | ({"type": kinds.pop()} if len(kinds) == 1 else {})


def _marked(found: dict[str, Any], marks: list[ast.expr]) -> dict[str, Any]:
    for mark in marks:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "instance":
            found = {"type": "object", "x-class": ast.literal_eval(mark.args[0])}
        elif isinstance(mark, ast.Call) and ast.unparse(mark.func) == "array":
            element, *shape = map(ast.literal_eval, mark.args)
            found = {**_TERMS["Array"], **({"x-element": element} if element else {})}
            found |= {"x-shape": list(shape[0])} if shape else {}
    return found
