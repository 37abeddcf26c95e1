"""From blueprint, graph and sources to the tree of files; nothing is written, nothing of the target is run."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from decompose.errors import GenerateError
from decompose.ir import codec
from decompose.ir.blueprint import Blueprint, ServiceBlueprint
from decompose.ir.contracts import CONTRACTS_FILE
from decompose.ir.extraction import Extraction
from decompose.ir.filetree import FileTree
from decompose.ir.findings import Finding, Span
from decompose.ir.graph import CodeGraph
from decompose.ir.symbols import is_topic, module_of, qualname_of
from decompose.scaffold.carry import carry
from decompose.scaffold.child import Slicer
from decompose.scaffold.closure import Closure, modules_in
from decompose.scaffold.context import (
    BASE_PORT,
    ServiceContext,
    SystemContext,
    as_json,
    entries_of,
    shared_files,
    start_order,
)
from decompose.scaffold.dependencies import own_name_finding, requirements, unpickled, uses
from decompose.scaffold.in_place import in_place
from decompose.scaffold.inference import claims_protocol_path, models_of
from decompose.scaffold.jobs import StepContext, pipeline_steps
from decompose.scaffold.loading import Loading, import_name
from decompose.scaffold.messages import messages_of
from decompose.scaffold.need import Need
from decompose.scaffold.offer import offer_of
from decompose.scaffold.openapi import document
from decompose.scaffold.operations import ServedOperation, callers_by_symbol, methods_of, named_symbols, served
from decompose.scaffold.order import Monolith, enter_circles
from decompose.scaffold.programs import turn_into_functions
from decompose.scaffold.pytext import comment
from decompose.scaffold.render import Names, Rendered, render
from decompose.scaffold.targets import BUILT_IN, Target
from decompose.scaffold.templates import render_templates
from decompose.scaffold.territory import CLIENT, Territory

_BY_VALUE_LIBRARIES = frozenset({
    "sklearn", "scipy", "numpy", "pandas", "xgboost", "lightgbm", "catboost", "statsmodels", "imblearn",
    "category_encoders",
})  # fmt: skip
_NAMED_ONLY = ("getLogger", "get_logger")
"""Calls that take a module's name as a name, not as a place."""
_WEB_FACTORIES = ("FastAPI", "Flask", "Starlette", "Quart", "Litestar", "Sanic", "Blueprint")


def emit(
    blueprint: Blueprint,
    graph: CodeGraph,
    sources: Mapping[str, bytes],
    notebooks: Mapping[str, str] | None = None,
    *,
    targets: Sequence[Target] = BUILT_IN,
    extraction: Extraction | None = None,
    templates: Path | None = None,
) -> FileTree:
    """Return services, packages and launcher as files in memory.

    Args:
        blueprint: What becomes a service, with everything decided.
        graph: The graph that the plan was made for.
        sources: Content of the analysed files by path.
        notebooks: Code cells of the notebooks as one text, by path.
        targets: What to write for the places where the system can run.
        templates: Folder of the user's own templates, which go before the built-in ones of the same name.
        extraction: What is taken out of a monolith that goes on running; `None` to take all of it apart.

    Raises:
        GenerateError: If there is nothing to generate, or a member does not exist.
    """
    territory = Territory(blueprint, graph, sources)
    _check(territory)
    processes = [*(service.name for service in blueprint.services), CLIENT]
    with Slicer() as slicer:
        whole_only = _uncuttable(territory, slicer)
        closures = {process: carry(territory, process, whole_only) for process in processes}
        monolith, loading = Monolith(territory), Loading(territory)
        for closure in closures.values():
            enter_circles(closure, monolith, loading)
        needs = {process: closure.needs for process, closure in closures.items()}
        operations = served(territory, needs)
        names = _names(operations)
        rendered = {
            process: [render(need, closures[process], names, slicer) for need in needs[process].values()]
            for process in processes
        }
        switches = in_place(closures[CLIENT], names, extraction) if extraction is not None else {}
    context = _context(territory, closures, operations, rendered, loading)
    files = _code_files(rendered)
    messages = {s.name: messages_of(territory, s, operations[s.name]) for s in blueprint.services}
    own = (templates,) if templates is not None else ()
    files |= render_templates(context, messages, is_in_place=extraction is not None, own=own) | switches
    for target in targets:
        files |= target(context)
    functions = turn_into_functions(territory, notebooks or {})
    files |= functions.files
    files["provenance.json"] = _json(_provenance(rendered) | functions.provenance)
    files[CONTRACTS_FILE] = codec.encode(offer_of(territory, operations, callers_by_symbol(territory, needs)))
    files["openapi.json"] = _json(document(context, territory, messages))
    files["system.json"] = _json(as_json(context))
    findings = (*_moved_whole(rendered), *loading.findings(), *functions.findings, *_own_imports(context))
    return FileTree(dict(sorted(files.items())), executable=frozenset({"run.py"}), findings=findings)


