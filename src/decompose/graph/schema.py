"""Columns of data frames: which a unit reads, makes and drops, which a file must have, and one used before it exists.

Only what the text shows counts: string keys on a name that holds a data frame. The set of columns of a frame is known
only after it was built or selected from literals, and only until something happens to it that is not understood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from decompose.graph.core import Core
from decompose.graph.library import unit_of
from decompose.graph.objects import EXTERNAL_INSTANCE, External, ExternalInstance, Frame
from decompose.graph.walk import expressions_of, statements_of
from decompose.ir import facts as f
from decompose.ir.facts import Node, line_of
from decompose.ir.findings import Finding, Span
from decompose.ir.graph import ColumnUse
from decompose.knowledge import Knowledge

_FRAMES = (
    "pandas.DataFrame",
    "polars.DataFrame",
    "polars.LazyFrame",
    "pyspark.sql.DataFrame",
    "dask.dataframe.DataFrame",
)
_SAME_COLUMNS = frozenset(
    ("copy", "head", "tail", "sample", "sort_values", "dropna", "fillna", "drop_duplicates", "query", "astype", "round",
     "clip", "ffill", "bfill", "sort_index", "replace", "nlargest", "nsmallest")
)  # fmt: skip
_NO_COLUMN = frozenset(("lit", "expr", "udf", "pandas_udf", "date_format", "regexp_replace", "concat_ws", "from_json"))
"""Functions of Spark that take strings which name no column."""
_PLAIN = re.compile(r"[A-Za-z_]\w*(?: \w+)*")
_CHANGING = frozenset(("append", "extend", "insert", "remove", "pop", "clear"))
_MAX_NAMES = 3
"""Names of lists of columns that are followed."""
Columns = dict[str, frozenset[str] | None]


@dataclass(slots=True)
class _Use:
    reads: dict[str, int] = field(default_factory=dict)
    writes: dict[str, int] = field(default_factory=dict)
    drops: dict[str, int] = field(default_factory=dict)


class SchemaReader:
    """Reads columns out of a solved system."""

    def __init__(self, core: Core, knowledge: Knowledge) -> None:
        self.core = core
        self.knowledge = knowledge
        self.by_unit: dict[str, _Use] = {}
        self.by_call: dict[int, set[str]] = {}
        """Columns needed of what a reading call returned, by the identity of the call's node."""
        self.findings: dict[tuple[str, int, str], Finding] = {}
        self._constants: dict[str, dict[str, Node]] = {}
        """What each module binds once, by path."""

    def read(self) -> None:
        """Go through every scope that holds a data frame, once."""
        seen: set[int] = set()
        for frame in self.core.frames:
            if id(frame.scope) in seen or not frame.env:
                continue
            seen.add(id(frame.scope))
            names = {name for name, values in frame.env.items() if self._is_frame(values)}
            if names:
                _ScopeReader(self, frame, names | _selected(names, frame.scope.body)).run()

    def uses(self, unit: str) -> tuple[ColumnUse, ...]:
        """Return the column uses of a unit, sorted."""
        use = self.by_unit.get(unit)
        if use is None:
            return ()
        found = [
            ColumnUse(name=name, use=how, line=line_of(pos))  # type: ignore[arg-type]
            for how, held in (("read", use.reads), ("write", use.writes), ("drop", use.drops))
            for name, pos in held.items()
        ]
        return tuple(sorted(found, key=lambda c: (c.name, c.use)))

    def bound_once(self, frame: Frame) -> dict[str, Node]:
        """Return the value of each name that a scope, or else its module, binds by one assignment and never changes."""
        facts = frame.module.facts
        if facts.path not in self._constants:
            self._constants[facts.path] = _constants(facts.scopes[0].body)
        shared = self._constants[facts.path]
        if not frame.index:
            return shared
        own = {*frame.scope.local_names, *(p.name for p in frame.scope.parameters)}
        return {name: value for name, value in shared.items() if name not in own} | _constants(frame.scope.body)

    def _is_frame(self, values: frozenset[int]) -> bool:
        for item in values:
            made = self.core.objects[item]
            if made.kind == EXTERNAL_INSTANCE:
                assert isinstance(made, ExternalInstance)
                if self.knowledge.type_of(made.type) in _FRAMES:
                    return True
        return False


