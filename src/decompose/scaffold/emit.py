"""From blueprint, graph and sources to the tree of files; nothing is written, nothing of the target is run."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from decompose.errors import GenerateError
from decompose.ir.blueprint import Blueprint, ServiceBlueprint
from decompose.ir.filetree import FileTree
from decompose.ir.findings import Finding, Span
from decompose.ir.graph import CodeGraph
from decompose.ir.symbols import is_topic, module_of, qualname_of
from decompose.resources import template_root
from decompose.scaffold.child import Slicer
from decompose.scaffold.closure import Closure, modules_in
from decompose.scaffold.context import BASE_PORT, ServiceContext, SystemContext, as_json, entries_of, shared_files
from decompose.scaffold.dependencies import imported_roots, requirements
from decompose.scaffold.facades import LINE_LENGTH
from decompose.scaffold.inference import claims_protocol_path, models_of
from decompose.scaffold.jobs import StepContext, pipeline_steps
from decompose.scaffold.messages import Messages, messages_of
from decompose.scaffold.need import Need
from decompose.scaffold.openapi import document
from decompose.scaffold.operations import ServedOperation, callers_by_symbol, named_symbols, served
from decompose.scaffold.programs import turn_into_functions
from decompose.scaffold.pytext import comment, doc_literal, pystr
from decompose.scaffold.render import Names, Rendered, render
from decompose.scaffold.territory import CLIENT, Territory

LOCK_FILE = "decompose.lock"
_BY_VALUE_LIBRARIES = frozenset({
    "sklearn", "scipy", "numpy", "pandas", "xgboost", "lightgbm", "catboost", "statsmodels", "imblearn",
    "category_encoders",
})  # fmt: skip
_WEB_FACTORIES = ("FastAPI", "Flask", "Starlette", "Quart", "Litestar", "Sanic", "Blueprint")


def emit(
    blueprint: Blueprint, graph: CodeGraph, sources: Mapping[str, bytes], notebooks: Mapping[str, str] | None = None
) -> FileTree:
    """Return services, packages and launcher as files in memory.

    Args:
        blueprint: What becomes a service, with everything decided.
        graph: The graph that the plan was made for.
        sources: Content of the analysed files by path.
        notebooks: Code cells of the notebooks as one text, by path.

    Raises:
        GenerateError: If there is nothing to generate, or a member does not exist.
    """
    territory = Territory(blueprint, graph, sources)
    _check(territory)
    processes = [*(service.name for service in blueprint.services), CLIENT]
    with Slicer() as slicer:
        whole_only = _uncuttable(territory, slicer)
        closures = {process: Closure(territory, process, whole_only) for process in processes}
        needs = {process: closure.compute() for process, closure in closures.items()}
        operations = served(territory, needs)
        names = _names(operations)
        rendered = {
            process: [render(need, closures[process], names, slicer) for need in needs[process].values()]
            for process in processes
        }
    context = _context(territory, needs, operations, rendered)
    files = _code_files(rendered)
    messages = {s.name: messages_of(territory, s, operations[s.name]) for s in blueprint.services}
    files |= _templates(context, messages)
    functions = turn_into_functions(territory, notebooks or {})
    files |= functions.files
    files["provenance.json"] = _json(_provenance(rendered) | functions.provenance)
    files["openapi.json"] = _json(document(context, territory))
    files["system.json"] = _json(as_json(context))
    files[LOCK_FILE] = _lock(files)
    findings = (*_moved_whole(rendered), *functions.findings)
    return FileTree(dict(sorted(files.items())), executable=frozenset({"run.py"}), findings=findings)


def _check(territory: Territory) -> None:
    if not territory.blueprint.services:
        raise GenerateError("the plan names no service", hint="run `decompose propose`, or add one to decompose.yaml")
    for service in territory.blueprint.services:
        for member in service.members:
            if module_of(member) not in territory.modules:
                raise GenerateError(
                    f"`{service.name}`: no source for `{member}`",
                    hint="analyse and propose again: the tree has changed",
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
    needs: Mapping[str, Mapping[str, Need]],
    operations: Mapping[str, tuple[ServedOperation, ...]],
    rendered: Mapping[str, list[Rendered]],
) -> SystemContext:
    callers = callers_by_symbol(territory, needs)
    steps = pipeline_steps(territory)
    services = tuple(
        _service_context(territory, service, BASE_PORT + i, needs, operations, callers, rendered, steps)
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
) -> ServiceContext:
    own = needs[service.name]
    web = _web_app(territory, service)
    roots = imported_roots(own.values(), territory)
    if web and web[1] == "Flask":
        roots = tuple(sorted({*roots, "a2wsgi"}))
    lines = (*service.requirements, *territory.graph.requirements)
    models = models_of(territory, service, operations[service.name], has_web=web is not None)
    return ServiceContext(
        name=service.name,
        kind=service.kind,
        because=comment(service.because),
        port=port,
        depends_on=_depends_on(territory, service.name, own),
        operations=operations[service.name],
        symbols=named_symbols(territory, service.name, callers),
        modules=tuple(_with_folders(modules_in(own.values()), territory)),
        anchored=_anchored(territory, own),
        entries=entries_of(territory, service),
        web=web[0] if web else "",
        preload=_preload(territory, service, own),
        live=tuple(sorted(s for s in territory.mutated if module_of(s) in own)),
        requirements=requirements(roots, lines),
        environment=service.environment,
        forms=tuple((r.path, r.form) for r in rendered[service.name]),
        cpu=service.cpu,
        memory_mb=service.memory_mb,
        artifacts=shared_files(territory, service.name),
        models=models,
        is_protocol_at_root=bool(models) and not claims_protocol_path(territory),
        jobs=tuple(step for step in steps if step.service == service.name),
    )


def _depends_on(territory: Territory, service: str, needs: Mapping[str, Need]) -> tuple[str, ...]:
    owners = {territory.owner.get(f"{n.module.name}:{name}", "") for n in needs.values() for name in n.facades}
    owners |= {territory.body_owner(n.module.name) or "" for n in needs.values() if n.remote_values}
    return tuple(sorted(owners - {"", service}))


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
    using = [n for n in needs.values() if b"__file__" in territory.sources[n.module.path]]
    return tuple(sorted(name for need in using for name in need.import_names))


def _preload(territory: Territory, service: ServiceBlueprint, needs: Mapping[str, Need]) -> tuple[str, ...]:
    """Return the modules that hold the service's own code, except programs, which run when they are told to."""
    found = []
    for module in sorted({module_of(member) for member in service.members}):
        text = territory.text(module)
        units = territory.units_of.get(module, ())
        if module in needs and text is not None and units and module not in territory.programs:
            found.append(min(needs[module].import_names, key=lambda n: (n != module, n)))
    return tuple(found)


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


