"""Tables behind mapped classes: which unit reads and writes them, told by how the source asks for rows.

A unit reads a table when it asks the model's manager or a session for rows, or runs through a set of them; it writes one
when it creates, saves, adds, changes or deletes rows. A set that is only changed or deleted is not read. Models are
followed through managers and query sets of their own, `apps.get_model`, `get_user_model`, reverse accessors
(`user.order_set`, a `related_name`), forms, loops, and names bound in the scope: the solver knows no type for most of
these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from decompose.graph.assets import Link
from decompose.graph.core import Core
from decompose.graph.library import label
from decompose.graph.mapped import NOTHING, MappedClasses, Tables, text_of
from decompose.graph.modules import ModuleInfo
from decompose.graph.walk import chain_of, statements_of
from decompose.ir import facts as f
from decompose.ir.facts import Node, ScopeFact, column_of, line_of
from decompose.ir.graph import Site
from decompose.ir.symbols import join

_LAZY = frozenset(
    ("all", "filter", "exclude", "order_by", "annotate", "alias", "reverse", "distinct", "values", "values_list", "only",
     "defer", "select_related", "prefetch_related", "using", "union", "intersection", "difference", "select_for_update",
     "none", "extra", "dates", "datetimes", "get_queryset", "filter_by", "limit", "offset", "join", "outerjoin", "options",
     "group_by", "having", "with_entities", "add_columns")
)  # fmt: skip
_READING = frozenset(
    ("get", "first", "last", "count", "aggregate", "exists", "in_bulk", "iterator", "latest", "earliest", "contains",
     "raw", "explain", "refresh_from_db", "first_or_404", "get_or_404", "one", "one_or_none", "one_or_404", "scalar",
     "paginate", "aget", "afirst", "alast", "acount", "aexists", "aaggregate")
)  # fmt: skip
_BOTH = frozenset(("get_or_create", "update_or_create", "aget_or_create", "aupdate_or_create"))
_WRITING = frozenset(
    ("create", "create_user", "create_superuser", "bulk_create", "update", "bulk_update", "delete", "save", "acreate",
     "abulk_create", "aupdate", "abulk_update", "adelete", "asave")
)  # fmt: skip
_SESSION = re.compile(r"(?:^|[._])(?:session|db)$", re.IGNORECASE)
_ADDING = frozenset(("add", "add_all", "delete", "merge", "bulk_save_objects", "bulk_insert_mappings"))
"""What a session of SQLAlchemy does to the rows that it is given."""
_CHANGING = frozenset(("update", "delete", "aupdate", "adelete"))
_JOINING = frozenset(("join", "outerjoin"))
_ON_ROWS = _LAZY | (_READING - {"count", "aggregate", "exists", "scalar"}) | _BOTH | {"create"}
"""Methods whose result still stands for rows of the table."""
_PASSING = frozenset(
    ("list", "tuple", "set", "sorted", "enumerate", "reversed", "iter", "next", "chunked", "Paginator")
)
_SHORTCUTS = frozenset(("get_object_or_404", "get_list_or_404"))
_USED = (f.CALL, f.COMP, f.NAME)
_MAX_DEPTH = 12


def row_links(core: Core) -> list[Link]:
    """Return who reads and writes the table of each Django model; empty for a system without models."""
    models = MappedClasses(core)
    if not models.tables:
        return []
    readers = _Readers(models)
    found: dict[tuple[str, str, str], Link] = {}
    for info in core.modules.infos:
        for index in range(len(info.facts.scopes)):
            for link in readers.of(info, index).links():
                found.setdefault((link.unit, link.name, link.effect), link)
    return list(found.values())


class _Readers:
    """A reader for each scope, made once."""

    def __init__(self, models: MappedClasses) -> None:
        self.models = models
        self.cuts = 0
        """How often a circle or the limit of depth cut an answer short: what was asked for then is not remembered."""
        self._made: dict[tuple[str, int], _Scope] = {}

    def of(self, info: ModuleInfo, index: int) -> _Scope:
        """Return the reader of a scope."""
        key = (info.facts.path, index)
        if key not in self._made:
            self._made[key] = _Scope(self, info, index)
        return self._made[key]


class _Scope:
    """Reads one scope of one file."""

    def __init__(self, readers: _Readers, info: ModuleInfo, index: int) -> None:
        self.readers = readers
        self.models = readers.models
        self.info = info
        self.facts = info.facts
        self.index = index
        self.scope = self.facts.scopes[index]
        self.holder = self._holder()
        self.statements = list(statements_of(self.scope.body))
        self.nodes = _used(self.statements)
        """Calls, comprehensions and names, each before what stands inside it."""
        self.bound = _bindings(self.statements, self.nodes)
        self._resolving: set[int | str] = set()
        """Expressions, by identity, and names of which the tables are being found."""
        self._known: dict[int, Tables] = {}
        """Tables by the identity of an expression."""

    def links(self) -> Iterator[Link]:
        """Yield a link for each read and write, in source order."""
        inner: set[int] = set()
        changed = self._only_changed()
        in_set = self.holder in self.models.sets
        for statement in self.statements:
            if statement[0] == f.FOR:
                yield from self._each("read", self.tables(statement[2]), statement[-1], "for")
        for node in self.nodes:
            if node[0] == f.COMP:
                for _, iterable, _, pos in node[4]:
                    yield from self._each("read", self.tables(iterable), pos, "for")
            if node[0] != f.CALL or id(node) in inner:
                continue
            name = _last_name(node[2])
            if name in _SHORTCUTS and node[3]:
                yield from self._each("read", self.tables(node[3][0]), node[1], name)
            if node[2][0] != f.ATTR:
                continue
            if name in _ADDING and node[3] and _SESSION.search(label(node[2][1])):
                yield from self._each("write", self._given(node[3][0]), node[1], name)
                continue
            chain = chain_of(node)
            inner.update(id(call) for call in chain)
            if id(chain[0]) not in changed:
                yield from self._of_chain(chain, in_set=in_set)
        yield from self._changed_rows()
        if self.scope.kind == "class" and (self.facts.path, self.index) in self.models.views:
            for node in self.scope.body:
                if node[0] == f.ASSIGN and node[1][0] == [f.NAME, "model"]:
                    yield from self._each("read", self.tables(node[2]), node[3], "model")

    def _of_chain(self, chain: list[Node], *, in_set: bool) -> Iterator[Link]:
        """Yield what a chain of calls does to the rows with which it begins; the outermost call comes first."""
        methods = [call[2][2] for call in chain]
        base = chain[-1][2][1]
        tables = self.tables(base) or self._saved_form(base, methods)
        pos, first = chain[0][1], methods[-1]
        if first == "query" and not tables:
            tables, first = self.tables(chain[-1]), "all"
        if not tables:
            return
        touching = next((m for m in methods if m in _WRITING or m in _BOTH), "")
        if touching:
            yield from self._each("write", tables, pos, touching)
        is_asked = touching in _BOTH if touching else any(m in _READING for m in methods)
        is_manager = base[0] == f.ATTR or first in _LAZY
        if is_asked or (is_manager and not in_set and not touching):
            joined = (self.tables(c[3][0]) for c in chain if c[2][2] in _JOINING and c[3])
            yield from self._each("read", tables.union(*joined), pos, methods[0])

    def _given(self, node: Node) -> Tables:
        """Return the tables of the rows that a session is handed: one, or a list of them."""
        if node[0] == f.SEQ:
            return frozenset(t for element in node[3] for t in self.tables(element))
        if node[0] == f.COMP:
            return self.tables(node[2])
        held = [v for v in self.bound.get(node[1], ()) if v[0] in (f.SEQ, f.COMP)] if node[0] == f.NAME else []
        return self.tables(node) | frozenset(t for value in held for t in self._given(value))

    def _changed_rows(self) -> Iterator[Link]:
        """Yield a write for rows that were asked for and of which an attribute is bound before a commit."""
        calls = (s[1] for s in self.statements if s[0] == f.EXPR and s[1][0] == f.CALL)
        if not any(label(call[2]).endswith(".commit") for call in calls):
            return
        for statement in self.statements:
            for target in statement[1] if statement[0] == f.ASSIGN else ():
                if target[0] == f.ATTR and target[1][0] == f.NAME:
                    asked = [v for v in self.bound.get(target[1][1], ()) if chain_of(v)]
                    tables = frozenset(t for value in asked for t in self.tables(value))
                    yield from self._each("write", tables & self.models.alchemy, target[3], target[2])

    def _saved_form(self, base: Node, methods: list[str]) -> Tables:
        if methods[-1] not in ("save", "asave") or base[0] != f.NAME:
            return NOTHING
        calls = [v for v in self.bound.get(base[1], ()) if v[0] == f.CALL]
        return frozenset(t for call in calls for t in self.models.forms.get(label(call[2]), ()))

    def _each(self, way: str, tables: Tables, pos: int, text: str) -> Iterator[Link]:
        for table in sorted(tables):
            line = line_of(pos)
            site = Site(self.facts.path, line, column_of(pos), text=f"{text}({table})")
            owner = "sqlalchemy.orm.Query" if table in self.models.alchemy else "django.db.models.QuerySet"
            api = f"{owner}.{text}"
            columns = self.models.columns.get(table, ()) if way == "read" else ()
            yield Link(self._unit(line), table, "table", way, "orm", site, api, columns=columns)

    # -- what an expression stands for ------------------------------------------------------------------------------

    def tables(self, node: Node, depth: int = 0) -> Tables:
        """Return the tables whose model, manager, rows or row an expression is."""
        known = self._known.get(id(node))
        if known is not None:
            return known
        if depth > _MAX_DEPTH or id(node) in self._resolving:
            self.readers.cuts += 1
            return NOTHING
        before = self.readers.cuts
        self._resolving.add(id(node))
        found = self._tables(node, depth + 1)
        self._resolving.discard(id(node))
        if self.readers.cuts == before or not self._resolving:
            self._known[id(node)] = found
        return found

    def _tables(self, node: Node, depth: int) -> Tables:
        kind = node[0]
        if kind == f.NAME:
            return self._named(node[1], depth)
        if kind == f.SUB:
            return self.tables(node[1], depth) if node[2][0] in (f.SLICE, f.NUM) else NOTHING
        if kind == f.ATTR:
            return self._attribute(node[1], node[2], depth)
        if kind == f.CALL:
            return self._called(node, depth)
        if kind in (f.AWAIT, f.WALRUS):
            return self.tables(node[-1], depth)
        if kind == f.IFEXP:
            return self.tables(node[2], depth) | self.tables(node[3], depth)
        if kind == f.BOOL:
            return frozenset(t for part in node[2] for t in self.tables(part, depth))
        return NOTHING

    def _named(self, name: str, depth: int) -> Tables:
        if name in ("self", "cls"):
            return self.models.own.get(self.holder, NOTHING) if self.holder else NOTHING
        if name in self.bound:
            return self._bound_to(name, depth)
        parameter = next((p for p in self.scope.parameters if p.name == name), None)
        if parameter is not None:
            if parameter.annotation is not None:
                return self.tables(parameter.annotation, depth)
            return self._sender(depth) if name == "instance" else NOTHING
        found = self.models.called(name, self.info)
        if found or self.index == 0:
            return found
        if name == "User" and self._imports("django.contrib.auth.models"):
            return self.models.user
        above = self.readers.of(self.info, max(self.scope.parent, 0))
        return above._named(name, depth) if name in above.bound or above.index else NOTHING

    def _bound_to(self, name: str, depth: int) -> Tables:
        """Return the tables of all that a name is bound to; what is bound to the name again adds nothing."""
        if name in self._resolving:
            self.readers.cuts += 1
            return NOTHING
        self._resolving.add(name)
        found = frozenset(t for value in self.bound[name] for t in self.tables(value, depth))
        self._resolving.discard(name)
        return found

    def _attribute(self, base: Node, name: str, depth: int) -> Tables:
        if name in self.models.tables and (found := self.models.called(name, self.info, label(base))):
            return found  # `models.Order`
        owner = self.tables(base, depth)
        if owner and (name == "model" or name in self.models.managers):
            return owner
        if base in ([f.NAME, "self"], [f.NAME, "cls"]) and (bound := self._of_class(name)):
            return frozenset(t for value in bound for t in self.tables(value, depth))
        related = self.models.related.get(name, ())
        return frozenset(related) if len(related) == 1 else NOTHING

    def _called(self, node: Node, depth: int) -> Tables:
        function = node[2]
        name = _last_name(function)
        if name == "get_user_model":
            return self.models.user
        if name == "get_model":
            texts = [text_of(a) for a in node[3]]
            return self.models.labelled(texts) if all(texts) else NOTHING
        if function == [f.NAME, "super"]:
            return self.models.own.get(self.holder, NOTHING) if self.holder else NOTHING
        if (name in _PASSING or name in _SHORTCUTS) and node[3]:
            return self.tables(node[3][0], depth)
        if function[0] == f.NAME:
            return self.models.called(name, self.info)
        if function[0] != f.ATTR:
            return NOTHING
        if name == "query" and _SESSION.search(label(function[1])):
            asked = (self.tables(a, depth) or self.tables(_root(a), depth) for a in node[3])
            return frozenset(t for tables in asked for t in tables)
        owner = self.tables(function[1], depth)
        if not owner or name in _ON_ROWS or name in ("iterator", "order_by"):
            return owner
        is_plain = name in _READING or name in _WRITING
        return NOTHING if is_plain else owner  # a method of an own manager or query set

    def _of_class(self, name: str) -> list[Node]:
        """Return what the class that holds the scope binds `self.name` to."""
        if self.holder is None:
            return []
        index = self.holder[1]
        around = [s for s in self.facts.scopes if s.parent == index and s.kind == "function"]
        values = [
            s[2] for scope in around for s in statements_of(scope.body)
            if s[0] == f.ASSIGN and any(t[:3] == [f.ATTR, [f.NAME, "self"], name] for t in s[1])
        ]  # fmt: skip
        own = self.facts.scopes[index].body
        return values + [s[2] for s in own if s[0] == f.ASSIGN and s[1][0] == [f.NAME, name]]

    def _sender(self, depth: int) -> Tables:
        """Return the model whose signal runs this function: `post_save.connect(it, sender=Order)`, or so decorated."""
        calls = [d[0] for d in self.scope.decorators if d[0][0] == f.CALL]
        for statement in self.facts.scopes[0].body:
            if statement[0] == f.EXPR and statement[1][0] == f.CALL and statement[1][3]:
                if statement[1][3][0] == [f.NAME, self.scope.name] and label(statement[1][2]).endswith(".connect"):
                    calls.append(statement[1])
        senders = [value for call in calls for keyword, value in call[4] if keyword == "sender"]
        return frozenset(t for value in senders for t in self.tables(value, depth))

    def _imports(self, module: str) -> bool:
        return any(n[0] == f.FROM and n[1] == module for n in self.facts.scopes[0].body)

    # -- where it stands --------------------------------------------------------------------------------------------

    def _holder(self) -> tuple[str, int] | None:
        """Return the class whose method, or method's inner function, the scope is."""
        index = self.index
        while index > 0 and self.facts.scopes[index].kind != "class":
            index = self.facts.scopes[index].parent
        return (self.facts.path, index) if index > 0 else None

    def _unit(self, line: int) -> str:
        scopes: list[ScopeFact] = self.facts.scopes
        scope = self.scope
        while scope.kind == "lambda":
            scope = scopes[scope.parent]
        if scope.kind == "module":
            for name, first, last in self.facts.cells:
                if first <= line <= last:
                    return join(self.info.name, name)
        return join(self.info.name, scope.qualname)

    def _only_changed(self) -> set[int]:
        """Return the calls whose rows go into a name that the scope only changes or deletes by."""
        targets = {id(t) for s in self.statements if s[0] == f.ASSIGN for t in s[1]}
        loads: dict[str, list[Node]] = {}
        last: dict[int, str] = {}
        """The outermost method of the chain that begins with a name, by the identity of the name's node."""
        for node in self.nodes:
            if node[0] == f.NAME and node[1] in self.bound and id(node) not in targets:
                loads.setdefault(node[1], []).append(node)
            chain = chain_of(node) if node[0] == f.CALL else []
            if chain and chain[-1][2][1][0] == f.NAME:
                last.setdefault(id(chain[-1][2][1]), chain[0][2][2])
        found: set[int] = set()
        for name, values in self.bound.items():
            again = {id(c[-1][2][1]) for v in values if (c := chain_of(v))}
            if loads.get(name) and all(id(n) in again or last.get(id(n)) in _CHANGING for n in loads[name]):
                found.update(id(v) for v in values if v[0] == f.CALL)
        return found


