"""The solution as a `CodeGraph`: modules, units, call, inherit and import edges, coverage, findings."""

from __future__ import annotations

import sys
from hashlib import blake2b

from decompose.graph.entries import entry_of, entry_of_module
from decompose.graph.modules import ModuleInfo, dotted_path
from decompose.graph.objects import Class, Frame, Function
from decompose.graph.sites import coverage_of
from decompose.graph.solver import Solver
from decompose.graph.walk import statements_of
from decompose.ir import facts as f
from decompose.ir import symbols
from decompose.ir.facts import ScopeFact, SourceFacts
from decompose.ir.findings import Finding, Span
from decompose.ir.graph import CodeGraph, Edge, Module, ModuleKind, Parameter, Signature, Site, Unit, UnitKind


def assemble(facts: SourceFacts, solver: Solver) -> CodeGraph:
    """Return the graph of a solved program."""
    units = _units(solver)
    known = {unit.symbol for unit in units}
    edges = [*_call_edges(solver), *_inherit_edges(solver), *_import_edges(solver)]
    edges.sort(key=lambda e: (e.source, e.target, e.kind))
    coverage, findings = coverage_of(solver)
    externals = _externals(solver)
    modules = [_module(info, solver, externals.get(info.facts.path, set())) for info in solver.modules.infos]
    return CodeGraph(
        name=facts.name,
        digest=_digest(facts),
        modules=tuple(sorted(modules, key=lambda m: m.name)),
        units=tuple(units),
        edges=tuple(e for e in edges if e.source in known or e.kind == "import"),
        findings=tuple(sorted({*facts.findings, *findings})),
        files=tuple(facts.outcomes),
        coverage=coverage,
        requirements=tuple(facts.requirements),
        package=facts.package,
        distributions=tuple(facts.distributions),
        locks=tuple(facts.locks),
    )


def _digest(facts: SourceFacts) -> str:
    total = blake2b(digest_size=16)
    for record in (*facts.files, *facts.configs):
        total.update(f"{record.path}\0{record.digest}\n".encode())
    return total.hexdigest()


# -- modules and units -----------------------------------------------------------------------------------------------


def _externals(solver: Solver) -> dict[str, set[str]]:
    """Return the first names of the external modules that each file imports."""
    found: dict[str, set[str]] = {}
    for path, name, dotted, _ in solver.imports:
        if dotted is None and name:
            found.setdefault(path, set()).add(name.lstrip(".").partition(".")[0])
    return found


def _module(info: ModuleInfo, solver: Solver, externals: set[str]) -> Module:
    top = solver.module_frames.get(info.facts.path)
    exports = solver.exports_of(top) if top is not None else None
    return Module(
        name=info.name,
        path=info.facts.path,
        kind=_module_kind(info),
        import_names=tuple(dict.fromkeys([info.name, *sorted(info.names)])),
        digest=info.facts.digest,
        lines=info.facts.lines,
        statements=info.facts.statements,
        exports=tuple(exports or ()),
        externals=tuple(sorted(externals)),
    )


def _module_kind(info: ModuleInfo) -> ModuleKind:
    path = info.facts.path
    name = path.rpartition("/")[2]
    if path.endswith(".ipynb"):
        return "notebook"
    if name in ("setup.py", "conf.py", "noxfile.py"):
        return "packaging"
    if name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py" or path.startswith("tests/"):
        return "test"
    if name == "__init__.py":
        return "package"
    return "script" if info.facts.has_main_block or info.facts.statements > 0 else "module"


def _units(solver: Solver) -> list[Unit]:
    functions: dict[tuple[str, int], Function] = {}
    classes: dict[tuple[str, int], Class] = {}
    for made in solver.objects:
        if isinstance(made, Function):
            functions.setdefault((made.module.facts.path, made.index), made)
        elif isinstance(made, Class) and "made" not in made.flags:
            classes.setdefault((made.module.facts.path, made.index), made)
    units: dict[str, Unit] = {}
    for info in solver.modules.infos:
        for index, scope in enumerate(info.facts.scopes):
            key = (info.facts.path, index)
            unit = _unit(info, index, scope, functions.get(key), classes.get(key), solver)
            if unit.symbol not in units:
                units[unit.symbol] = unit
        for name, first, last in info.facts.cells:
            symbol = f"{info.name}:{name}"
            span = Span(info.facts.path, first, 0, last)
            count = (
                sum(first <= f.line_of(_place(s)) <= last for s in info.facts.scopes[0].body)
                if info.facts.scopes
                else 0
            )
            units[symbol] = Unit(symbol=symbol, kind="cell", module=info.name, span=span, statements=count)
    return sorted(units.values(), key=lambda u: u.symbol)


