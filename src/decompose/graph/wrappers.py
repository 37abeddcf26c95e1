"""Thin wrappers round input and output: their path is a parameter, their payload is one too or comes back.

`def save_object(file_path, obj)` names no file; the unit that calls it does. A function that reads a path which it
was handed and goes on to work with what it read is no wrapper: the reading is its own.
"""

from __future__ import annotations

from decompose.graph.library import LibraryCall, label, node_of_argument
from decompose.graph.objects import Frame
from decompose.graph.walk import expressions_of, statements_of
from decompose.ir import facts as f
from decompose.ir.facts import Node, ScopeFact

MAX_STATEMENTS = 14
"""A wrapper is short."""
_SELF = ("self", "cls")

_READING = frozenset(("read", "readlines", "readline", "splitlines", "strip", "decode", "copy", "to_dict", "load"))
"""Methods whose result is still what was read."""


class Wrappers:
    """Answers, per function, which parameter names what it reads or writes."""

    def __init__(self) -> None:
        self._tainted: dict[int, dict[str, frozenset[str]]] = {}

    def parameter(self, call: LibraryCall, path: Node | None) -> str:
        """Return the parameter of the calling function that names the asset; empty when it is no wrapper."""
        scope = call.frame.scope
        if path is None or scope.kind != "function" or not scope.parameters or scope.statements > MAX_STATEMENTS:
            return ""
        sources = self._sources(scope, path)
        if len(sources) != 1 or (call.api.effect != "sql" and self._names_file(scope, path)):
            return ""
        name = next(iter(sources))
        if call.api.effect == "sql" or call.api.other:
            return name  # what it works on is the statement, or what stands at the other end
        if call.api.effect in ("write", "mode") and _writes(call):
            return name if self._payload_is_foreign(scope, call, name) else ""
        return name if self._result_leaves(scope, call) else ""

    def passed_on(self, frame: Frame, node: Node | None) -> str:
        """Return the one parameter from which a short function takes an expression's value; empty when it has none."""
        scope = frame.scope
        if node is None or scope.kind != "function" or scope.statements > MAX_STATEMENTS:
            return ""
        sources = self._sources(scope, node)
        return next(iter(sources)) if len(sources) == 1 else ""

    def _sources(self, scope: ScopeFact, node: Node) -> frozenset[str]:
        tainted = self._taint(scope)
        found: set[str] = set()
        for part in expressions_of(node):
            if part[0] == f.NAME:
                found |= tainted.get(part[1], frozenset())
        return frozenset(found)

    def _taint(self, scope: ScopeFact) -> dict[str, frozenset[str]]:
        known = self._tainted.get(id(scope))
        if known is not None:
            return known
        tainted = {p.name: frozenset((p.name,)) for p in scope.parameters if p.name not in _SELF}
        self._tainted[id(scope)] = tainted
        for statement in statements_of(scope.body):
            if statement[0] == f.ASSIGN:
                self._bind(tainted, scope, statement[1], statement[2])
            elif statement[0] == f.WITH:
                for context, target, _ in statement[1]:
                    if target is not None:
                        self._bind(tainted, scope, [target], context)
        return tainted

    def _bind(self, tainted: dict[str, frozenset[str]], scope: ScopeFact, targets: list[Node], value: Node) -> None:
        sources: set[str] = set()
        for part in expressions_of(value):
            if part[0] == f.NAME:
                sources |= tainted.get(part[1], frozenset())
        for target in targets:
            if target[0] == f.NAME and sources:
                tainted[target[1]] = frozenset(sources)

    def _names_file(self, scope: ScopeFact, path: Node, depth: int = 0) -> bool:
        """Whether a function says itself what a file is called, and is only handed its folder (`f"{folder}/model.pkl"`)."""
        if depth > 3:
            return False
        if path[0] == f.NAME:
            bound = [s[2] for s in statements_of(scope.body) if s[0] == f.ASSIGN and s[1] == [path]]
            return len(bound) == 1 and self._names_file(scope, bound[0], depth + 1)
        last: list[Node] = []
        if path[0] == f.FSTR:
            cut = max((i for i, p in enumerate(path[1]) if p[0] == f.STR and "/" in p[1]), default=-1)
            if cut > 0:
                last = [[f.STR, path[1][cut][1].rpartition("/")[2]], *path[1][cut + 1 :]]
        elif path[0] == f.BIN and (path[1] == "/" or (path[1] == "+" and path[3][0] == f.STR and "/" in path[3][1])):
            last = [path[3]]
        elif path[0] == f.CALL and path[3]:
            if len(path[3]) == 1:
                return self._names_file(scope, path[3][0], depth + 1)
            last = [path[3][-1]] if label(path[2]).rpartition(".")[2] in ("join", "Path") else []
        is_said = any(part[0] != f.STR or part[1] for part in last)
        return is_said and not any(self._sources(scope, part) for part in last)

    def _payload_is_foreign(self, scope: ScopeFact, call: LibraryCall, path: str) -> bool:
        """Whether all that is written comes from other parameters (`to_csv` writes its receiver)."""
        others: set[str] = set()
        node = call.record.node
        parts = [*node[3], *(k[1] for k in node[4])]
        if node[2][0] == f.ATTR:
            parts.append(node[2][1])
        for part in parts:
            others |= self._sources(scope, part)
        if others - {path}:
            return True
        if call.api.effect != "mode":
            return False
        return any(p.name not in (*_SELF, path) and p.default is None for p in scope.parameters)

    def _result_leaves(self, scope: ScopeFact, call: LibraryCall) -> bool:
        """Whether what is read is handed back as it is: in the `return`, or through one name or an open file."""
        holders = {id(call.record.node)}
        names: set[str] = set()
        for statement in statements_of(scope.body):
            if statement[0] == f.ASSIGN:
                bound = {t[1] for t in statement[1] if t[0] == f.NAME}
                names = names | bound if _hands_on(statement[2], holders, names) else names - bound
            elif statement[0] == f.WITH:
                for context, target, _ in statement[1]:
                    if target is not None and target[0] == f.NAME and _hands_on(context, holders, names):
                        names.add(target[1])
            elif statement[0] == f.RETURN and statement[1] is not None and _hands_on(statement[1], holders, names):
                return True
        return False


def argument_of(node: Node, frame: Frame, parameter: str) -> Node | None:
    """Return the expression that a call passes for a parameter of the function that a frame runs."""
    names = [p.name for p in frame.scope.parameters]
    position = names.index(parameter)
    if frame.cls is not None and names and names[0] in _SELF:
        position -= 1
    return node_of_argument(node, parameter, position)


def _hands_on(node: Node, holders: set[int], names: set[str]) -> bool:
    """Return whether an expression is what was read, as it is or passed through one more reader (`json.load(file)`)."""
    if id(node) in holders:
        return True
    if node[0] == f.NAME:
        return node[1] in names
    if node[0] == f.CALL:
        if node[3] and _hands_on(node[3][0], holders, names):
            return True
        return node[2][0] == f.ATTR and node[2][2] in _READING and _hands_on(node[2][1], holders, names)
    return False


def _writes(call: LibraryCall) -> bool:
    if call.api.effect == "write":
        return True
    mode = node_of_argument(call.record.node, "mode", 0 if call.name.startswith("pathlib.Path") else 1)
    return mode is not None and mode[0] == f.STR and any(c in mode[1] for c in "wax")
