"""What the templates need of a system and its services, gathered from blueprint, needs and rendered modules."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from decompose.ir.blueprint import ServiceBlueprint
from decompose.ir.symbols import is_topic, module_of, qualname_of
from decompose.scaffold.closure import Closure
from decompose.scaffold.context import (
    BASE_PORT,
    ServiceContext,
    SystemContext,
    entries_of,
    shared_files,
    start_order,
)
from decompose.scaffold.dependencies import constraints, locked_constraints, requirements, unpickled, uses
from decompose.scaffold.inference import claims_protocol_path, models_of
from decompose.scaffold.jobs import StepContext, pipeline_steps
from decompose.scaffold.loading import Loading, import_name
from decompose.scaffold.namesakes import paths_of
from decompose.scaffold.need import Need
from decompose.scaffold.operations import ServedOperation, callers_by_symbol, methods_of, named_symbols
from decompose.scaffold.pins import pins_of
from decompose.scaffold.pytext import comment
from decompose.scaffold.render import Rendered
from decompose.scaffold.territory import CLIENT, Territory
from decompose.scaffold.webapps import web_app

_BY_VALUE_LIBRARIES = frozenset({
    "sklearn", "scipy", "numpy", "pandas", "xgboost", "lightgbm", "catboost", "statsmodels", "imblearn",
    "category_encoders",
})  # fmt: skip
_NAMED_ONLY = ("getLogger", "get_logger")
"""Calls that take a module's name as a name, not as a place."""


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What the description of every service draws on."""

    territory: Territory
    needs: Mapping[str, Mapping[str, Need]]
    """By process and module."""
    operations: Mapping[str, tuple[ServedOperation, ...]]
    callers: Mapping[str, set[str]]
    rendered: Mapping[str, list[Rendered]]
    steps: tuple[StepContext, ...]
    order: Mapping[str, tuple[str, ...]]
    """Services that each waits for."""
    startup: Mapping[str, tuple[str, ...]]
    renamed: Mapping[str, tuple[tuple[str, tuple[tuple[str, str], ...]], ...]]
    aliases: Mapping[str, tuple[tuple[str, str], ...]]
    loading: Loading


def describe(
    territory: Territory,
    closures: Mapping[str, Closure],
    operations: Mapping[str, tuple[ServedOperation, ...]],
    rendered: Mapping[str, list[Rendered]],
    loading: Loading,
) -> SystemContext:
    """Return the system as its templates see it.

    Args:
        territory: Who has which code.
        closures: What each process carries.
        operations: What each service answers.
        rendered: The modules of each process as text.
        loading: What services load when they start.
    """
    needs = {process: closure.needs for process, closure in closures.items()}
    found = _Gathered(
        territory=territory,
        needs=needs,
        operations=operations,
        callers=callers_by_symbol(territory, needs),
        rendered=rendered,
        steps=pipeline_steps(territory),
        order=start_order(
            {s.name: _depends_on(territory, s.name, needs[s.name]) for s in territory.blueprint.services}
        ),
        startup={process: (*territory.blueprint.startup, *c.first) for process, c in closures.items()},
        renamed={
            process: tuple((name, tuple(sorted(meant.items()))) for name, meant in sorted(c.renamed.items()))
            for process, c in closures.items()
        },
        aliases={process: tuple(sorted(c.aliases.items())) for process, c in closures.items()},
        loading=loading,
    )
    services = tuple(
        _service_context(found, service, BASE_PORT + i) for i, service in enumerate(territory.blueprint.services)
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
        scattered=_aliased(territory, {s for s in functions if not functions[s] and not _is_everywhere(closures, s)}),
        libraries=tuple(sorted(externals & _BY_VALUE_LIBRARIES)),
        modules=tuple(
            sorted({n for m in territory.modules.values() for n in (m.name, *m.import_names) if "/" not in n})
        ),
        edges=tuple((s.name, other) for s in services for other in s.depends_on),
        constraints=constraints(territory.requirement_lines),
        steps=found.steps,
        topics=tuple(handoff for handoff in territory.blueprint.handoffs if is_topic(handoff.asset)),
    )


def _service_context(found: _Gathered, service: ServiceBlueprint, port: int) -> ServiceContext:
    territory, needs, operations = found.territory, found.needs, found.operations
    own = needs[service.name]
    web = web_app(territory, service)
    more = unpickled(territory, service.name, needs) | ({"a2wsgi"} if web and web[1] == "Flask" else set())
    used = tuple(uses(own.values(), territory))
    names = sorted({use.name for use in used})
    paths = (need.module.path for need in own.values())
    pins = pins_of(paths, names, territory.graph.locks, territory.requirement_lines)
    asked = requirements(used, territory, more, pins)
    models = models_of(territory, service, operations[service.name], has_web=web is not None)
    return ServiceContext(
        name=service.name,
        kind=service.kind,
        because=comment(service.because),
        port=port,
        depends_on=_depends_on(territory, service.name, own),
        operations=operations[service.name],
        methods=methods_of(territory, service.name, needs[CLIENT]),
        symbols=named_symbols(territory, service.name, found.callers),
        modules=tuple(paths_of(own.values()).items()),
        renamed=found.renamed[service.name],
        aliases=found.aliases[service.name],
        anchored=_anchored(territory, own),
        entries=entries_of(territory, service),
        web=web[0] if web else "",
        startup=tuple(import_name(own[module]) for module in found.startup[service.name]),
        preload=found.loading.preload(service, own),
        unloadable=found.loading.unloadable(own),
        live=tuple(sorted(s for s in territory.mutated if module_of(s) in own)),
        requirements=asked.lines,
        extras=asked.extras,
        brought=asked.brought,
        constraints=locked_constraints(pins, territory.requirement_lines),
        pins=pins,
        own_imports=asked.provided,
        environment=service.environment,
        forms=tuple((r.path, r.form) for r in found.rendered[service.name]),
        cpu=service.cpu,
        memory_mb=service.memory_mb,
        gpu=service.gpu,
        starts_after=found.order[service.name],
        holds_state=_holds_state(territory, service, found.callers),
        artifacts=shared_files(territory, service.name),
        models=models,
        is_protocol_at_root=bool(models) and not claims_protocol_path(territory),
        jobs=tuple(step for step in found.steps if step.service == service.name),
    )


def _is_everywhere(closures: Mapping[str, Closure], symbol: str) -> bool:
    return all(closure.defines(symbol) for process, closure in closures.items() if process != CLIENT)


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
