"""Type expressions of the contracts: what an annotation or an inferred type becomes in a message's model.

The names that an expression may use are those of `service_runtime.schema` and of the standard library; nothing of the
analysed code is imported by a contract.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from decompose.scaffold.arraytypes import ARRAYS, bounds_of
from decompose.scaffold.pytext import pystr

FRAMES = frozenset({"DataFrame", "Series", "Index", "MultiIndex", "DatetimeIndex", "GeoDataFrame"})
_SCALARS = {
    "int": "Int", "float": "Float", "bool": "Bool", "str": "Text", "bytes": "Bytes", "bytearray": "Bytes",
    "complex": "complex", "datetime": "datetime.datetime", "date": "datetime.date", "time": "datetime.time",
    "timedelta": "datetime.timedelta", "Timestamp": "datetime.datetime", "Timedelta": "datetime.timedelta",
    "Decimal": "decimal.Decimal", "UUID": "uuid.UUID", "Path": "PathLike", "PathLike": "PathLike",
    "PurePath": "PathLike", "PosixPath": "PathLike", "None": "None", "NoneType": "None", "float64": "Float",
    "float32": "Float", "int64": "Int", "int32": "Int", "integer": "Int", "floating": "Float", "number": "Float",
    "Number": "Float", "str_": "Text", "bool_": "Bool", "LiteralString": "Text", "AnyStr": "Text",
}  # fmt: skip
_SEQUENCES = frozenset({
    "list", "List", "Sequence", "MutableSequence", "Iterable", "Collection", "tuple", "Tuple", "set", "Set",
    "frozenset", "FrozenSet", "deque", "AbstractSet", "MutableSet",
})  # fmt: skip
_MAPPINGS = frozenset({
    "dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict", "Counter",
})  # fmt: skip
_STREAMS = frozenset({"Iterator", "Generator", "AsyncIterator", "AsyncGenerator", "AsyncIterable"})
_SKIPPED = frozenset({"Annotated", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly"})
_DEPTH_LIMIT = 6

ClassOf = Callable[[str], str]
"""Gives the symbol of the own class that a dotted name stands for; empty when it is none."""


def expression_of(text: str, class_of: ClassOf) -> str:
    """Return the type expression for an annotation or an inferred type; `Any` where nothing can be said.

    Args:
        text: Source of an annotation, a dotted type, or the symbol of an own class.
        class_of: Look-up of own classes.
    """
    if ":" in text and "[" not in text:
        symbol = class_of(text)
        return _instance(symbol) if symbol else "Any"
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "Any"
    return _expression(node, class_of, _DEPTH_LIMIT)


def _expression(node: ast.expr, class_of: ClassOf, depth: int) -> str:
    if depth == 0:
        return "Any"
    if isinstance(node, ast.Constant):
        return _constant(node.value, class_of)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _union([_expression(side, class_of, depth - 1) for side in (node.left, node.right)])
    if isinstance(node, ast.Subscript):
        return _generic(node, class_of, depth)
    if isinstance(node, (ast.Name, ast.Attribute)):
        return _named(ast.unparse(node), class_of)
    return "Any"


def _constant(value: object, class_of: ClassOf) -> str:
    if value is None:
        return "None"
    return expression_of(value, class_of) if isinstance(value, str) and value.strip() else "Any"


def _named(dotted: str, class_of: ClassOf) -> str:
    last = dotted.rpartition(".")[2]
    symbol = class_of(dotted)
    if symbol:
        return _instance(symbol)
    if last in FRAMES:
        return "Frame" if last.endswith("Frame") else "Column"
    if last in ARRAYS:
        return "Array"
    if last in _MAPPINGS:
        return "Annotated[dict[Any, Any], MAPPED]"
    if last in _SEQUENCES:
        return "Annotated[list[Any], LISTED]"
    if last in _STREAMS:
        return "Stream"
    return "Callback" if last == "Callable" else _SCALARS.get(last, "Any")


def _instance(symbol: str) -> str:
    return f"Annotated[Any, instance({pystr(symbol)})]"


def _generic(node: ast.Subscript, class_of: ClassOf, depth: int) -> str:
    last = ast.unparse(node.value).rpartition(".")[2]
    inner = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
    bounds = bounds_of(last, inner)
    if bounds is not None:
        return bounds
    if last == "Optional":
        return _union([_expression(inner[0], class_of, depth - 1), "None"])
    if last == "Union":
        return _union([_expression(item, class_of, depth - 1) for item in inner])
    if last == "Literal":
        return _literal(inner)
    if last in _SKIPPED:
        return _expression(inner[0], class_of, depth - 1)
    if last in _MAPPINGS:
        pair = inner if len(inner) == 2 else [inner[0], ast.Name("int")]
        key, value = (_expression(item, class_of, depth - 1) for item in pair)
        return f"Annotated[dict[{key}, {value}], MAPPED]"
    if last in _SEQUENCES:
        parts = [item for item in inner if not (isinstance(item, ast.Constant) and item.value is ...)]
        return f"Annotated[list[{_union([_expression(item, class_of, depth - 1) for item in parts])}], LISTED]"
    return _named(ast.unparse(node.value), class_of)


def _literal(items: list[ast.expr]) -> str:
    fixed = all(isinstance(i, ast.Constant) and isinstance(i.value, (str, int, bool, type(None))) for i in items)
    return f"Literal[{', '.join(_quoted(ast.literal_eval(i)) for i in items)}]" if fixed else "Any"


def _quoted(value: object) -> str:
    return pystr(value) if isinstance(value, str) else repr(value)


def _union(parts: list[str]) -> str:
    """Return a union of expressions: each once, `None` last, `Any` alone."""
    flat = list(dict.fromkeys(parts))
    if not flat or "Any" in flat:
        return "Any"
    return " | ".join(sorted(flat, key=lambda part: part == "None"))