def _check(territory: Territory) -> None:
    if not territory.blueprint.services:
        raise GenerateError("the plan names no service", hint="run `decompose propose`, or add one to decompose.yaml")
    _check_root(territory)
    for service in territory.blueprint.services:
        for member in service.members:
            if module_of(member) not in territory.modules:
                raise GenerateError(
                    f"`{service.name}`: no source for `{member}`",
                    hint="analyse and propose again: the tree has changed",
                )
            path = territory.modules[module_of(member)].path
            if not path.endswith((".py", ".pyw")):
                raise GenerateError(
                    f"`{service.name}`: {path} is a notebook, which no service can load",
                    hint=f"leave it `offline`: `functions/` holds its cells as functions, to be made a module ({member})",
                )


def _check_root(territory: Territory) -> None:
    """Refuse a root that is itself a package and whose code says so: below it, no service could import that."""
    package = territory.graph.package
    for module in sorted(territory.modules) if package else ():
        text, path = territory.text(module), territory.modules[module].path
        for imported in (i for s in (text.statements if text is not None else ()) for i in s.imports):
            is_named = not imported.level and f"{imported.module}.".startswith(f"{package.partition('.')[0]}.")
            if is_named or imported.level > path.count("/"):
                raise GenerateError(
                    f"{path}:{imported.line}: the folder is part of the package `{package}`, and its code imports it as "
                    "such; a service of parts of it could not",
                    hint=f"propose and generate from the folder that holds `{package.partition('.')[0]}`",
                )


def _uncuttable(territory: Territory, slicer: Slicer) -> frozenset[str]:
    """Return the paths of files that libcst does not give back byte for byte, or cannot read."""
    found = set()
    for name, module in territory.modules.items():
        if territory.text(name) is None:
            found.add(module.path)
            continue
        try:
            source = territory.sources[module.path].decode()
        except UnicodeDecodeError:
            found.add(module.path)
            continue
        text = territory.text(name)
        answer = slicer.cut(source, [], [])
        if "error" in answer or (text is not None and answer["statements"] != len(text.statements)):
            found.add(module.path)
    return frozenset(found)


def _names(operations: Mapping[str, tuple[ServedOperation, ...]]) -> Names:
    every = [operation for group in operations.values() for operation in group]
    by_symbol = {operation.symbol: operation.name for operation in every}
    return Names(by_symbol, frozenset(operation.symbol for operation in every if operation.is_idempotent))


def _context(
    territory: Territory,
    closures: Mapping[str, Closure],
    operations: Mapping[str, tuple[ServedOperation, ...]],
    rendered: Mapping[str, list[Rendered]],
    loading: Loading,
) -> SystemContext:
    needs = {process: closure.needs for process, closure in closures.items()}
    startup = {process: (*territory.blueprint.startup, *closure.first) for process, closure in closures.items()}
    callers = callers_by_symbol(territory, needs)
    steps = pipeline_steps(territory)
    calls = {s.name: _depends_on(territory, s.name, needs[s.name]) for s in territory.blueprint.services}
    order = start_order(calls)
    services = tuple(
        _service_context(
            territory,
            service,
            BASE_PORT + i,
            needs,
            operations,
            callers,
            rendered,
            steps,
            order,
            startup[service.name],
            loading,
        )
        for i, service in enumerate(territory.blueprint.services)
    )
    externals = {name for module in territory.modules.values() for name in module.externals}
    classes = {s for s in territory.shared if s in territory.units and territory.units[s].kind == "class"}
    functions = {s: "" for s in territory.shared if s in territory.units and territory.units[s].kind == "function"}
    functions |= {o.symbol: name for name, group in operations.items() for o in group}
    return SystemContext(
        name=territory.blueprint.system,
        services=services,
        value_classes=_aliased(territory, {*classes, *territory.value_classes, *_nested(territory, classes)}),
        functions=tuple(sorted((alias, functions[s]) for s in functions for alias in _aliased(territory, {s}))),
        libraries=tuple(sorted(externals & _BY_VALUE_LIBRARIES)),
        modules=tuple(
            sorted({n for m in territory.modules.values() for n in (m.name, *m.import_names) if "/" not in n})
        ),
        edges=tuple((s.name, other) for s in services for other in s.depends_on),
        steps=steps,
        topics=tuple(handoff for handoff in territory.blueprint.handoffs if is_topic(handoff.asset)),
    )


