"""What one process carries: where the closure of its needs begins, and the form of each module in the end."""

from __future__ import annotations

import sys

from decompose.ir.symbols import MODULE_BODY, module_of, qualname_of, top_level_of
from decompose.scaffold.closure import Closure
from decompose.scaffold.dependencies import imported_roots
from decompose.scaffold.forms import finish
from decompose.scaffold.namesakes import separate
from decompose.scaffold.need import Need
from decompose.scaffold.statements import Statement
from decompose.scaffold.territory import CLIENT, LOADERS, SAVERS, Territory


def carry(territory: Territory, process: str, whole_only: frozenset[str] = frozenset()) -> Closure:
    """Return the needs of one process, all found.

    Args:
        territory: Who has which code.
        process: Name of a service, or `CLIENT`.
        whole_only: Paths of files that must not be split.
    """
    closure = Closure(territory, process, whole_only)
    if process == CLIENT:
        _start_client(closure)
    else:
        _start_service(closure)
    closure.settle()
    _want_values(closure)
    closure.settle()
    for need in list(closure.needs.values()):
        finish(closure, need)
    closure.settle()
    if process != CLIENT:
        separate(closure)
    closure.needs = {name: closure.needs[name] for name in sorted(closure.needs)}
    return closure


def _start_service(closure: Closure) -> None:
    for module in closure.territory.blueprint.startup:
        closure.want_whole(module)
    owned = closure.territory.service_by_name[closure.process].members
    for module in sorted({module_of(symbol) for symbol in owned} & closure.territory.modules.keys()):
        if closure.residence.is_own(module):
            closure.want_whole(module)
    for symbol in owned:
        module, name = module_of(symbol), qualname_of(symbol)
        if module in closure.territory.modules and name != MODULE_BODY:
            closure.want(module, name)
        elif module in closure.territory.modules and closure.territory.body_owner(module) == closure.process:
            _want_body(closure, module)
    own_modules = {module_of(symbol) for symbol in owned}
    for edge in closure.territory.graph.edges:
        is_ours = (
            module_of(edge.source) in own_modules
            and closure.territory.owner.get(top_level_of(edge.source)) == closure.process
        )
        if is_ours and edge.kind in ("call", "inherit") and edge.target in closure.territory.units:
            _want_target(closure, top_level_of(edge.target))


def _start_client(closure: Closure) -> None:
    for module in sorted(closure.territory.modules):
        remote = [s for s in closure.territory.units_of.get(module, ()) if not closure.residence.is_local(s)]
        owner = closure.territory.body_owner(module)
        is_body_remote = owner is not None and not closure.residence.is_local_body(module)
        if not remote and not (is_body_remote and not closure.territory.units_of.get(module)):
            continue
        closure.overlaid.add(module)
        closure.want_module(module, closure.territory.modules[module].name)
        if closure.territory.text(module) is None:
            continue
        if is_body_remote:
            _want_interface(closure, module)
        else:
            _want_body(closure, module)
        for symbol in closure.territory.units_of.get(module, ()):
            closure.want(module, qualname_of(symbol))


def _want_values(closure: Closure) -> None:
    """Have the classes and functions that may arrive in a message, unless they need libraries unused here."""
    if closure.process == CLIENT:
        return
    territory = closure.territory
    roots = set(imported_roots(closure.needs.values(), territory))
    shared = {s for s in territory.shared if s in territory.units and territory.units[s].kind == "class"}
    is_storing = any(
        e.target in LOADERS | SAVERS and closure.defines(top_level_of(e.source))
        for e in territory.graph.edges
        if e.kind == "call"
    )
    for symbol in sorted(shared | territory.value_classes):
        module = module_of(symbol)
        if module in territory.modules and territory.modules[module].kind != "test":
            needed = {e for e in territory.modules[module].externals if e not in sys.stdlib_module_names}
            is_light = symbol in territory.light_classes or needed <= roots
            is_data = symbol in territory.value_classes and (is_storing or bool(needed & roots))
            if is_light or is_data:
                closure.want(module, qualname_of(symbol))
    for symbol in sorted(territory.handed_functions & territory.shared):
        if _libraries_of(territory, symbol) <= roots:
            closure.want(module_of(symbol), qualname_of(symbol))


def _libraries_of(territory: Territory, symbol: str) -> set[str]:
    """Return the libraries that the modules of a function, and of the units that it calls, import."""
    pending, seen, found = [symbol], set[str](), set[str]()
    while pending:
        top = pending.pop()
        if top in seen or module_of(top) not in territory.modules:
            continue
        seen.add(top)
        found.update(territory.modules[module_of(top)].externals)
        pending += territory.calls.get(top, ())
    return found - sys.stdlib_module_names


def _want_interface(closure: Closure, module: str) -> None:
    """Have every name that the module of another service offers, for code that stays where the monolith was."""
    need = closure.want_module(module)
    text = closure.territory.text(module)
    for name in sorted(text.globals - text.binders.keys()) if text is not None else ():
        closure.want(module, name)
    for statement in text.statements if text is not None else ():
        if statement.kind == "main":
            asks = closure.territory.command_lines & {f"{module}:{name}" for name in statement.uses}
            if all(map(closure.residence.is_local, asks)) and not closure.residence.needs_value(
                module, statement.index
            ):
                closure.keep(need, statement.index)
        elif statement.kind in ("assign", "compound"):
            for name in statement.binds:
                closure.want(module, name)
        elif statement.kind == "import":
            _want_reexports(closure, need, statement)


def _want_reexports(closure: Closure, need: Need, statement: Statement) -> None:
    for imported in statement.imports:
        found = closure.territory.find_module(imported, need.module.name)
        if found is not None and imported.attribute and imported.bound != "*":
            need.elsewhere[imported.bound] = f"{found[1]}:{imported.attribute}"
        elif found is not None and imported.bound == "*":
            for name in _public(closure, found[0].name):
                need.elsewhere.setdefault(name, f"{found[1]}:{name}")
        elif imported.attribute and (inner := closure.territory.submodule(imported, need.module.name)):
            need.elsewhere[imported.bound] = f"{inner[1]}:"


def _public(closure: Closure, module: str) -> tuple[str, ...]:
    text = closure.territory.text(module)
    return tuple(sorted(n for n in (text.binders if text else ()) if not n.startswith("_")))


def _want_body(closure: Closure, module: str) -> None:
    need = closure.want_module(module)
    text = closure.territory.text(module)
    for statement in text.statements if text is not None else ():
        if statement.kind in ("def", "class") and not all(
            closure.residence.is_local(f"{module}:{n}") for n in statement.binds
        ):
            continue
        if statement.kind == "main" and _runs_at_owner(closure, module, statement):
            continue
        closure.keep(need, statement.index, with_all_imports=True)


def _runs_at_owner(closure: Closure, module: str, statement: Statement) -> bool:
    """Return whether a program changes values that functions of another service read: it must run beside them."""
    text = closure.territory.text(module)
    owner = closure.territory.body_owner(module)
    is_elsewhere = closure.process == CLIENT and owner is not None and not closure.residence.is_gateway(owner)
    return is_elsewhere and text is not None and any(len(text.binders.get(n, ())) > 1 for n in statement.binds)


def _want_target(closure: Closure, symbol: str) -> None:
    module = module_of(symbol)
    if module in closure.territory.modules and closure.territory.modules[module].kind != "test":
        name = qualname_of(symbol)
        if name == MODULE_BODY:
            return
        closure.want(module, name)
