"""From blueprint, graph and sources to the tree of files; nothing is written, nothing of the target is run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from decompose.errors import GenerateError
from decompose.ir import codec
from decompose.ir.blueprint import Blueprint
from decompose.ir.contracts import CONTRACTS_FILE
from decompose.ir.extraction import Extraction
from decompose.ir.filetree import FileTree
from decompose.ir.findings import Finding, Span
from decompose.ir.graph import CodeGraph
from decompose.ir.symbols import module_of
from decompose.scaffold.carry import carry
from decompose.scaffold.child import Slicer
from decompose.scaffold.context import SystemContext, as_json
from decompose.scaffold.dependencies import own_name_finding
from decompose.scaffold.describe import describe
from decompose.scaffold.in_place import in_place
from decompose.scaffold.loading import Loading
from decompose.scaffold.messages import messages_of
from decompose.scaffold.offer import offer_of
from decompose.scaffold.openapi import document
from decompose.scaffold.operations import ServedOperation, callers_by_symbol, served
from decompose.scaffold.order import Monolith, enter_circles
from decompose.scaffold.pins import unfit_finding
from decompose.scaffold.programs import turn_into_functions
from decompose.scaffold.render import Names, Rendered, render
from decompose.scaffold.targets import BUILT_IN, Target
from decompose.scaffold.templates import render_templates
from decompose.scaffold.territory import CLIENT, Territory
from decompose.scaffold.webapps import unmounted


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
    context = describe(territory, closures, operations, rendered, loading)
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
    findings = (
        *_moved_whole(rendered),
        *loading.findings(),
        *functions.findings,
        *_own_imports(context),
        *_unfit_pins(context),
        *unmounted(territory),
    )
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


def _unfit_pins(context: SystemContext) -> tuple[Finding, ...]:
    found = {service.pins.path: service.pins for service in context.services if service.pins.unfit}
    return tuple(unfit_finding(found[path]) for path in sorted(found))


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
