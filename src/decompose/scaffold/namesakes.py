"""Import names of the modules of one process, also where two of them have the same one.

Scripts of different folders may each have a `utils` beside them: in the monolith they run apart. In one process a name
stands for one module, so such modules are loaded under their own names, and each importer is told which it means.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from decompose.scaffold.closure import Closure
from decompose.scaffold.need import Need
from decompose.scaffold.statements import Imported
from decompose.scaffold.territory import Territory


def separate(closure: Closure) -> None:
    """Give modules of a service that share an import name their own names (`Need.import_names`, `Closure.renamed`).

    A module that the code imports only by other names than its own is one module under both (`Closure.aliases`).
    """
    held: dict[str, list[Need]] = {}
    for need in closure.needs.values():
        for name in need.import_names:
            held.setdefault(name, []).append(need)
    shared = {name: found for name, found in held.items() if len(found) > 1}
    for name, found in shared.items():
        for need in found:
            need.import_names.discard(name)
            need.import_names.add(need.module.name)
    for need in closure.needs.values():
        others = need.asked & need.import_names
        if others and need.module.name in need.import_names - others:
            closure.aliases[need.module.name] = min(others)
    tops = {name.partition(".")[0] for name in shared}
    for need in closure.needs.values() if tops else ():
        meant = _meant(need.module.name, tops, closure.territory)
        if meant:
            closure.renamed.update(dict.fromkeys(need.import_names, meant))


def paths_of(needs: Iterable[Need]) -> dict[str, str]:
    """Return the file of each module by import name, sorted; a package without `__init__.py` is its folder with a slash."""
    return dict(sorted(_with_folders({name: need.module.path for need in needs for name in need.import_names}).items()))


def _meant(importer: str, tops: set[str], territory: Territory) -> dict[str, str]:
    """Return what some top-level names mean to a module, where that has another name of its own."""
    text = territory.text(importer)
    found: dict[str, str] = {}
    for imported in (i for s in (text.statements if text is not None else ()) for i in s.imports):
        top = imported.module.partition(".")[0]
        target = _target(imported, importer, territory) if not imported.level and top in tops else None
        if target is not None and target[0] != target[1]:
            own, asked = target
            rest = asked[len(top) :]
            if own.endswith(rest):
                found.setdefault(top, own[: len(own) - len(rest)])
    return found


def _target(imported: Imported, importer: str, territory: Territory) -> tuple[str, str] | None:
    """Return the name of the module that an import loads, and the dotted name by which it asks for it."""
    found = territory.find_module(imported, importer)
    if found is None and imported.attribute:
        found = territory.submodule(imported, importer)
    return (found[0].name, found[1]) if found is not None else None


def _with_folders(paths: Mapping[str, str]) -> dict[str, str]:
    """Return the paths with an entry for every package without `__init__.py`."""
    found = dict(paths)
    for name, path in paths.items():
        parts = name.split(".")
        folder = path.removesuffix("/__init__.py") if path.endswith("/__init__.py") else path.rpartition(".")[0]
        for end in range(len(parts) - 1, 0, -1):
            folder = folder.rpartition("/")[0]
            found.setdefault(".".join(parts[:end]), f"{folder}/" if folder else "./")
    return found
