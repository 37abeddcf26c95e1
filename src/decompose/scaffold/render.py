"""One module of one process as text: carried over whole, cut, or a facade."""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping
from dataclasses import dataclass, field

from decompose.ir.graph import Module
from decompose.ir.symbols import module_of, qualname_of
from decompose.scaffold.child import Slicer
from decompose.scaffold.closure import Closure
from decompose.scaffold.facades import RUNTIME_NAMES, Target, annotation_names, class_facade, function_facade, wrapped
from decompose.scaffold.loading import import_name
from decompose.scaffold.need import Need
from decompose.scaffold.pytext import HEADER, doc_literal, pystr
from decompose.scaffold.standard import read_through_packages
from decompose.scaffold.statements import Imported, ModuleText
from decompose.scaffold.territory import CLIENT, Territory

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text of one module."""

    path: str
    content: bytes
    form: str
    ranges: tuple[tuple[int, int, str, int], ...] = ()
    """First and last line, and where they come from: path and first line."""
    trouble: str = ""
    """Why the module could not be cut and was moved whole, when that happened."""


@dataclass(frozen=True, slots=True)
class Names:
    """Final names of operations."""

    operation_by_symbol: Mapping[str, str]
    idempotent: frozenset[str]


def render(need: Need, closure: Closure, names: Names, slicer: Slicer) -> Rendered:
    """Return the text of one module of one process."""
    territory = closure.territory
    source = territory.sources[need.module.path]
    text = territory.text(need.module.name)
    if need.is_whole or text is None:
        lines = source.count(b"\n") + (not source.endswith(b"\n") and bool(source))
        whole = ((1, lines, need.module.path, 1),) if lines else ()
        return Rendered(need.module.path, source, need.form, whole)
    if need.form == "facade":
        return _render_facade(need, closure, names, text)
    return _render_split(need, closure, names, text, slicer)


def client_alias(service: str) -> str:
    """Return the name of a service's client inside a facade."""
    return f"_{service}"


def _render_facade(need: Need, closure: Closure, names: Names, text: ModuleText) -> Rendered:
    parts = _facade_parts(need, closure, names, text)
    where = ", ".join(f"`{s}`" for s in parts.services)
    head = doc_literal(f"Facade of `{need.module.name}`: the same names, answered by {where}.")
    first = "".join(_first(need, closure).values())
    content = f"{HEADER}\n{head}\n\n{first}{parts.imports}{parts.tail}{parts.main}".rstrip("\n") + "\n"
    ranges = _ranges_of(content, parts.origins)
    return Rendered(need.module.path, content.encode(), "facade", ranges)


def _render_split(need: Need, closure: Closure, names: Names, text: ModuleText, slicer: Slicer) -> Rendered:
    source = closure.territory.sources[need.module.path].decode()
    insert = ""
    parts = None
    if need.facades or need.remote_values or need.elsewhere:
        parts = _facade_parts(need, closure, names, text)
        insert = f"\n{parts.imports}{parts.tail}".rstrip("\n") + "\n"
    before = read_through_packages(need, text)
    before |= {index: before.get(index, "") + lines for index, lines in _first(need, closure).items()}
    answer = slicer.cut(source, sorted(need.kept) or [-1], sorted(need.names), insert, before)
    if "error" in answer:
        lines = source.count("\n")
        whole = ((1, lines, need.module.path, 1),)
        return Rendered(need.module.path, source.encode(), need.form, whole, trouble=answer["error"])
    ranges = tuple((first, last, need.module.path, origin) for first, last, origin in answer["ranges"])
    content = answer["text"] + (parts.main if parts is not None else "")
    ranges += _ranges_of(content, parts.origins) if parts is not None else ()
    return Rendered(need.module.path, content.encode(), need.form, tuple(sorted(ranges)))


def _first(need: Need, closure: Closure) -> dict[int, str]:
    """Return the imports with which a circle of imports is entered as in the monolith, by the statement they precede."""
    found = {}
    for index, modules in sorted(need.first.items()):
        lines = []
        for module in modules:
            other = closure.needs.get(module)
            name = import_name(other) if other is not None else module
            bound = f"_{name.rpartition('.')[2]}_first"
            lines.append(
                f"import {name} as {bound}  # noqa: F401  (a circle of imports begins here, as in the monolith)\n"
            )
        found[index] = "".join(lines)
    return found


@dataclass(frozen=True, slots=True)
class _Parts:
    services: tuple[str, ...]
    imports: str
    tail: str
    main: str
    """Block that runs a script in its service when the script's file is run here."""
    origins: tuple[tuple[str, str, int], ...]
    """Heading line of a definition, and path and line of what it stands for."""


