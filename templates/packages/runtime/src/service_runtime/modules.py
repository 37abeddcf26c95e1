"""The monolith's modules in this process: found by the same names as ever, wherever the working directory is."""

from __future__ import annotations

import builtins
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

_ours: set[str] = set()
_renamed: dict[str, Mapping[str, str]] = {}
_aliases: dict[str, str] = {}


def declare(names: Iterable[str]) -> None:
    """Say which module names belong to the system."""
    _ours.update(names)


def is_ours(module: str) -> bool:
    """Return whether the module belongs to the system, not to a library."""
    return module in _ours


class SourceFinder(importlib.abc.MetaPathFinder):
    """Finds the modules of one service in its own source folder, before anything on `sys.path`.

    Args:
        source: Folder with the service's code.
        paths: File below `source` by import name; the empty path stands for a package without `__init__.py`.
        anchored: Import names of modules that look for data beside themselves: their `__file__` points into the
            working directory, where the data is.
        workdir: Working directory of the service.
    """

    def __init__(self, source: Path, paths: Mapping[str, str], anchored: Iterable[str], workdir: Path) -> None:
        self.source = source
        self.paths = paths
        self.anchored = frozenset(anchored)
        self.workdir = workdir

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return where a module of the service stands, `None` for all others."""
        relative = self.paths.get(fullname)
        if relative is None:
            return None
        if fullname in _aliases:
            return importlib.machinery.ModuleSpec(fullname, _Alias())
        if relative.endswith("/"):
            if path is None and _is_library(fullname):
                return None
            spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [str(self.source / relative)]
            return spec
        file = self.source / relative
        shown = str(self.workdir / relative) if fullname in self.anchored else str(file)
        loader = _Loader(fullname, str(file), shown)
        locations = [str(file.parent)] if file.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(
            fullname, file, loader=loader, submodule_search_locations=locations
        )


def _is_library(name: str) -> bool:
    """Return whether a library has this name: in Python it goes before a folder without `__init__.py`."""
    found = importlib.machinery.PathFinder.find_spec(name)
    return found is not None and found.loader is not None


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, fullname: str, path: str, shown_path: str) -> None:
        super().__init__(fullname, path)
        self._shown_path = shown_path

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = self._shown_path
        module.__dict__.update(globals_of(module.__name__))
        super().exec_module(module)


class _Alias(importlib.abc.Loader):
    """Gives a module that is known by another name already."""

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = importlib.import_module(_aliases[spec.name])
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


def globals_of(module: str) -> dict[str, Any]:
    """Return what a module needs among its globals before it runs: an `__import__` of its own, if it must have one."""
    renamed = _renamed.get(module)
    return {"__builtins__": {**vars(builtins), "__import__": _importing(renamed)}} if renamed else {}


def _importing(renamed: Mapping[str, str]) -> Callable[..., Any]:
    """Return the `__import__` of a module that means other modules by some names than others of the process do."""

    def find(
        name: str,
        names: Mapping[str, Any] | None = None,
        local: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        top, dot, rest = name.partition(".")
        if level or top not in renamed:
            return builtins.__import__(name, names, local, fromlist or (), level)
        found = builtins.__import__(renamed[top] + dot + rest, names, local, fromlist or (), 0)
        return found if fromlist else sys.modules[renamed[top]]

    return find


def install(
    finder: SourceFinder,
    renamed: Mapping[str, Mapping[str, str]] | None = None,
    aliases: Mapping[str, str] | None = None,
) -> None:
    """Let the finder answer first for the names that it knows.

    Args:
        finder: Of the service's modules.
        renamed: Of modules that import a name which others use for another module: what they mean by it.
        aliases: Further names of modules, each with the name by which the code imports it.
    """
    _aliases.update(aliases or {})
    _renamed.update(renamed or {})
    declare(finder.paths)
    sys.meta_path.insert(0, finder)
