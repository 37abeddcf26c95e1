"""Which codec carries a type, judged from its name alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from decompose.ir.blueprint import Codec

FRAMES = frozenset({"DataFrame", "Series", "Index", "MultiIndex", "LazyFrame", "Table", "RecordBatch", "GeoDataFrame"})
ARRAYS = frozenset({"ndarray", "NDArray", "ArrayLike", "Tensor", "matrix", "csr_matrix", "csc_matrix", "EagerTensor"})
STREAMS = frozenset({"Iterator", "Generator", "AsyncIterator", "AsyncGenerator", "AsyncIterable"})
CALLBACKS = frozenset({"Callable", "FunctionType", "MethodType", "partial"})
HANDLES = frozenset({
    "Connection", "Cursor", "Engine", "Session", "AsyncSession", "SparkSession", "SparkContext", "TextIO", "BinaryIO",
    "IO", "TextIOWrapper", "BufferedReader", "BufferedWriter", "Lock", "RLock", "Thread", "Process", "socket", "Popen",
    "Client", "AsyncClient", "MongoClient", "Redis", "Logger", "LoggerAdapter", "SummaryWriter", "FileIO", "Event",
    "Semaphore", "Condition", "ThreadPoolExecutor", "ProcessPoolExecutor", "Pool",
})  # fmt: skip
MODELS = frozenset(
    {"BaseEstimator", "Pipeline", "ColumnTransformer", "Module", "LightningModule", "Booster", "Sequential"}
)
MODEL_PACKAGES = ("sklearn.", "xgboost.", "lightgbm.", "catboost.", "torch.nn.", "keras.", "tensorflow.keras.")
PLAIN = frozenset({
    "str", "int", "float", "bool", "complex", "bytes", "bytearray", "list", "tuple", "set", "frozenset", "dict",
    "date", "List", "Tuple", "Set", "FrozenSet", "Dict", "Mapping", "MutableMapping", "Sequence", "MutableSequence",
    "Path", "datetime", "time", "timedelta", "Decimal", "UUID", "Fraction", "PathLike", "PurePath", "Optional",
    "Union", "Literal", "defaultdict", "OrderedDict", "Counter", "deque", "Iterable", "Collection", "Timestamp",
    "Timedelta", "float64", "float32", "int64", "int32", "range", "Final", "Annotated", "TypedDict", "namedtuple",
    "integer", "floating", "number", "DefaultDict", "Number", "Hashable", "ClassVar", "AnyStr", "SupportsFloat",
    "SupportsInt", "generic", "bool_",
})  # fmt: skip
UNKNOWN = frozenset({"", "object", "Any", "typing.Any", "builtins.object", "TypeVar"})


def codec_of(name: str) -> Codec | None:
    """Return the codec of one dotted type name; `None` when the name says nothing."""
    last = name.rpartition(".")[2].rpartition(":")[2]
    if name in UNKNOWN:
        return None
    if last in ("None", "NoneType", "NoReturn", "Never"):
        return "none"
    for names, codec in _CODECS:
        if last in names:
            return codec
    return "model" if name.startswith(MODEL_PACKAGES) and last[:1].isupper() else None


_CODECS: tuple[tuple[frozenset[str], Codec], ...] = (
    (FRAMES, "frame"),
    (ARRAYS, "array"),
    (STREAMS, "stream"),
    (CALLBACKS, "callback"),
    (HANDLES, "handle"),
    (MODELS, "model"),
    (PLAIN, "json"),
)


def names_in(annotation: str) -> tuple[str, ...]:
    """Return the dotted names in an annotation or inferred type, outermost first.

    `list[m.C] | None` gives `list`, `m.C`, `None`.

    Text that does not parse (`pkg.module:Class`, a forward reference) comes back as the one name it is.
    """
    text = annotation.strip().strip("'\"")
    if not text:
        return ()
    if ":" in text:
        return tuple(part for part in text.replace("[", " ").replace("]", " ").replace(",", " ").split() if part != "|")
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError:
        return (text,)
    return tuple(_names(tree))


def _names(node: ast.expr) -> Iterator[str]:
    """Yield the dotted names of a type expression."""
    match node:
        case ast.Name() | ast.Attribute():
            yield ast.unparse(node)
        case ast.Subscript():
            yield from _names(node.value)
            if not ast.unparse(node.value).endswith("Literal"):
                yield from _names(node.slice)
        case ast.Tuple() | ast.List():
            for element in node.elts:
                yield from _names(element)
        case ast.BinOp():
            yield from _names(node.left)
            yield from _names(node.right)
        case ast.Constant(value=None):
            yield "None"
        case ast.Constant(value=str() as text):
            yield from names_in(text)
        case _:
            return