@dataclass(slots=True)
class Definitions:
    """Facades of functions and classes as text, and what they need around them."""

    texts: list[str] = field(default_factory=list)
    origins: list[tuple[str, str, int]] = field(default_factory=list)
    services: set[str] = field(default_factory=set)
    annotations: set[str] = field(default_factory=set)
    """Names that annotations mention."""
    base_imports: dict[str, str] = field(default_factory=dict)
    """Import of each base that stands in another module, by name."""


def definitions_of(
    need: Need,
    closure: Closure,
    names: Names,
    text: ModuleText,
    wanted: set[str],
    homes: Mapping[str, str] | None = None,
) -> Definitions:
    """Return the facades of some names of a module; names that are no definition are asked for as values instead.

    Args:
        need: What the process needs of the module.
        closure: All that the process needs.
        names: Final names of operations.
        text: The module's statements.
        wanted: Names of `need.facades` to write.
        homes: Import path of the facades of each module, where that is not the module's own.
    """
    territory, module, found = closure.territory, need.module, Definitions()
    known = _annotatable(need, closure, text)
    for name in sorted(wanted, key=lambda n: text.binders[n][0]):
        node = text.statements[text.binders[name][-1]].node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            need.remote_values.add(name)
            continue
        symbol = f"{module.name}:{name}"
        service = territory.owner[symbol]
        found.services.add(service)
        node = _without_unknown_annotations(node, known)
        found.annotations |= annotation_names(node)
        target = Target(
            client=client_alias(service),
            symbol=symbol,
            operation=names.operation_by_symbol.get(symbol, name),
            is_idempotent=symbol in names.idempotent,
        )
        if isinstance(node, ast.ClassDef):
            bases = _own_bases(symbol, need, closure, found.base_imports, homes)
            found.texts.append(class_facade(node, target, bases))
        else:
            found.texts.append(function_facade(node, target))
        heading = found.texts[-1].partition("\n")[0]
        found.origins.append((heading, module.path, text.statements[text.binders[name][-1]].line))
    return found


def _facade_parts(need: Need, closure: Closure, names: Names, text: ModuleText) -> _Parts:
    territory = closure.territory
    module = need.module
    found = definitions_of(need, closure, names, text, set(need.facades))
    definitions, origins, services = found.texts, found.origins, found.services
    body_owner = territory.body_owner(module.name) or next(iter(sorted(services)), "")
    if need.remote_values and body_owner:
        services.add(body_owner)
    main = _remote_main(need, closure, text, body_owner)
    if main:
        services.add(body_owner)
    lookup = _lookup(need, closure, body_owner)
    tail = "".join(f"\n\n{definition}" for definition in definitions) + (f"\n\n{lookup}" if lookup else "")
    imports = _imports(
        tail + main, services, found.base_imports, _typing_imports(found.annotations, need, closure, text)
    )
    return _Parts(tuple(sorted(services)), imports, tail, main, tuple(origins))


def _imports(tail: str, services: set[str], bases: dict[str, str], typing: str) -> str:
    from_runtime = [name for name in RUNTIME_NAMES if name in tail]
    lines = []
    if "sys.argv" in tail:
        lines.append("import sys\n")
    if typing:
        lines.append("from typing import TYPE_CHECKING\n")
    if lines:
        lines.append("\n")
    if services:
        clients = ", ".join(f"{s} as {client_alias(s)}" for s in sorted(services))
        lines += (
            [f"from service_contracts.clients import {s} as {client_alias(s)}\n" for s in sorted(services)]
            if clients
            else []
        )
    if from_runtime:
        lines.append(f"from service_runtime import {', '.join(from_runtime)}\n")
    own = sorted(set(bases.values()))
    return "".join(lines) + ("\n" + "\n".join(own) + "\n" if own else "") + (f"\n{typing}" if typing else "")


def _lookup(need: Need, closure: Closure, body_owner: str) -> str:
    """Return the module's `__getattr__`: values at their owner, names that were imported from elsewhere."""
    facades = sorted(need.facades) if closure.process == CLIENT else []
    owners = {n: client_alias(closure.territory.owner[f"{need.module.name}:{n}"]) for n in facades}
    options = {
        "values": [f"{pystr(n)}: {client_alias(body_owner)}" for n in sorted(need.remote_values)],
        "elsewhere": [f"{pystr(n)}: {pystr(t)}" for n, t in sorted(need.elsewhere.items())],
        "facades": [f"{pystr(n)}: {owner}" for n, owner in owners.items()],
    }
    given = [(name, items) for name, items in options.items() if items]
    if not given:
        return ""
    lines = [wrapped(f"{name}={{", items, "},", 4) for name, items in given]
    return (
        "\n".join(["__getattr__ = remote_names(", f"    __name__,\n    {pystr(need.module.name)},", *lines, ")"]) + "\n"
    )