def _place(statement: list[object]) -> int:
    found = [x for x in statement if type(x) is int]
    return max(found) if found else 0


def _unit(
    info: ModuleInfo, index: int, scope: ScopeFact, function: Function | None, cls: Class | None, solver: Solver
) -> Unit:
    parent = info.facts.scopes[scope.parent] if scope.parent > 0 else None
    kind: UnitKind
    if scope.kind == "function":
        kind = "method" if parent is not None and parent.kind == "class" else "function"
    else:
        kind = scope.kind  # type: ignore[assignment]
    decorators = tuple(function.decorated) if function is not None else ()
    if cls is not None:
        decorators = tuple(sorted(x[1:] for x in cls.flags if x.startswith("@")))
    symbol = info.symbol(scope)
    return Unit(
        symbol=symbol,
        kind=kind,
        module=info.name,
        span=Span(info.facts.path, f.line_of(scope.pos), f.column_of(scope.pos), scope.end_line),
        parent=info.symbol(parent) if parent is not None else "",
        signature=_signature(scope) if scope.kind in ("function", "lambda") else None,
        decorators=decorators,
        bases=_base_names(cls, solver) if cls is not None else (),
        flags=_flags(info, scope, parent, decorators, cls),
        doc=scope.doc,
        statements=scope.statements,
        entry=entry_of(scope, decorators, info) if scope.kind != "module" else entry_of_module(info),
        attributes=_attributes(cls) if cls is not None else (),
    )


def _signature(scope: ScopeFact) -> Signature:
    parameters = tuple(
        Parameter(name=p.name, kind=sys.intern(p.kind), annotation=p.annotation_text, default=p.default_text)  # type: ignore[arg-type]
        for p in scope.parameters
    )
    return Signature(parameters=parameters, returns=scope.returns_text)


def _base_names(cls: Class, solver: Solver) -> tuple[str, ...]:
    names = []
    for base in cls.bases:
        owner = solver.objects[base] if isinstance(base, int) else base
        if isinstance(owner, Class):
            names.append(owner.module.symbol(owner.scope))
        elif isinstance(owner, str):
            names.append(owner)
    return tuple(names)


def _attributes(cls: Class) -> tuple[Parameter, ...]:
    names: dict[str, str] = {}
    scopes = cls.module.facts.scopes
    for node in cls.scope.body:
        if node[0] == f.ANN and node[1][0] == f.NAME:
            names.setdefault(node[1][1], "")
        elif node[0] == f.ASSIGN:
            for target in node[1]:
                if target[0] == f.NAME:
                    names.setdefault(target[1], "")
    for scope in scopes:
        if scope.kind != "function" or scope.parent != cls.index or not scope.parameters:
            continue
        receiver = [f.NAME, scope.parameters[0].name]
        for node in statements_of(scope.body):
            targets = node[1] if node[0] == f.ASSIGN else [node[1]] if node[0] in (f.ANN, f.AUG) else []
            for target in targets:
                for each in target[3] if target[0] == f.SEQ else [target]:
                    if each[0] == f.ATTR and each[1] == receiver:
                        names.setdefault(each[2], "")
    return tuple(Parameter(name=name, annotation=text) for name, text in names.items())


def _flags(
    info: ModuleInfo, scope: ScopeFact, parent: ScopeFact | None, decorators: tuple[str, ...], cls: Class | None
) -> tuple[str, ...]:
    flags: set[str] = set()
    if scope.flags & f.ASYNC:
        flags.add("async")
    if scope.flags & f.GENERATOR:
        flags.add("generator")
    if scope.kind == "module" and info.facts.has_main_block:
        flags.add("main_block")
    if parent is not None and parent.kind in ("function", "lambda"):
        flags.add("nested")
    for name in decorators:
        last = name.rpartition(".")[2]
        label = _DECORATOR_FLAGS.get(last)
        if label:
            flags.add(label)
    if cls is not None:
        flags.update(x for x in cls.flags if x in ("abstract", "enum", "dataclass"))
        externals = [e for e in cls.mro if isinstance(e, str)]
        for base in externals:
            last = base.rpartition(".")[2]
            if last.endswith(("Exception", "Error", "Warning")) or base == "builtins.BaseException":
                flags.add("exception")
            elif last == "NamedTuple":
                flags.add("namedtuple")
            elif last == "Protocol":
                flags.add("protocol")
            elif base.startswith("pydantic"):
                flags.add("pydantic")
    return tuple(sorted(flags))