def _service_context(
    territory: Territory,
    service: ServiceBlueprint,
    port: int,
    needs: Mapping[str, Mapping[str, Need]],
    operations: Mapping[str, tuple[ServedOperation, ...]],
    callers: Mapping[str, set[str]],
    rendered: Mapping[str, list[Rendered]],
    steps: tuple[StepContext, ...],
    order: Mapping[str, tuple[str, ...]],
    startup: tuple[str, ...],
    loading: Loading,
) -> ServiceContext:
    own = needs[service.name]
    web = _web_app(territory, service)
    more = unpickled(territory, service.name, needs) | ({"a2wsgi"} if web and web[1] == "Flask" else set())
    asked = requirements(uses(own.values(), territory), territory, more)
    models = models_of(territory, service, operations[service.name], has_web=web is not None)
    return ServiceContext(
        name=service.name,
        kind=service.kind,
        because=comment(service.because),
        port=port,
        depends_on=_depends_on(territory, service.name, own),
        operations=operations[service.name],
        methods=methods_of(territory, service.name, needs[CLIENT]),
        symbols=named_symbols(territory, service.name, callers),
        modules=tuple(_with_folders(modules_in(own.values()), territory)),
        anchored=_anchored(territory, own),
        entries=entries_of(territory, service),
        web=web[0] if web else "",
        startup=tuple(import_name(own[module]) for module in startup),
        preload=loading.preload(service, own),
        unloadable=loading.unloadable(own),
        live=tuple(sorted(s for s in territory.mutated if module_of(s) in own)),
        requirements=asked.lines,
        extras=asked.extras,
        own_imports=asked.provided,
        environment=service.environment,
        forms=tuple((r.path, r.form) for r in rendered[service.name]),
        cpu=service.cpu,
        memory_mb=service.memory_mb,
        gpu=service.gpu,
        starts_after=order[service.name],
        holds_state=_holds_state(territory, service, callers),
        artifacts=shared_files(territory, service.name),
        models=models,
        is_protocol_at_root=bool(models) and not claims_protocol_path(territory),
        jobs=tuple(step for step in steps if step.service == service.name),
    )


def _depends_on(territory: Territory, service: str, needs: Mapping[str, Need]) -> tuple[str, ...]:
    owners = {territory.owner.get(f"{n.module.name}:{name}", "") for n in needs.values() for name in n.facades}
    owners |= {territory.body_owner(n.module.name) or "" for n in needs.values() if n.remote_values}
    return tuple(sorted(owners - {"", service}))


def _holds_state(territory: Territory, service: ServiceBlueprint, callers: Mapping[str, set[str]]) -> bool:
    """Return whether others build or get objects that live there, or use module-level values that change."""
    members = set(service.members)
    modules = {module_of(member) for member in members}
    builds = any(s in members and territory.units[s].kind == "class" for s in callers)
    shares = any(module_of(s) in callers and module_of(s) in modules for s in territory.mutated)
    hands_out = any(o.callers and o.result.codec in ("handle", "stream") for o in service.operations)
    return builds or shares or hands_out


def _with_folders(paths: Mapping[str, str], territory: Territory) -> list[tuple[str, str]]:
    """Return import name and path of each module, with an entry for every package without `__init__.py`."""
    found = dict(paths)
    for name, path in paths.items():
        parts, folder = name.split("."), path.removesuffix("/__init__.py").rpartition(".py")[0] or path
        folder = path.removesuffix("/__init__.py") if path.endswith("/__init__.py") else path.rpartition(".")[0]
        for end in range(len(parts) - 1, 0, -1):
            folder = folder.rpartition("/")[0]
            found.setdefault(".".join(parts[:end]), f"{folder}/" if folder else "./")
    return sorted(found.items())


def _anchored(territory: Territory, needs: Mapping[str, Need]) -> tuple[str, ...]:
    using = [n for n in needs.values() if _looks_beside_itself(territory, n)]
    return tuple(sorted(name for need in using for name in need.import_names))