def _remote_main(need: Need, closure: Closure, text: ModuleText, owner: str) -> str:
    """Return the block that runs a script in its service when the script's file is run here."""
    if closure.process != CLIENT or not owner or owner not in closure.territory.service_by_name:
        return ""
    programs = [s.index for s in text.statements if s.kind == "main"]
    is_kept = any(index in need.kept for index in programs)
    does_something = bool(programs) or (
        not closure.residence.is_local_body(need.module.name) and any(s.kind == "effect" for s in text.statements)
    )
    if is_kept or not does_something:
        return ""
    run = f"{client_alias(owner)}.run({pystr(need.module.name)}, sys.argv)"
    return f'\n\nif __name__ == "__main__":\n    raise SystemExit({run})\n'


def _own_bases(
    symbol: str, need: Need, closure: Closure, imports: dict[str, str], homes: Mapping[str, str] | None
) -> list[str]:
    """Return the parents of a facade class: facades of own bases first, then bases that are defined here."""
    facades: list[str] = []
    local: list[str] = []
    for base in closure.territory.units[symbol].bases:
        other = closure.needs.get(module_of(base)) if base in closure.territory.units else None
        if other is None or set(closure.territory.units[base].flags) & {"enum", "pydantic", "namedtuple", "protocol"}:
            continue
        name = qualname_of(base)
        is_facade = name in other.facades
        if other is not need:
            home = (homes or {}).get(other.module.name, "") if is_facade else ""
            home = home or min(other.import_names, key=lambda n: (n != other.module.name, n))
            imports[name] = f"from {home} import {name}"
        elif not is_facade:
            continue
        (facades if is_facade else local).append(name)
    return [*(facades or ["RemoteObject"]), *local]


def _annotatable(need: Need, closure: Closure, text: ModuleText) -> set[str]:
    """Return names that annotations may use: facades of this module, and what its imports bind."""
    bound = {i.bound for s in text.statements if s.kind in ("import", "compound") for i in s.imports}
    own = need.facades | {n for i in need.kept for n in text.statements[i].binds}
    return bound | own | {"int"}


def _without_unknown_annotations(node: Definition, known: set[str]) -> Definition:
    node = copy.deepcopy(node)
    for child in ast.walk(node):
        for attribute in ("annotation", "returns"):
            annotation = getattr(child, attribute, None)
            if isinstance(annotation, ast.expr) and not isinstance(child, ast.AnnAssign):
                names = annotation_names(ast.arg(arg="x", annotation=annotation))
                if not names <= known or len(ast.unparse(annotation)) > 200:
                    setattr(child, attribute, None)
    return node


def _typing_imports(uses: set[str], need: Need, closure: Closure, text: ModuleText) -> str:
    """Return the imports that only annotations need, for type checkers alone."""
    lines = set()
    kept = {n for i in need.kept for n in text.statements[i].binds if text.statements[i].kind != "import"} | need.names
    for statement in text.statements:
        for imported in statement.imports if statement.kind in ("import", "compound") else ():
            if imported.bound in uses and imported.bound not in kept and imported.bound not in need.facades:
                lines.add(_import_line(imported, need.module, closure.territory))
    return "if TYPE_CHECKING:\n" + "".join(f"    {line}\n" for line in sorted(lines)) if lines else ""


def _import_line(imported: Imported, module: Module, territory: Territory) -> str:
    if not imported.attribute:
        plain = imported.module.partition(".")[0] == imported.bound
        return f"import {imported.module}" if plain else f"import {imported.module} as {imported.bound}"
    rename = "" if imported.bound == imported.attribute else f" as {imported.bound}"
    return f"from {'.' * imported.level}{imported.module} import {imported.attribute}{rename}"


def _ranges_of(content: str, origins: tuple[tuple[str, str, int], ...]) -> tuple[tuple[int, int, str, int], ...]:
    lines = content.split("\n")
    found = []
    for heading, path, origin in origins:
        if heading in lines:
            first = lines.index(heading) + 1
            last = next(
                (i for i in range(first, len(lines)) if lines[i] and not lines[i].startswith((" ", ")"))), len(lines)
            )
            found.append((first, last, path, origin))
    return tuple(found)