def _templates(context: SystemContext, messages: Mapping[str, Messages]) -> dict[str, bytes]:
    root = template_root()
    environment = Environment(
        loader=FileSystemLoader(root),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  (no HTML here; text of the analysed code enters by `pystr` alone)
    )
    environment.filters |= {"pystr": pystr, "docstring": doc_literal, "comment": comment, "json": json.dumps}
    environment.filters |= {"pytuple": _tuple_literal, "pydict": _dict_literal}
    files = _folder(root / "packages" / "runtime", "packages/runtime", environment, {"system": context})
    files |= _folder(root / "packages" / "contracts", "packages/contracts", environment, {"system": context})
    files |= _folder(root / "system", "", environment, {"system": context})
    if context.steps:
        files |= _folder(root / "pipeline", "pipelines", environment, {"system": context})
    for service in context.services:
        variables: dict[str, object] = {"system": context, "service": service}
        files |= _folder(root / "service", f"services/{service.name}", environment, variables)
        variables = {**variables, "messages": messages[service.name]}
        for name, template in (("", "service"), ("_messages", "messages")):
            content = environment.get_template(f"contract/{template}.py.jinja").render(variables).encode()
            files[f"packages/contracts/src/service_contracts/{service.name}{name}.py"] = content
    return files


def _folder(folder: Path, target: str, environment: Environment, variables: dict[str, object]) -> dict[str, bytes]:
    """Render one template folder; `dot_name` becomes `.name`, the suffix `.jinja` goes."""
    files = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if not path.is_file() or "__pycache__" in relative.parts or relative.name == "TEMPLATES.md":
            continue
        name = "/".join(part.replace("dot_", ".", 1) if part.startswith("dot_") else part for part in relative.parts)
        if path.suffix == ".jinja":
            template = environment.get_template(path.relative_to(template_root()).as_posix())
            content, name = template.render(variables).encode(), name.removesuffix(".jinja")
        else:
            content = path.read_bytes()
        files[f"{target}/{name}" if target else name] = content
    return files


def _tuple_literal(items: tuple[str, ...], column: int = 0, indent: int = 0) -> str:
    """Return a tuple of strings, laid out as the formatter would from `column` on."""
    one_line = "(" + ", ".join(map(pystr, items)) + ("," if len(items) == 1 else "") + ")"
    return (
        one_line if column + len(one_line) + 1 <= LINE_LENGTH else _spread("(", [pystr(i) for i in items], ")", indent)
    )


def _dict_literal(items: tuple[tuple[str, str], ...], column: int = 0, indent: int = 0) -> str:
    pairs = [f"{pystr(key)}: {pystr(value)}" for key, value in items]
    one_line = "{" + ", ".join(pairs) + "}"
    return one_line if column + len(one_line) + 1 <= LINE_LENGTH else _spread("{", pairs, "}", indent)


def _spread(opening: str, items: list[str], closing: str, indent: int) -> str:
    pad = " " * indent
    return opening + "\n" + "".join(f"{pad}    {item},\n" for item in items) + pad + closing


def _lock(files: Mapping[str, bytes]) -> bytes:
    return _json({path: hashlib.blake2b(files[path], digest_size=16).hexdigest() for path in sorted(files)})


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=False) + "\n").encode()
