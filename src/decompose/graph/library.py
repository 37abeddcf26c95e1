"""Calls of library APIs that the solver saw, with what the knowledge base says about each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from decompose.graph.core import Core
from decompose.graph.objects import (
    BOX,
    EXTERNAL,
    EXTERNAL_INSTANCE,
    METHOD,
    TEXT,
    Box,
    CallRecord,
    External,
    ExternalInstance,
    Frame,
    Method,
    Text,
    Values,
)
from decompose.graph.walk import statements_of
from decompose.ir.facts import ASSIGN, ATTR, CALL, NAME, STR, SUB, Node, ScopeFact, line_of
from decompose.ir.symbols import join
from decompose.knowledge import RECEIVER, Api, Knowledge

_TRANSPARENT = frozenset(("str", "Path", "pathlib.Path", "os.fspath", "os.path.abspath", "os.path.expanduser"))
"""Calls whose result is the path that they are given."""

_TEXTUAL = frozenset(("sqlalchemy.text()", "sqlalchemy.sql.text()", "sqlalchemy.sql.expression.text()"))
"""Types of statements that hold the text they were made of."""
_FRAME_WRITES = frozenset(("to_csv", "to_parquet", "to_feather", "to_excel", "to_hdf", "to_pickle", "to_sql"))
"""Methods that no other kind of object has."""
_SPARK_ENDS = frozenset(
    ("save", "saveAsTable", "insertInto", "jdbc", "parquet", "csv", "json", "orc", "start", "toTable")
)
_SPARK_WRITERS = {"write": "pyspark.sql.DataFrameWriter", "writeStream": "pyspark.sql.streaming.DataStreamWriter"}
_SPARK_STEPS = frozenset(
    ("mode", "format", "option", "options", "partitionBy", "outputMode", "foreachBatch", "trigger")
)


@dataclass(slots=True)
class LibraryCall:
    """One call of one library API in one frame."""

    frame: Frame
    record: CallRecord
    name: str
    """Qualified name, as the solver knows it."""
    receiver: int
    """Object on which a method is called; -1 for a function."""
    api: Api

    @property
    def line(self) -> int:
        """The 1-based line of the call."""
        return line_of(self.record.node[1])


def library_calls(core: Core, knowledge: Knowledge) -> Iterator[LibraryCall]:
    """Yield every library call that the knowledge base knows, in the order of frames and calls."""
    for frame in core.frames:
        for record in frame.calls.values():
            for item in sorted(record.callees):
                made = core.objects[item]
                if made.kind == EXTERNAL:
                    assert isinstance(made, External)
                    name, receiver = made.name, made.receiver
                elif made.kind == METHOD and isinstance(made, Method) and _is_path(core, made.receiver):
                    name, receiver = f"pathlib.Path.{made.name}", made.receiver
                else:
                    continue
                api = knowledge.find(name)
                if api is not None:
                    yield LibraryCall(frame, record, name, receiver, api)


def untyped_writes(core: Core, knowledge: Knowledge) -> Iterator[LibraryCall]:
    """Yield calls on values of unknown type by which only frames are written: whoever calls `save(df)` is not seen."""
    for frame in core.frames:
        for record in frame.calls.values():
            function = record.node[2]
            if function[0] == ATTR and _is_untyped(core, knowledge, record):
                is_pandas = function[2] in _FRAME_WRITES
                name = f"pandas.DataFrame.{function[2]}" if is_pandas else _spark_writer(record.node)
                api = knowledge.find(name) if name else None
                if api is not None:
                    yield LibraryCall(frame, record, name, -1, api)


def _is_untyped(core: Core, knowledge: Knowledge, record: CallRecord) -> bool:
    """Whether nothing is known of the object on which a call is made, be it that no library describes it."""
    for item in record.callees:
        made = core.objects[item]
        if isinstance(made, External):
            api = knowledge.find(made.name)
            if api is not None and api.is_exact:
                return False
        elif made.kind != EXTERNAL_INSTANCE:  # an attribute of one of unknown type
            return False
    return True


def unit_of(frame: Frame, line: int = 0) -> str:
    """Return the symbol of the unit that a frame runs; lambdas belong to what holds them.

    Args:
        frame: The frame.
        line: Line concerned, which tells the cells of a notebook apart.
    """
    outer: Frame | None = frame
    while outer is not None and outer.scope.kind == "lambda":
        outer = outer.parent
    found = outer or frame
    if found.scope.kind == "module":
        for name, first, last in found.module.facts.cells:
            if first <= line <= last:
                return join(found.module.name, name)
    return join(found.module.name, found.scope.qualname)


def written_text(scope: ScopeFact, node: Node | None, depth: int = 0) -> str:
    """Return the text that an expression spells out by itself, without any solving; empty when it does not.

    It serves where the solver knows nothing, for instance because a module forgot to import `os`.
    """
    if node is None or depth > 4:
        return ""
    if node[0] == STR:
        return str(node[1])
    if node[0] == NAME:
        bound = [s[2] for s in statements_of(scope.body) if s[0] == ASSIGN and s[1] == [[NAME, node[1]]]]
        return written_text(scope, bound[0], depth + 1) if len(bound) == 1 else ""
    if node[0] == CALL and label(node[2]) in ("os.path.join", "path.join", "Path", "pathlib.Path"):
        parts = [written_text(scope, part, depth + 1) for part in node[3]]
        return "/".join(parts) if parts and all(parts) else ""
    return ""


def member_name(frame: Frame, node: Node | None, depth: int = 0) -> str:
    """Return the name by which an expression asks a store for one of its members, as `orders` in `client["shop"].orders`.

    Follows names and attributes of `self` to what the source binds them to; empty when it does not say.
    """
    if node is None or depth > 4:
        return ""
    if node[0] == SUB:
        return str(node[2][1]) if node[2][0] == STR else ""
    if node[0] == CALL:
        first = node[3][0] if node[3] else next((value for _, value in node[4]), None)
        is_maker = node[2][0] == ATTR or (node[2][0] == NAME and node[2][1][:1].isupper())  # `Collection("orders")`
        return str(first[1]) if first is not None and first[0] == STR and is_maker else ""
    own = node[1] if node[0] == ATTR else None
    if own is not None and own != [NAME, "self"]:
        return str(node[2])
    scopes = frame.module.facts.scopes
    around = [frame.scope, scopes[0]]
    if own is not None:
        around = [s for s in scopes if s.parent == frame.scope.parent and s.kind == "function"]
    for scope in around:
        bound = [s[2] for s in statements_of(scope.body) if s[0] == ASSIGN and any(t[:3] == node[:3] for t in s[1])]
        if bound:
            return member_name(frame, bound[-1], depth + 1)
    return ""


def argument_values(core: Core, call: LibraryCall, name: str, position: int) -> Values | None:
    """Return what an argument may be: by keyword, else by position; `None` when it is not given."""
    if name == RECEIVER:
        return frozenset((call.receiver,)) if call.receiver >= 0 else None
    values = call.record.keywords.get(name)
    if values is not None:
        return values
    if 0 <= position < len(call.record.positional):
        return call.record.positional[position]
    return None


def argument_node(call: LibraryCall, name: str, position: int) -> Node | None:
    """Return the expression of an argument; of the receiver for `self`."""
    return node_of_argument(call.record.node, name, position)


def node_of_argument(node: Node, name: str, position: int) -> Node | None:
    """Return the expression that a call passes for a parameter."""
    if name == RECEIVER:
        function: Node = node[2]
        return function[1] if function[0] == ATTR else None
    for keyword, expression in node[4]:
        if keyword == name:
            return expression  # type: ignore[no-any-return]
    if 0 <= position < len(node[3]):
        return node[3][position]  # type: ignore[no-any-return]
    return None


def texts_of(core: Core, values: Values) -> list[Text]:
    """Return the strings and paths among values; a container gives those that it holds, an open file its name."""
    found: list[Text] = []
    for item in sorted(values):
        made = core.objects[item]
        if made.kind == TEXT:
            assert isinstance(made, Text)
            found.append(made)
        elif made.kind == BOX:
            assert isinstance(made, Box)
            inner = [i for cell in made.fields.values() for i in sorted(cell.values)]
            found.extend(t for t in (core.objects[i] for i in inner) if isinstance(t, Text))
        elif made.kind == EXTERNAL_INSTANCE and isinstance(made, ExternalInstance) and made.type in _TEXTUAL:
            found.extend(
                texts_of(core, made.positional[0] if made.positional else made.keywords.get("text", frozenset()))
            )
    return found


def opened_name(core: Core, made: ExternalInstance) -> Values:
    """Return the first argument with which an open file or connection was made."""
    for key in ("file", "path", "filename", "name", "fp", "database", "blob", "blob_name"):
        if key in made.keywords:
            return made.keywords[key]
    inside = -1 if made.type.endswith(("BlobClient", "boto3.Object")) else 0  # the container stands first
    return made.positional[inside] if made.positional else frozenset()


def label(node: Node | None) -> str:
    """Return how source spells a name, attribute or call, for what has no known value."""
    if node is None:
        return ""
    if node[0] == NAME:
        return str(node[1])
    if node[0] == ATTR:
        base = label(node[1])
        return f"{base}.{node[2]}" if base else str(node[2])
    if node[0] == CALL:
        plain = label(node[2])
        return label(node[3][0]) if plain in _TRANSPARENT and node[3] else plain
    if node[0] == SUB:
        key = node[2][1] if node[2][0] == STR else ""
        return f"{label(node[1])}.{key}" if key else label(node[1])
    return ""


def _is_path(core: Core, item: int) -> bool:
    made = core.objects[item]
    return isinstance(made, Text) and made.is_path


def _spark_writer(node: Node) -> str:
    """Return the API that a call on a frame of unknown type is (`frame.write.mode("append").save()`); empty if it is none."""
    if node[2][0] != ATTR or node[2][2] not in _SPARK_ENDS:
        return ""
    steps, last, node = 0, node[2][2], node[2][1]
    while node[0] == CALL and node[2][0] == ATTR and node[2][2] in _SPARK_STEPS:
        steps, node = steps + 1, node[2][1]
    return f"{_SPARK_WRITERS[node[2]]}.{last}" if steps and node[0] == ATTR and node[2] in _SPARK_WRITERS else ""