class _ScopeReader:
    """Follows the frames of one scope in source order."""

    def __init__(self, reader: SchemaReader, frame: Frame, names: set[str]) -> None:
        self.reader = reader
        self.frame = frame
        self.names = names
        self.use = reader.by_unit.setdefault(unit_of(frame), _Use())
        self.origin: dict[str, int] = {}
        self.columns: Columns = {}
        self.constants = reader.bound_once(frame)

    def run(self) -> None:
        self._block(self.frame.scope.body)

    def _block(self, body: list[Node]) -> None:
        for node in body:
            kind = node[0]
            if kind == f.ASSIGN:
                self._loads(node[2])
                self._assign(node)
            elif kind == f.EXPR:
                self._loads(node[1])
                self._statement(node[1])
            elif kind == f.TRY:
                self._block(node[1])
                for handler in node[2]:
                    self._branch(handler[2])
                self._branch(node[3])
                self._block(node[4])
            elif kind == f.WITH:
                for context, _, _ in node[1]:
                    self._loads(context)
                self._block(node[2])
            else:
                self._compound(node)

    def _compound(self, node: Node) -> None:
        kind = node[0]
        if kind in (f.IF, f.WHILE):
            self._loads(node[1])
            self._branch(node[2])
            self._branch(node[3])
        elif kind == f.FOR:
            self._loads(node[2])
            self._branch(node[3])
            self._branch(node[4])
        elif kind in (f.AUG, f.ANN, f.RETURN):
            for part in node[1:4]:
                if type(part) is list:
                    self._loads(part)
            self._forget(node)

    def _branch(self, body: list[Node]) -> None:
        """Run a block that may not run: what it binds or changes is not known afterwards."""
        if not body:
            return
        before = dict(self.columns)
        self._block(body)
        for name in set(before) | set(self.columns):
            if before.get(name) != self.columns.get(name):
                self.columns[name] = None

    # -- binding ----------------------------------------------------------------------------------------------------

    def _assign(self, node: Node) -> None:
        value = node[2]
        for target in node[1]:
            if target[0] == f.NAME:
                self.columns[target[1]] = self._columns_of(value)
                if value[0] == f.CALL and target[1] in self.names:
                    self.origin[target[1]] = id(value)
                else:
                    self.origin.pop(target[1], None)
            elif target[0] == f.SUB and target[1][0] == f.NAME and target[1][1] in self.names:
                self._store(target[1][1], target[2], target[3])
            else:
                self._forget(target)

    def _store(self, name: str, key: Node, pos: int) -> None:
        known = self.columns.get(name)
        keys = self._strings(key)
        for column in keys:
            self.use.writes.setdefault(column, pos)
        if known is not None:
            self.columns[name] = known | set(keys) if keys else None

    def _columns_of(self, value: Node) -> frozenset[str] | None:
        if value[0] == f.NAME:
            return self.columns.get(value[1])
        if value[0] == f.SUB and value[1][0] == f.NAME and value[1][1] in self.names:
            keys = self._strings(value[2])
            return frozenset(keys) if value[2][0] == f.SEQ and keys else None
        if value[0] != f.CALL:
            return None
        if _name(value[2]) in ("DataFrame", "pd.DataFrame", "pandas.DataFrame") and len(value[3]) == 1 and not value[4]:
            return _literal_keys(value[3][0])
        if value[2][0] == f.ATTR and value[2][1][0] == f.NAME and value[2][1][1] in self.names:
            return self._after(value, self.columns.get(value[2][1][1]))
        return None

    def _after(self, call: Node, known: frozenset[str] | None) -> frozenset[str] | None:
        """Return the columns of what a method of a frame gives."""
        method = call[2][2]
        keywords = {k: v for k, v in call[4] if k}
        if known is None:
            return None
        if method in _SAME_COLUMNS:
            return known
        if method == "rename" and keywords.get("columns", [0])[0] == f.DICT:
            pairs = {k[1]: v[1] for k, v in keywords["columns"][2] if k and k[0] == f.STR and v[0] == f.STR}
            if len(pairs) == len(keywords["columns"][2]):
                return frozenset(pairs.get(c, c) for c in known)
        if method == "drop" and "columns" in keywords:
            dropped = self._strings(keywords["columns"])
            return known - set(dropped) if dropped else None
        if method == "assign":
            return known | set(keywords)
        return None

    def _statement(self, node: Node) -> None:
        """A call for its effect: what it may do to a frame is forgotten, or understood when it says `inplace`."""
        if node[0] == f.CALL and node[2][0] == f.ATTR and node[2][1][0] == f.NAME and node[2][1][1] in self.names:
            name = node[2][1][1]
            in_place = any(k == "inplace" for k, _ in node[4])
            if in_place:
                self.columns[name] = self._after(node, self.columns.get(name))
            elif node[2][2] in ("insert", "pop", "update", "drop", "set_index"):
                self.columns[name] = None
        if node[0] == f.CALL:
            for part in (*node[3], *(k[1] for k in node[4])):
                self._forget(part)

    def _forget(self, node: Node) -> None:
        for part in expressions_of(node):
            if part[0] == f.NAME and part[1] in self.columns:
                self.columns[part[1]] = None

    # -- reading ----------------------------------------------------------------------------------------------------

    def _loads(self, node: Node) -> None:
        for part in expressions_of(node):
            if part[0] == f.SUB and part[1][0] == f.NAME and part[1][1] in self.names:
                for column in self._strings(part[2]):
                    self._reads(part[1][1], column, part[3])
            elif part[0] == f.CALL and part[2][0] == f.ATTR and part[2][1][0] == f.NAME and part[2][1][1] in self.names:
                self._method(part, part[2][1][1])
                for argument in (*part[3], *(k[1] for k in part[4])):
                    if argument[0] == f.NAME and argument[1] in self.columns and part[2][2] in ("update", "insert"):
                        self.columns[argument[1]] = None
            elif part[0] == f.CALL:
                self._escapes(part)
            if part[0] == f.CALL:
                self._spark(part)

    def _escapes(self, call: Node) -> None:
        """A frame that is handed to a function of the tree may come back with other columns."""
        record = self.frame.calls.get(id(call))
        is_own = record is None or any(self.reader.core.objects[i].kind not in (4, 5) for i in record.callees)
        if is_own or not (record and record.callees):
            for argument in (*call[3], *(k[1] for k in call[4])):
                self._forget(argument)

    def _spark(self, call: Node) -> None:
        """Read the columns that Spark's functions and the methods that no other frame has are handed by name."""
        method = call[2][2] if call[2][0] == f.ATTR else ""
        texts = [text for argument in call[3] for text in self._strings(argument)]
        if method in ("withColumn", "withColumnRenamed") and texts:
            self.use.writes.setdefault(texts[1] if method == "withColumnRenamed" and texts[1:] else texts[0], call[1])
            texts = texts[:1] if method == "withColumnRenamed" else []
        elif method == "alias" and texts and self._is_spark(call[2][1]):
            self.use.writes.setdefault(texts[0], call[1])
            return
        elif method not in ("groupBy", "orderBy") and not self._is_spark(call):
            return
        for column in texts:
            if column not in self.use.writes and _PLAIN.fullmatch(column):
                self.use.reads.setdefault(column, call[1])

    def _is_spark(self, node: Node) -> bool:
        """Whether an expression is what one of Spark's functions that take columns gives, perhaps changed further."""
        while node[0] == f.CALL and node[2][0] == f.ATTR and node[2][1][0] == f.CALL:
            node = node[2][1]
        record = self.frame.calls.get(id(node)) if node[0] == f.CALL else None
        made = [self.reader.core.objects[i] for i in record.callees] if record is not None else []
        names = [m.name for m in made if isinstance(m, External)]
        return any(n.startswith("pyspark.sql.functions.") and n.rpartition(".")[2] not in _NO_COLUMN for n in names)

    def _method(self, call: Node, name: str) -> None:
        keywords = {k: v for k, v in call[4] if k}
        method, pos = call[2][2], call[1]
        if method == "drop" and "columns" in keywords:
            for column in self._strings(keywords["columns"]):
                self.use.drops.setdefault(column, pos)
        for key in ("on", "by", "subset", "left_on"):
            for column in self._strings(keywords.get(key, [f.NONE])):
                self._reads(name, column, pos, check=False)
        if method in ("groupby", "sort_values") and call[3]:
            for column in self._strings(call[3][0]):
                self._reads(name, column, pos, check=False)
        if method == "assign":
            for column in keywords:
                self.use.writes.setdefault(column, pos)

    def _reads(self, name: str, column: str, pos: int, *, check: bool = True) -> None:
        if column not in self.use.writes:
            self.use.reads.setdefault(column, pos)
            if name in self.origin:
                self.reader.by_call.setdefault(self.origin[name], set()).add(column)
        known = self.columns.get(name)
        if check and known is not None and column not in known:
            self._missing(name, column, pos, known)

    def _strings(self, node: Node, depth: int = 0) -> list[str]:
        """Return the strings of a literal, of a list of them, or of a name bound once to such; else nothing."""
        if node[0] == f.STR:
            return [node[1]]
        if node[0] == f.SEQ:
            inner = [self._strings(e[1] if e[0] == f.STAR else e, depth) for e in node[3]]
            return [text for texts in inner for text in texts] if all(inner) else []
        if node[0] == f.NAME and depth < _MAX_NAMES:
            value = self.constants.get(node[1])
            return self._strings(value, depth + 1) if value is not None and value[0] in (f.SEQ, f.STR, f.NAME) else []
        return []

    def _missing(self, name: str, column: str, pos: int, known: frozenset[str]) -> None:
        path = self.frame.module.facts.path
        held = ", ".join(f"`{c}`" for c in sorted(known)[:8])
        self.reader.findings[path, pos, column] = Finding(
            "DC306", "error", Span(path, line_of(pos)),
            f"`{name}` has no column `{column}` here",
            f"at this point it holds {held}", unit_of(self.frame),
        )  # fmt: skip