_DECORATOR_FLAGS = {
    "property": "property", "cached_property": "property", "setter": "setter", "staticmethod": "static",
    "classmethod": "classmethod", "abstractmethod": "abstract", "overload": "overload", "dataclass": "dataclass",
}  # fmt: skip


# -- edges -----------------------------------------------------------------------------------------------------------


def _call_edges(solver: Solver) -> list[Edge]:
    found: dict[tuple[str, str], dict[tuple[int, int, str, bool], Site]] = {}
    for frame in solver.frames:
        source_scope = frame.scope
        info = frame.module
        for (target, pos, reason, possible), _ in frame.edges.items():
            if target == "?":
                continue
            line = f.line_of(pos)
            symbol = _source_symbol(info, source_scope, line)
            site = Site(info.facts.path, line, f.column_of(pos), solver.loops_at(info, pos))
            found.setdefault((symbol, _target_symbol(target)), {})[(line, pos, reason, possible)] = site
    return [_call_edge(source, target, sites) for (source, target), sites in found.items()]


def _call_edge(source: str, target: str, sites: dict[tuple[int, int, str, bool], Site]) -> Edge:
    keys = sorted(sites)
    is_certain = any(not possible for *_, possible in keys)
    reasons = [reason for _, _, reason, possible in keys if possible != is_certain]
    return Edge(
        source=source,
        target=target,
        kind="call",
        confidence="certain" if is_certain else "possible",
        reason=reasons[0] if reasons else keys[0][2],
        sites=tuple(sorted(set(sites.values()))),
    )


def _source_symbol(info: ModuleInfo, scope: ScopeFact, line: int) -> str:
    if scope.kind == "module" and info.facts.cells:
        for name, first, last in info.facts.cells:
            if first <= line <= last:
                return f"{info.name}:{name}"
    return info.symbol(scope)


def _target_symbol(target: object) -> str:
    if isinstance(target, Function | Class):
        return target.module.symbol(target.scope)
    if isinstance(target, Frame):
        return target.module.symbol(target.scope)
    return symbols.external(str(target))


def _inherit_edges(solver: Solver) -> list[Edge]:
    edges: dict[tuple[str, str], Edge] = {}
    for made in solver.objects:
        if not isinstance(made, Class) or "made" in made.flags:
            continue
        source = made.module.symbol(made.scope)
        site = Site(made.module.facts.path, f.line_of(made.scope.pos), f.column_of(made.scope.pos))
        for base in made.bases:
            owner = solver.objects[base] if isinstance(base, int) else base
            target = _target_symbol(owner)
            if target != source:
                edges[(source, target)] = Edge(source=source, target=target, kind="inherit", sites=(site,))
    return list(edges.values())


def _import_edges(solver: Solver) -> list[Edge]:
    found: dict[tuple[str, str], set[Site]] = {}
    names = {info.facts.path: info.name for info in solver.modules.infos}
    for path, name, dotted, pos in solver.imports:
        if dotted is None:
            if name.partition(".")[0] in sys.stdlib_module_names:
                continue
            target = symbols.external(name)
        else:
            info = solver.modules.module(dotted)
            if info is None:
                continue
            target = info.name
        site = Site(path, f.line_of(pos), f.column_of(pos))
        found.setdefault((names[path], target), set()).add(site)
    return [
        Edge(source=source, target=target, kind="import", reason="import", sites=tuple(sorted(sites)))
        for (source, target), sites in found.items()
        if source != target
    ]


def unresolved_import_findings(solver: Solver) -> list[Finding]:
    """Return a finding for each relative import that names no module of the tree."""
    return [
        Finding("DC203", "warning", Span(path, f.line_of(pos)), f"no module `{name}` for this relative import")
        for path, name, dotted, pos in sorted(solver.imports, key=lambda i: (i[0], i[3], i[1]))
        if dotted == "" and name.strip(".")
    ]


__all__ = ["assemble", "dotted_path"]
