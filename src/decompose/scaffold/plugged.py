"""Imports that nothing names: what they change when they are loaded, and so must be there for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from decompose.scaffold.statements import Imported, ModuleText, Statement, chain
from decompose.scaffold.territory import Territory


@dataclass(frozen=True, slots=True)
class SilentImport:
    """An import of a module of the tree whose name the importing module never uses."""

    index: int
    """Statement of the import."""
    bound: str
    module: str
    import_name: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a statement changes in another module, or a library, when it is loaded."""

    symbol: str
    """Unit or value of the tree (`module:name`); empty for a library."""
    library: str = ""
    """Top-level name of the library that it patches."""
    is_call: bool = False
    """Whether a call makes the change, if it makes one at all."""


def silent_imports(territory: Territory, module: str) -> Iterator[SilentImport]:
    """Yield the imports of own modules that a module makes for their effect, or for nothing."""
    text = territory.text(module)
    if text is None or "__all__" in text.binders:
        return
    used = {name for statement in text.statements if statement.kind != "import" for name in statement.uses}
    for statement in text.statements:
        for imported in statement.imports if statement.kind == "import" else ():
            if imported.bound == "*" or imported.bound in used:
                continue
            found = territory.find_module(imported, module)
            inner = territory.submodule(imported, module) if imported.attribute else None
            if inner is not None and not (
                found is not None and _takes_name(territory, found[0].name, imported, module)
            ):
                found = inner
            elif imported.attribute:
                continue  # it takes a name from the module: others may import it from here
            if found is not None and found[0].name != module:
                yield SilentImport(statement.index, imported.bound, found[0].name, found[1])


def changes(territory: Territory, module: str, statement: Statement) -> Iterator[Change]:
    """Yield what a statement of a module changes elsewhere: a decorator's table, a patched class, an entry of a table."""
    node, text = statement.node, territory.text(module)
    if node is None or text is None:
        return
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        targets, is_call = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list], True
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        targets, is_call = [node.value.func], True
    elif isinstance(node, (ast.Assign, ast.AugAssign)):
        given = node.targets if isinstance(node, ast.Assign) else [node.target]
        targets, is_call = [target for target in given if not isinstance(target, ast.Name)], False
    else:
        return
    for target in targets:
        while isinstance(target, (ast.Subscript, ast.Call)):
            target = target.value if isinstance(target, ast.Subscript) else target.func
        root, path = chain(target)
        if not isinstance(root, ast.Name):
            continue
        imported = _import_of(text, root.id)
        if imported is None:
            continue
        symbol = territory.symbol_of(module, root.id, path)
        if symbol:
            yield Change(symbol, is_call=is_call)
        elif not is_call and not imported.level and territory.find_module(imported, module) is None:
            yield Change("", imported.module.partition(".")[0])


def _import_of(text: ModuleText, name: str) -> Imported | None:
    statements = (text.statements[index] for index in text.binders.get(name, ()))
    return next((i for statement in statements for i in statement.imports if i.bound == name), None)


def _takes_name(territory: Territory, package: str, imported: Imported, importer: str) -> bool:
    """Return whether `from package import name` takes a name of the package, not a module below it."""
    text = territory.text(package)
    return package != importer and text is not None and imported.attribute in text.binders
