"""Assets with their readers and writers: files, tables, models, topics, URLs, environment variables.

A link is (asset, unit, read or write). It comes from a library call whose entry in the knowledge base has an asset
effect; the argument that names the asset is what the solver's constant propagation says. In a thin wrapper
(`graph.wrappers`) the link goes to the unit that calls it with a known name.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from decompose.graph.core import Core
from decompose.graph.ends import ends_of, into_folder, payload_of, registered, store_of, ways_of
from decompose.graph.library import (
    LibraryCall,
    argument_node,
    argument_values,
    label,
    member_name,
    opened_name,
    texts_of,
    unit_of,
    untyped_writes,
    written_text,
)
from decompose.graph.modules import is_test_path
from decompose.graph.naming import (
    broadest,
    format_of,
    is_code,
    is_nameless,
    is_template,
    kind_of,
    likeliest,
    normal_path,
)
from decompose.graph.objects import (
    BOUND,
    CLASS,
    EXTERNAL_INSTANCE,
    FUNCTION,
    Bound,
    CallRecord,
    ExternalInstance,
    Frame,
    Values,
)
from decompose.graph.orm import statement_tables, tables_of
from decompose.graph.spark import option_ends
from decompose.graph.sql import looks_like_sql, read_sql
from decompose.graph.wrappers import Wrappers, argument_of
from decompose.ir.facts import ATTR, NAME, Node, column_of, line_of
from decompose.ir.graph import AssetKind, Site
from decompose.knowledge import RECEIVER, Api, Knowledge

MAX_WRAPPING = 4
"""Wrappers round wrappers that are followed."""
MAX_VARIANTS = 4
"""Names of one call that are all told; of more, templates that a broader one covers and what is no path are left out."""
MAX_TEXT = 60
_REGISTRIES = ("mlflow", "wandb", "huggingface", "azureml", "spacy")
_HANDLES = ("io.", "gzip.", "tarfile.", "zipfile.", "codecs.", "sqlite3.", "builtins.open")


@dataclass(slots=True)
class Link:
    """One read or write of one asset."""

    unit: str
    name: str
    kind: AssetKind
    effect: str
    """`read` or `write`."""
    format: str
    site: Site
    api: str
    is_certain: bool = True
    is_registry: bool = False
    original: str = ""
    """The name as written, where that differs."""
    columns: tuple[str, ...] = ()
    store: str = ""
    """Name of the registry or store that holds it."""
    is_place: bool = False
    """Whether it only says where things stand (a folder that is unpacked into, a folder made)."""


@dataclass(slots=True)
class _Touch:
    """An effect under way to the unit that names its asset."""

    call: LibraryCall
    frame: Frame
    node: Node
    names: list[str]
    path: Node | None
    depth: int = 0
    parameter: str = ""
    is_reading: bool = False


class AssetLinker:
    """Finds the asset links of a solved system."""

    def __init__(
        self,
        core: Core,
        knowledge: Knowledge,
        calls: Sequence[LibraryCall],
        columns: Mapping[int, set[str]] | None = None,
    ) -> None:
        self.core = core
        self.knowledge = knowledge
        self.calls = calls
        self.columns = columns or {}
        """Columns needed of what a call returned, by the identity of its node."""
        self.wrappers = Wrappers()
        self._wrapped: set[tuple[int, str]] = set()
        self._callers: dict[int, list[tuple[Frame, Node, Values | None]]] | None = None

    def links(self) -> list[Link]:
        """Return every link, sorted by unit and place."""
        found: list[Link] = []
        calls = (self.calls, untyped_writes(self.core, self.knowledge))
        for call in itertools.chain(*calls):
            if call.api.effect and call.api.effect not in ("delete",):
                found.extend(self._of_call(call))
        named = {(k.unit, k.site, k.effect) for k in found if not is_nameless(k.name)}
        known = {(k.unit, k.site, k.effect) for k in found if not is_template(k.name)}
        found = [
            k for k in found
            if (not is_nameless(k.name) or (k.unit, k.site, k.effect) not in named)
            and not (k.name.startswith("{}/") and (k.unit, k.site, k.effect) in known)
        ]  # fmt: skip
        found.sort(key=lambda k: (k.unit, k.site, k.effect, k.name))
        return found

    # -- one call ---------------------------------------------------------------------------------------------------

    def _of_call(self, call: LibraryCall) -> Iterator[Link]:
        if call.api.effect == "sql":
            yield from self._of_sql(call)
            return
        for end in ends_of(self.core, call):
            values = argument_values(self.core, end, end.api.argument, end.api.position)
            if values is None and not store_of(end.api) and end.api.format != "orm":
                continue
            yield from self._of_end(end, values or frozenset())
        for end, values in option_ends(self.core, call):
            if end.api.effect == "sql":
                yield from self._of_query(end, values)
            else:
                yield from self._of_end(end, values)

    def _of_end(self, call: LibraryCall, values: Values) -> Iterator[Link]:
        node = argument_node(call, call.api.argument, call.api.position)
        effect, store = call.api.effect, store_of(call.api)
        names = self._names(values, call.api)
        is_member = call.api.argument == RECEIVER and call.api.asset == "table"
        if names is None and (store or is_member):
            names = []
        if names is None:
            return
        names = self._beside_tests(call, node, into_folder(self.core, call, names))
        if is_member and not names and not store:
            holder = node[1] if node is not None and node[0] == ATTR and call.api.format == "weaviate" else node
            name = member_name(call.frame, holder)  # `articles.query.near_text` is of `articles`
            names = [name] if name else []
        if call.api.asset == "table":
            names = self._in_schema(call, names)
        if store:
            names = [n for n in names if not is_nameless(n)] or [store]
        parameter = "" if store else self._handed_on(call, node)
        if parameter is None:
            return
        ways = ways_of(self.core, call)
        touch = _Touch(
            call, call.frame, call.record.node, names, node, parameter=parameter, is_reading=ways == ("read",)
        )
        for final in self._resolved(touch):
            path = final.frame.module.facts.path
            pos = final.node[1]
            unit = unit_of(final.frame, line_of(pos))
            text = f"{call.api.name.rpartition('.')[2]}({label(final.path) or '…'})"[:MAX_TEXT]
            site = Site(path, line_of(pos), column_of(pos), text=text)
            hole = [] if call.api.format == "orm" else [f"{{{label(final.path)}}}"]  # a table of no known class is none
            for name in final.names or hole:
                if is_code(name):
                    continue
                for way in ways:
                    link = self._link(call.api, name, unit, way=way, site=site, effect=effect)
                    link.format = link.format or payload_of(call)
                    if way == "read":
                        link.columns = tuple(sorted(self.columns.get(id(call.record.node), ())))
                    yield link

    def _link(self, api: Api, name: str, unit: str, *, way: str, site: Site, effect: str) -> Link:
        stated = api.asset
        name = registered(name, api)
        normal = normal_path(name) if stated in ("file", "directory", "model", "config", "object", "") else name
        kind = kind_of(normal, stated)
        return Link(
            unit, normal, kind, way, format_of(normal, api.format), site, api.name,
            is_certain=not is_template(normal),
            is_registry=kind == "model" and api.format in _REGISTRIES,
            store=store_of(api),
            original=name if name != normal else "",
            is_place=effect == "create" or (kind == "directory" and way == "write" and not api.format),
        )  # fmt: skip

    def _names(self, values: Values, api: Api) -> list[str] | None:
        """Return the names that an argument may be; empty when unknown, `None` when it names nothing (a buffer)."""
        core = self.core
        found = [t.text for t in texts_of(core, values)] or tables_of(core, values)
        if not found and values:
            for item in sorted(values):
                made = core.objects[item]
                if made.kind == EXTERNAL_INSTANCE:
                    assert isinstance(made, ExternalInstance)
                    if made.type.startswith(_HANDLES) or made.type.endswith(
                        ("Blob", "BlobClient", "boto3.Object", "BytesIO()")
                    ):
                        found.extend(t.text for t in texts_of(core, opened_name(core, made)))
                        if not found:
                            return None
            if not found and all(core.objects[i].kind not in (EXTERNAL_INSTANCE,) for i in values):
                return None
        names = _plainest(list(dict.fromkeys(n for n in found if n and n != "{}" and "\n" not in n)))
        is_path = api.asset in ("file", "model", "config", "object") and api.format not in _REGISTRIES
        return likeliest(names) if is_path and len(names) > MAX_VARIANTS else names

    def _in_schema(self, call: LibraryCall, names: list[str]) -> list[str]:
        """Return the names of tables as SQL spells them: after the schema, where the call says which."""
        schemas = {t.text for t in texts_of(self.core, call.record.keywords.get("schema", frozenset()))}
        schema = next(iter(schemas)) if len(schemas) == 1 else ""
        return [f"{schema}.{n}" if schema.isidentifier() and "." not in n else n for n in names]

    def _beside_tests(self, call: LibraryCall, node: Node | None, names: list[str]) -> list[str]:
        """Return the names without those of a parameter that only tests pass, where other code passes it too."""
        if not names or not _is_parameter(call.frame, node):
            return names
        passed: dict[bool, set[str]] = {}
        self._collect(call.frame, str(node[1]), call.api, passed, set())  # type: ignore[index]
        if len(passed) < 2:
            return names
        return [name for name in names if name not in passed[True] - passed[False]]

    def _collect(self, frame: Frame, parameter: str, api: Api, passed: dict[bool, set[str]], seen: set[int]) -> None:
        """Collect what tests (`True`) and other code pass for a parameter, through parameters of those who pass it on."""
        if id(frame.scope) in seen or len(seen) > MAX_WRAPPING:
            return
        seen.add(id(frame.scope))
        for caller, asking, _ in self._calling(frame):
            argument = argument_of(asking, frame, parameter)
            if argument is None:
                continue
            is_test = is_test_path(caller.module.facts.path)
            found = passed.setdefault(is_test, set())
            if not is_test and _is_parameter(caller, argument):
                self._collect(caller, str(argument[1]), api, passed, seen)
            else:
                found.update(self._names(_passed(caller.calls[id(asking)], frame, parameter), api) or [])

    # -- wrappers ---------------------------------------------------------------------------------------------------

    def _handed_on(self, call: LibraryCall, node: Node | None) -> str | None:
        """Return the parameter that names the asset of a thin wrapper; `None` when its callers were visited before."""
        parameter = self.wrappers.parameter(call, node)
        if parameter and node is not None and label(node) == parameter:
            key = (id(call.record.node), call.api.effect)
            if key in self._wrapped:
                return None
            self._wrapped.add(key)
        return parameter

    def _resolved(self, touch: _Touch) -> Iterator[_Touch]:
        """Yield the places that name the asset: the call itself, or the callers of the wrapper that it stands in."""
        waiting = deque([touch])
        while waiting:
            current = waiting.popleft()
            if not current.parameter or current.depth >= MAX_WRAPPING:
                yield current
                continue
            callers = self._calling(current.frame)
            passing = [(f, n, v) for f, n, v in callers if argument_of(n, current.frame, current.parameter) is not None]
            if not passing or (self._is_config(current) and len(current.names) == 1):
                yield current
                continue
            outward = (self._outward(current, frame, node) for frame, node, _ in passing)
            waiting.extend(found for found in outward if found is not None)

    def _outward(self, touch: _Touch, frame: Frame, node: Node) -> _Touch | None:
        """Return the touch as a caller makes it; `None` when that caller passes something else than the frame saw."""
        path = argument_of(node, touch.frame, touch.parameter)
        values = _passed(frame.calls[id(node)], touch.frame, touch.parameter)
        found = self._names(values, touch.call.api) or []
        exact = touch.path is not None and label(touch.path) == touch.parameter
        if not found:
            spelt = written_text(frame.scope, path)
            found = [spelt] if spelt else []
        if not exact and touch.names and found:
            found = [n for n in touch.names if any(p in n for p in found)]
            if not found:
                return None
        parameter = "" if found else self.wrappers.passed_on(frame, path)
        return _Touch(touch.call, frame, node, found, path, touch.depth + 1, parameter, touch.is_reading)

    @staticmethod
    def _is_config(touch: _Touch) -> bool:
        """Whether settings are read: that is the wrapper's own work, whoever asks for them."""
        return touch.is_reading and all(kind_of(n, touch.call.api.asset) == "config" for n in touch.names)

    def _calling(self, frame: Frame) -> list[tuple[Frame, Node, Values | None]]:
        """Return the calls of the function that a frame runs: calling frame and call node, each once."""
        if self._callers is None:
            self._callers = self._index_callers()
        seen: set[tuple[int, str]] = set()
        out = []
        for caller, node, values in self._callers.get(id(frame.scope), ()):
            key = (id(node), unit_of(caller))
            if key not in seen:
                seen.add(key)
                out.append((caller, node, values))
        return out

    def _index_callers(self) -> dict[int, list[tuple[Frame, Node, Values | None]]]:
        core = self.core
        index: dict[int, list[tuple[Frame, Node, Values | None]]] = {}
        for frame in core.frames:
            for record in frame.calls.values():
                for item in sorted(record.callees):
                    made = core.objects[item]
                    if made.kind == BOUND:
                        assert isinstance(made, Bound)
                        made = core.objects[made.function]
                    if made.kind == FUNCTION:
                        index.setdefault(id(made.scope), []).append((frame, record.node, None))  # type: ignore[attr-defined]
                    elif made.kind == CLASS:
                        self._index_constructor(index, made, frame, record.node)
        return index

    def _index_constructor(
        self, index: dict[int, list[tuple[Frame, Node, Values | None]]], cls: object, frame: Frame, node: Node
    ) -> None:
        values, _ = self.core.find(cls, "__init__")  # type: ignore[arg-type]
        for item in values:
            made = self.core.objects[item]
            if made.kind == FUNCTION:
                index.setdefault(id(made.scope), []).append((frame, node, None))  # type: ignore[attr-defined]

    # -- SQL --------------------------------------------------------------------------------------------------------

    def _of_query(self, call: LibraryCall, values: Values) -> Iterator[Link]:
        pos = call.record.node[1]
        site = Site(call.frame.module.facts.path, line_of(pos), column_of(pos), text="query(…)")
        for text in texts_of(self.core, values):
            yield from _of_statement(text.text, unit_of(call.frame, line_of(pos)), site, call.api.name)

    def _of_sql(self, call: LibraryCall) -> Iterator[Link]:
        values = argument_values(self.core, call, call.api.argument, call.api.position)
        if not values:
            return
        node = argument_node(call, call.api.argument, call.api.position)
        parameter = self._handed_on(call, node)
        if parameter is None:
            return
        texts = [t.text for t in texts_of(self.core, values)]
        for final in self._resolved(_Touch(call, call.frame, call.record.node, texts, node, parameter=parameter)):
            pos = final.node[1]
            text = f"{call.api.name.rpartition('.')[2]}(…)"
            site = Site(final.frame.module.facts.path, line_of(pos), column_of(pos), text=text)
            for way, table in statement_tables(self.core, values):
                yield Link(unit_of(final.frame, line_of(pos)), table, "table", way, "orm", site, call.api.name)
            for statement in final.names:
                yield from _of_statement(statement, unit_of(final.frame, line_of(pos)), site, call.api.name)