def _looks_beside_itself(territory: Territory, need: Need) -> bool:
    """Return whether a module finds data by its own place, itself or through a library that is told its name.

    `Flask(__name__)` and `Blueprint("x", __name__)` look for `templates/` and `static/` beside the module.
    """
    if b"__file__" in territory.sources[need.module.path]:
        return True
    text = territory.text(need.module.name)
    calls = (
        node
        for statement in (text.statements if text is not None else ())
        if statement.node is not None
        for node in ast.walk(statement.node)
        if isinstance(node, ast.Call) and not ast.unparse(node.func).endswith(_NAMED_ONLY)
    )
    return any(
        isinstance(argument, ast.Name) and argument.id in ("__name__", "__package__")
        for call in calls
        for argument in (*call.args, *(keyword.value for keyword in call.keywords))
    )


def _web_app(territory: Territory, service: ServiceBlueprint) -> tuple[str, str] | None:
    """Return the web application that a gateway keeps, and its framework class."""
    if service.kind == "job":
        return None
    factories: list[tuple[str, str]] = []
    for module in sorted({module_of(member) for member in service.members}):
        text = territory.text(module)
        for statement in text.statements if text is not None else ():
            node = statement.node
            value = getattr(node, "value", None)
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(value, ast.Call):
                made = ast.unparse(value.func).rpartition(".")[2]
                if made in _WEB_FACTORIES[:-1]:
                    return f"{module}:{statement.binds[0]}", made
            if isinstance(node, ast.FunctionDef) and not _required(node):
                made_inside = [
                    ast.unparse(c.func).rpartition(".")[2] for c in ast.walk(node) if isinstance(c, ast.Call)
                ]
                known = [name for name in made_inside if name in _WEB_FACTORIES[:-1]]
                if known:
                    factories.append((f"{module}:{node.name}", known[0]))
    return factories[0] if factories else None


def _required(node: ast.FunctionDef) -> bool:
    positional = len(node.args.args) + len(node.args.posonlyargs) - len(node.args.defaults)
    return positional > 0 or any(default is None for default in node.args.kw_defaults)


def _aliased(territory: Territory, symbols: set[str]) -> tuple[str, ...]:
    """Return the symbols under every import name of their module, sorted."""
    found = set()
    for symbol in symbols:
        module = territory.modules.get(module_of(symbol))
        for name in (module.name, *module.import_names) if module is not None else ():
            found.add(f"{name}:{qualname_of(symbol)}")
    return tuple(sorted(found))


def _nested(territory: Territory, classes: set[str]) -> set[str]:
    every = classes | territory.value_classes
    return {u.symbol for u in territory.graph.units if u.kind == "class" and u.parent in every}


def _code_files(rendered: Mapping[str, list[Rendered]]) -> dict[str, bytes]:
    files = {}
    for process, modules in rendered.items():
        folder = "harness" if process == CLIENT else f"services/{process}/src"
        for module in modules:
            if process != CLIENT or module.form in ("facade", "split"):
                files[f"{folder}/{module.path}"] = module.content
    return files


def _moved_whole(rendered: Mapping[str, list[Rendered]]) -> tuple[Finding, ...]:
    """Return a finding (DC501) for each file that should have been cut, and was moved whole."""
    troubles = {module.path: module.trouble for modules in rendered.values() for module in modules if module.trouble}
    return tuple(
        Finding(
            code="DC501",
            level="warning",
            span=Span(path=path),
            message=f"`{path}` is moved whole instead of being cut: {why}",
            hint="what it imports comes along; split the file by hand to avoid that",
        )
        for path, why in sorted(troubles.items())
    )


def _own_imports(context: SystemContext) -> tuple[Finding, ...]:
    found = {use.root: use for service in context.services for use in service.own_imports}
    return tuple(own_name_finding(found[name]) for name in sorted(found))


def _provenance(rendered: Mapping[str, list[Rendered]]) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {}
    for process, modules in rendered.items():
        folder = "harness" if process == CLIENT else f"services/{process}/src"
        for module in modules:
            if process == CLIENT and module.form not in ("facade", "split"):
                continue
            found[f"{folder}/{module.path}"] = [
                {"lines": [first, last], "source": path, "line": origin, "form": module.form}
                for first, last, path, origin in module.ranges
            ]
    return found


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=False) + "\n").encode()
