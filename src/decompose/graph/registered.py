"""What is started by a name that stands elsewhere: Django's views in `urlpatterns`, Celery's tasks in `send_task`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from decompose.graph.core import Core
from decompose.graph.library import label, texts_of, unit_of
from decompose.graph.modules import ModuleInfo
from decompose.graph.objects import FUNCTION, Class, Frame, Function
from decompose.graph.walk import expressions_of
from decompose.ir import facts as f
from decompose.ir.facts import Node, column_of, line_of
from decompose.ir.graph import CodeGraph, Edge, EntryPoint, Site, Unit

_PATHS = frozenset(("path", "re_path", "url"))
_ANSWERING = frozenset(
    ("get", "post", "put", "patch", "delete", "head", "dispatch", "get_queryset", "get_context_data", "get_object",
     "get_template_names", "form_valid", "list", "retrieve", "create", "update", "partial_update", "destroy",
     "perform_create", "perform_update", "perform_destroy")
)  # fmt: skip
"""Methods of a view class that a request runs."""
_SENDING = frozenset(("send_task", "signature", "subtask"))


def with_registered(graph: CodeGraph, core: Core) -> CodeGraph:
    """Return the graph with routes for views that URL patterns name, and calls for tasks that are sent by name.

    Args:
        graph: Units and call edges.
        core: The solver, settled.
    """
    routes = _routes(core)
    units = tuple(_routed(unit, routes) for unit in graph.units)
    edges = graph.edges
    if sent := list(_sent(core, units)):
        known = {(edge.source, edge.target) for edge in edges if edge.kind == "call"}
        new = [edge for edge in sent if (edge.source, edge.target) not in known]
        edges = tuple(sorted((*edges, *new), key=lambda e: (e.source, e.target, e.kind, e.parameter)))
    return replace(graph, units=units, edges=edges)


def _routed(unit: Unit, routes: dict[str, str]) -> Unit:
    path = routes.get(unit.symbol)
    if path is None or (unit.entry is not None and unit.entry.kind != "route"):
        return unit
    return replace(unit, entry=EntryPoint(kind="route", framework="django", detail=path))


# -- Django ----------------------------------------------------------------------------------------------------------


def _routes(core: Core) -> dict[str, str]:
    """Return the path that each view answers, by symbol."""
    found: dict[str, str] = {}
    prefixes: dict[str, str] = {}
    patterns = [(info, node) for info in core.modules.infos for node in _patterns(info)]
    for _, node in patterns:
        included = node[3][1]
        if included[0] == f.CALL and label(included[2]).endswith("include") and included[3]:
            if included[3][0][0] == f.STR:
                prefixes[included[3][0][1]] = str(node[3][0][1])
    if not patterns:
        return found
    views = _Views(core)
    for info, node in patterns:
        prefix = next((p for name in info.names for p in [prefixes.get(name)] if p is not None), "")
        path = "/" + (prefix + str(node[3][0][1])).lstrip("/^").rstrip("$")
        for symbol in views.of(info, node):
            found.setdefault(symbol, path)
    return found


def _patterns(info: ModuleInfo) -> Iterator[Node]:
    """Yield the calls of `path` and its kin in a file that binds `urlpatterns`."""
    top = info.facts.scopes[0]
    if "urlpatterns" not in top.local_names:
        return
    for statement in top.body:
        for node in expressions_of(statement):
            is_path = node[0] == f.CALL and label(node[2]).rpartition(".")[2] in _PATHS
            if is_path and len(node[3]) > 1 and node[3][0][0] == f.STR:
                yield node


class _Views:
    """Finds the functions and methods that answer patterns."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._classes: dict[str, list[Class]] = {}
        for made in core.classes:
            self._classes.setdefault(made.scope.name, []).append(made)
        self._bound: dict[str, str] = {}
        """Class of `name = View.as_view()`, by name, wherever a file says so."""
        for info in core.modules.infos:
            for statement in info.facts.scopes[0].body:
                if statement[0] == f.ASSIGN and _is_class_view(statement[2]):
                    for target in statement[1]:
                        if target[0] == f.NAME:
                            self._bound.setdefault(target[1], label(statement[2][2][1]))

    def of(self, info: ModuleInfo, node: Node) -> Iterator[str]:
        """Yield the functions, or methods of the view class, that answer a pattern of a file."""
        frame = self._core.module_frames.get(info.facts.path)
        record = frame.calls.get(id(node)) if frame is not None else None
        for item in sorted(record.positional[1]) if record is not None and len(record.positional) > 1 else ():
            made = self._core.objects[item]
            if made.kind == FUNCTION and isinstance(made, Function):
                yield made.module.symbol(made.scope)
        view = node[3][1]
        name = label(view[2][1]) if _is_class_view(view) else self._bound.get(label(view).rpartition(".")[2], "")
        for cls in self._classes.get(name.rpartition(".")[2], ()):
            for scope in cls.module.facts.scopes:
                if scope.parent == cls.index and scope.kind == "function" and scope.name in _ANSWERING:
                    yield cls.module.symbol(scope)


def _is_class_view(node: Node) -> bool:
    return bool(node[0] == f.CALL and node[2][0] == f.ATTR and node[2][2] == "as_view")


# -- Celery ----------------------------------------------------------------------------------------------------------


def _sent(core: Core, units: tuple[Unit, ...]) -> Iterator[Edge]:
    """Yield a call for each task that is put into a queue by its name alone."""
    tasks: dict[str, str] = {}
    for unit in units:
        if unit.entry is not None and unit.entry.kind == "task" and unit.entry.framework == "celery":
            tasks[unit.entry.detail] = tasks[unit.symbol.replace(":", ".")] = unit.symbol
    seen: set[tuple[str, str]] = set()
    for frame in core.frames if tasks else ():
        for source, target, site in _sendings(core, frame, tasks):
            if (source, target) not in seen:
                seen.add((source, target))
                yield Edge(
                    source=source,
                    target=target,
                    kind="call",
                    confidence="possible",
                    reason="submit:remote",
                    sites=(site,),
                )


def _sendings(core: Core, frame: Frame, tasks: dict[str, str]) -> Iterator[tuple[str, str, Site]]:
    for record in frame.calls.values():
        function, pos = record.node[2], record.node[1]
        if label(function).rpartition(".")[2] not in _SENDING:
            continue
        given = record.keywords.get("name") or (record.positional[0] if record.positional else frozenset())
        for text in texts_of(core, given):
            target = tasks.get(text.text)
            if target is not None:
                line = line_of(pos)
                yield unit_of(frame, line), target, Site(frame.module.facts.path, line, column_of(pos))