def _constants(body: list[Node]) -> dict[str, Node]:
    bound: dict[str, list[Node]] = {}
    for statement in statements_of(body):
        if statement[0] == f.ASSIGN:
            for target in statement[1]:
                bound.setdefault(target[1] if target[0] == f.NAME else "", []).append(statement[2])
        elif statement[0] in (f.AUG, f.ANN) and statement[1][0] == f.NAME:
            bound.setdefault(statement[1][1], []).append([f.NONE])
        elif statement[0] == f.EXPR and statement[1][0] == f.CALL and statement[1][2][0] == f.ATTR:
            base = statement[1][2][1]
            if base[0] == f.NAME and statement[1][2][2] in _CHANGING:
                bound.setdefault(base[1], []).append([f.NONE])
    return {name: values[0] for name, values in bound.items() if len(values) == 1}


def _selected(names: set[str], body: list[Node]) -> set[str]:
    """Return the names of frames that a scope cuts out of the named ones (`part = frame[["a", "b"]].copy()`)."""
    found: set[str] = set()
    for statement in statements_of(body):
        if statement[0] == f.ASSIGN and statement[1][0][0] == f.NAME:
            value = statement[2]
            while value[0] == f.CALL and value[2][0] == f.ATTR and value[2][2] in _SAME_COLUMNS | {"reset_index"}:
                value = value[2][1]
            is_cut = value[0] == f.SUB and value[1][0] == f.NAME and value[1][1] in names | found
            if is_cut and value[2][0] == f.SEQ and value[2][2] == "list":
                found.add(statement[1][0][1])
    return found


def _literal_keys(node: Node) -> frozenset[str] | None:
    if node[0] != f.DICT or not node[2] or any(k is None or k[0] != f.STR for k, _ in node[2]):
        return None
    return frozenset(k[1] for k, _ in node[2])


def _name(node: Node) -> str:
    if node[0] == f.NAME:
        return str(node[1])
    return f"{_name(node[1])}.{node[2]}" if node[0] == f.ATTR else ""
