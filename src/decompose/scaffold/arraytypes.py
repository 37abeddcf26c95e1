"""What an annotation says of an array beyond its being one: element type and shape."""

from __future__ import annotations

import ast

from decompose.scaffold.pytext import pystr

ARRAYS = frozenset({"ndarray", "NDArray", "ArrayLike", "Tensor", "matrix", "FloatTensor", "LongTensor"})
_ELEMENTS = {
    **{f"{kind}{bits}": f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)},
    "float16": "float16", "float32": "float32", "float64": "float64", "double": "float64", "single": "float32",
    "complex64": "complex64", "complex128": "complex128", "bool_": "bool", "bool": "bool", "float": "float64",
    "int": "int64", "complex": "complex128", "floating": "float", "integer": "int", "signedinteger": "int",
    "unsignedinteger": "uint", "complexfloating": "complex",
}  # fmt: skip
"""Element types of numpy: one by its bits, or a family of them (`float`, `int`, `uint`, `complex`)."""
_SHAPED = {
    "Float": "float", "Float16": "float16", "Float32": "float32", "Float64": "float64", "Int": "int",
    "Int8": "int8", "Int16": "int16", "Int32": "int32", "Int64": "int64", "UInt": "uint", "UInt8": "uint8",
    "Bool": "bool", "Complex": "complex", "Shaped": "", "Num": "", "Inexact": "", "Real": "",
}  # fmt: skip
"""Families of `jaxtyping`: `Float[Array, "batch 3"]`."""


def bounds_of(name: str, inner: list[ast.expr]) -> str | None:
    """Return the type expression of a subscripted array; `None` when it is none, or says nothing more.

    Args:
        name: Last part of what is subscripted.
        inner: What stands between the brackets.
    """
    if name == "NDArray" and len(inner) == 1:
        return _expression(_element(inner[0]), None)
    if name == "ndarray" and len(inner) == 2:
        return _expression(_element(inner[1]), _lengths(inner[0]))
    if name in _SHAPED and len(inner) == 2 and _is_array(inner[0]):
        return _expression(_SHAPED[name], _axes(inner[1])) or "Array"
    return None


def _expression(element: str, shape: tuple[int | None, ...] | None) -> str | None:
    """Return `array(...)` as an expression: `None` in a shape stands for any length."""
    parts = [pystr(element)] if element or shape is not None else []
    parts += [repr(shape)] if shape is not None else []
    return f"Annotated[Any, array({', '.join(parts)})]" if parts else None


def _element(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript) and ast.unparse(node.value).rpartition(".")[2] == "dtype":
        return _element(node.slice)
    return _ELEMENTS.get(ast.unparse(node).rpartition(".")[2], "") if not isinstance(node, ast.Constant) else ""


def _lengths(node: ast.expr) -> tuple[int | None, ...] | None:
    """Return the shape of `tuple[int, Literal[3]]`; `None` when it does not say how many axes there are."""
    if not isinstance(node, ast.Subscript) or ast.unparse(node.value) not in ("tuple", "Tuple", "typing.Tuple"):
        return None
    axes = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
    if any(isinstance(axis, ast.Constant) and axis.value is ... for axis in axes):
        return None
    return tuple(_length(axis) for axis in axes)


def _length(node: ast.expr) -> int | None:
    is_literal = isinstance(node, ast.Subscript) and ast.unparse(node.value).rpartition(".")[2] == "Literal"
    fixed = node.slice if is_literal and isinstance(node, ast.Subscript) else None
    return fixed.value if isinstance(fixed, ast.Constant) and type(fixed.value) is int else None


def _axes(node: ast.expr) -> tuple[int | None, ...] | None:
    """Return the shape of `"batch 3"`; `None` when some axes may be left out (`...`, `*name`)."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return None
    words = node.value.split()
    if any(word == "..." or word.startswith("*") for word in words):
        return None
    return tuple(int(word) if word.isdecimal() else None for word in words)


def _is_array(node: ast.expr) -> bool:
    return ast.unparse(node).rpartition(".")[2] in ARRAYS | {"Array"}
