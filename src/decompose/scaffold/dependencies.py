"""Third-party requirements of one service: what its code imports, at the monolith's versions."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

from decompose.knowledge.distributions import (
    MAKERS_OF_SAVED_OBJECTS,
    distribution_of,
    line_by_name,
    line_of,
    name_of,
)
from decompose.scaffold.need import Need
from decompose.scaffold.statements import Imported
from decompose.scaffold.territory import Territory

_PICKLED = (".pkl", ".pickle", ".pk", ".p", ".joblib", ".dill", ".sav")


def imported_roots(needs: Iterable[Need], territory: Territory) -> tuple[str, ...]:
    """Return the third-party modules that the carried code imports, sorted."""
    found: set[str] = set()
    for need in needs:
        text = territory.text(need.module.name)
        if text is None:
            found.update(need.module.externals)
            continue
        for index in need.kept:
            statement = text.statements[index]
            for imported in statement.imports:
                is_pruned = statement.kind == "import" and not need.is_whole and imported.bound not in need.names
                if not is_pruned and imported.when != "checked" and _is_third_party(imported, need, territory):
                    found.add(imported.module.partition(".")[0])
    return tuple(sorted(found))


def unpickled(territory: Territory, service: str, needs: Mapping[str, Mapping[str, Need]]) -> frozenset[str]:
    """Return the libraries whose objects may be in the pickled files that a service reads and others write.

    Nothing in the reader's code names them, and without them the file cannot be loaded. Which of the writer's libraries
    the saved object is of shows only when it runs, so all count that make such objects.

    Args:
        territory: Whose files they are.
        service: Name of the reader.
        needs: What each process carries, by its name.

    Returns:
        Top-level modules.
    """
    files = (file for artifacts in territory.blueprint.artifacts for file in artifacts.files)
    read = (file for file in files if service in file.readers and file.pattern.endswith(_PICKLED))
    writers = {writer for file in read for writer in file.writers} & needs.keys()
    roots = {root for writer in writers for root in imported_roots(needs[writer].values(), territory)}
    return MAKERS_OF_SAVED_OBJECTS & roots


def requirements(roots: Iterable[str], lines: Iterable[str]) -> tuple[str, ...]:
    """Return a requirement line for each imported module: the monolith's own where it has one.

    Args:
        roots: Top-level modules.
        lines: Requirement lines of the monolith, first the ones that count most.
    """
    known = line_by_name(lines)
    found = [line_of(root, known) or distribution_of(root) for root in roots]
    by_name = {name_of(line): line for line in found}
    return tuple(by_name[name] for name in sorted(by_name))


def _is_third_party(imported: Imported, need: Need, territory: Territory) -> bool:
    root = imported.module.partition(".")[0]
    if imported.level or not root or root in sys.stdlib_module_names:
        return False
    inner = territory.submodule(imported, need.module.name) if imported.attribute else None
    if territory.find_module(imported, need.module.name) is not None or inner is not None:
        return False
    return not territory.is_package_folder(root) or _is_library_too(root, territory)


def _is_library_too(root: str, territory: Territory) -> bool:
    """Return whether a folder without `__init__.py` only has the name of a library that the monolith requires."""
    return not territory.is_module(root) and bool(line_of(root, line_by_name(territory.graph.requirements)))