def _root(node: Node) -> Node:
    """Return what an attribute is taken of (`Order` of `Order.price.label("p")`)."""
    while node[0] in (f.ATTR, f.CALL):
        node = node[1] if node[0] == f.ATTR else node[2]
    return node


def _last_name(function: Node) -> str:
    """Return the last part of how source spells what a call calls."""
    return str(function[2]) if function[0] == f.ATTR else label(function).rpartition(".")[2]


def _used(statements: list[Node]) -> list[Node]:
    """Return the calls, comprehensions and names in statements, which come with those inside them."""
    found: list[Node] = []
    for statement in statements:
        stack = _own_parts(statement)
        while stack:
            item = stack.pop()
            if item and item[0] in _USED:
                found.append(item)
            stack += [part for part in item[::-1] if type(part) is list]
    return found


def _own_parts(statement: Node) -> list[Node]:
    """Return the expressions of a statement that are not those of statements inside it, the last first."""
    kind = statement[0]
    if kind in (f.IF, f.WHILE, f.MATCH):
        return [statement[1]]
    if kind == f.FOR:
        return [statement[2]]
    if kind == f.WITH:
        return [context for context, _, _ in reversed(statement[1])]
    return [statement] if kind != f.TRY else []


def _bindings(statements: list[Node], nodes: list[Node]) -> dict[str, list[Node]]:
    """Return what each name of a scope is bound to; of a loop's name, what the loop runs over."""
    bound: dict[str, list[Node]] = {}

    def bind(target: Node, value: Node) -> None:
        if target[0] == f.NAME:
            bound.setdefault(target[1], []).append(value)
        elif target[0] == f.SEQ and value[0] == f.CALL and label(value[2]) == "enumerate" and len(target[3]) == 2:
            bind(target[3][1], value)

    for statement in statements:
        if statement[0] == f.ASSIGN:
            for target in statement[1]:
                bind(target, statement[2])
        elif statement[0] == f.ANN and statement[3] is not None:
            bind(statement[1], statement[3])
        elif statement[0] == f.FOR:
            bind(statement[1], statement[2])
    for node in nodes:
        if node[0] == f.COMP:
            for target, iterable, _, _ in node[4]:
                bind(target, iterable)
    return bound
