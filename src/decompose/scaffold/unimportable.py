"""Modules that no process can import, the monolith's own included: what they ask for is not there."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

from decompose.scaffold.statements import Imported
from decompose.scaffold.territory import Territory

_MAKES_NAMES = (
    b"globals()",
    b"sys.modules",
    b"setattr(",
    b"exec(",
    b"__getattr__",
    b"vars()",
    b"locals()",
    b"__dict__",
)
"""What may give a module names that no statement of it shows."""

Place = tuple[int, str]
"""Line, and what is wrong there."""


def unimportable(territory: Territory) -> dict[str, Place]:
    """Return the modules that cannot be imported, with the place: themselves wrong, or asking for one that is."""
    found: dict[str, Place] = {}
    importers: dict[str, list[tuple[str, int]]] = {}
    for module in sorted(territory.modules):
        place = _wrong_import(territory, module) or _refused(territory, module)
        if place is not None:
            found[module] = place
        for imported in _at_the_top(territory, module):
            asked = territory.find_module(imported, module)
            if asked is not None:
                importers.setdefault(asked[0].name, []).append((module, imported.line))
    waiting = sorted(found)
    while waiting:
        target = waiting.pop()
        for module, line in importers.get(target, ()):
            if module not in found:
                found[module] = (
                    line,
                    f"`{target}` is imported, which nothing can import ({_shown(territory, target, found)})",
                )
                waiting.append(module)
    return found


def _shown(territory: Territory, module: str, found: dict[str, Place]) -> str:
    return f"{territory.modules[module].path}:{found[module][0]}"


def _at_the_top(territory: Territory, module: str) -> Iterator[Imported]:
    """Yield the imports without which the module cannot be loaded."""
    text = territory.text(module)
    for statement in text.statements if text is not None else ():
        if statement.kind == "import":
            yield from statement.imports


def _wrong_import(territory: Territory, module: str) -> Place | None:
    """Return the first import that asks the tree for a module which is not there, or a module for a name it lacks."""
    for imported in _at_the_top(territory, module):
        name = territory.absolute(imported, module)
        package, _, _ = name.partition(".")
        found = territory.find_module(imported, module)
        is_ours = territory.is_module(package) and package != name
        if found is None and is_ours and not territory.is_package_folder(name):
            return imported.line, f"`{name}` is imported, which {_absence(territory, name)}"
        if found is not None and not _may_have(territory, imported, module):
            return imported.line, f"`{imported.attribute}` is imported from `{name}`, which does not have it"
    return None


def _absence(territory: Territory, name: str) -> str:
    """Return why there is no such module: it is not there, or is there and is left out."""
    wanted = f"/{name.replace('.', '/')}.py"
    for file in territory.graph.files:
        if file.outcome == "skipped" and f"/{file.path}".endswith(wanted):
            return f"was left out (`{file.path}` is {file.reason}: take it in, or have it made where the services are)"
    return "the tree does not have"


def _may_have(territory: Territory, imported: Imported, importer: str) -> bool:
    """Return whether some module that the name may mean has what is taken from it."""
    wanted = imported.attribute
    if not wanted or wanted == "*" or wanted.startswith("__") or territory.submodule(imported, importer) is not None:
        return True
    name = territory.absolute(imported, importer)
    for module in territory.modules_named(name):
        text, source = territory.text(module), territory.sources[territory.modules[module].path]
        if text is None or wanted in text.binders or wanted in text.globals or text.stars:
            return True
        if any(way in source for way in _MAKES_NAMES):
            return True
    return territory.is_package_folder(f"{name}.{wanted}")


def _refused(territory: Territory, module: str) -> Place | None:
    """Return what the compiler refuses in a module that can be parsed (`return` outside a function), `None` if nothing."""
    if territory.text(module) is None:
        return None
    path = territory.modules[module].path
    try:
        with warnings.catch_warnings(action="ignore"):
            compile(territory.sources[path], path, "exec", dont_inherit=True)
    except SyntaxError as error:
        return error.lineno or 1, str(error.msg)
    except (ValueError, RecursionError, MemoryError):
        return None
    return None
