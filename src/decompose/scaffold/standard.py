"""Modules of the standard library that are read through their package (`logging.config` after `import logging`).

In the monolith some other import loads them. A service has that import only when it needs it for itself.
"""

from __future__ import annotations

import importlib.util
import sys
from functools import lru_cache
from pathlib import Path

from decompose.scaffold.need import Need
from decompose.scaffold.statements import ModuleText


def read_through_packages(need: Need, text: ModuleText) -> dict[int, str]:
    """Return imports of such modules as text, by the index of the kept statement that imports their package."""
    kept = [text.statements[index] for index in sorted(need.kept)]
    imports = [(s.index, i) for s in kept if s.kind == "import" for i in s.imports if i.bound in need.names]
    loaded = {i.module for _, i in imports}
    found: dict[int, str] = {}
    for index, imported in imports:
        package = imported.module
        if imported.attribute or imported.level or imported.bound != package or not _is_package(package):
            continue
        read = {_module_in(package, path) for s in kept for root, path in s.attributes if root == package}
        for module in sorted(read - loaded - {package}):
            loaded.add(module)
            found[index] = found.get(index, "") + f"import {module}\n"
    return found


def _is_package(name: str) -> bool:
    return name in sys.stdlib_module_names and bool(_folders(name))


def _module_in(package: str, path: str) -> str:
    """Return the module that the beginning of a dotted name below a package stands for, the package if none."""
    name, folders = package, _folders(package)
    for part in path.split("."):
        if not any((f / f"{part}.py").is_file() or (f / part / "__init__.py").is_file() for f in folders):
            break
        name, folders = f"{name}.{part}", tuple(f / part for f in folders)
    return name


@lru_cache(maxsize=64)
def _folders(package: str) -> tuple[Path, ...]:
    """Return where the modules of a package of the standard library are; nothing is imported for it."""
    spec = importlib.util.find_spec(package)
    return tuple(Path(folder) for folder in (spec.submodule_search_locations if spec is not None else None) or ())