def _is_parameter(frame: Frame, node: Node | None) -> bool:
    return node is not None and node[0] == NAME and any(p.name == node[1] for p in frame.scope.parameters)


def _passed(record: CallRecord, called: Frame, parameter: str) -> Values:
    """Return what a call passes for a parameter of the function that a frame runs."""
    values = record.keywords.get(parameter)
    if values is None:
        names = [p.name for p in called.scope.parameters]
        position = names.index(parameter) - (1 if called.cls is not None and names[0] in ("self", "cls") else 0)
        values = record.positional[position] if 0 <= position < len(record.positional) else frozenset()
    return values


def _of_statement(text: str, unit: str, site: Site, api: str) -> Iterator[Link]:
    """Yield the links of one SQL text, or of a bare table name that `pandas.read_sql` takes too."""
    if not looks_like_sql(text):
        if api.startswith("pandas.read_sql") and text.isidentifier():
            yield Link(unit, text, "table", "read", "sql", site, api)
        return
    statement = read_sql(text)
    for way, tables in (("read", statement.reads), ("write", statement.writes)):
        for table in tables:
            columns = statement.columns if way == "read" else ()
            yield Link(unit, table, "table", way, "sql", site, api, columns=columns)
    for way, files in (("read", statement.reads_files), ("write", statement.writes_files)):
        for file in files:
            kind = kind_of(file, "file")
            yield Link(unit, normal_path(file), kind, way, format_of(file, ""), site, api)
    for table in statement.creates:
        yield Link(unit, table, "table", "write", "sql", site, api, is_place=True)


def _plainest(names: list[str]) -> list[str]:
    """Return names without those that only say less of the same file: `{}/x.env` beside `conf/x.env`."""
    kept: list[str] = []
    for name in names:
        last = name.rpartition("/")[2]
        others = [n for n in names if n != name and n.rpartition("/")[2] == last and not is_nameless(n)]
        if is_template(name) and any(not is_template(n) for n in others):
            continue
        kept.append(name)
    return kept if len(kept) <= MAX_VARIANTS else broadest(kept)
