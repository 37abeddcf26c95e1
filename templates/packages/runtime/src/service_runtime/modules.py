"""The monolith's modules in this process: found by the same names as ever, wherever the working directory is."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType

_ours: set[str] = set()


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
        if relative.endswith("/"):
            if path is None and _is_library(fullname):
                return None
            spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [str(self.source / relative)]
            return spec
        file = self.source / relative
        loader = _Loader(fullname, str(file), str(self.workdir / relative) if fullname in self.anchored else str(file))
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
        super().exec_module(module)


def install(finder: SourceFinder) -> None:
    """Let the finder answer first for the names that it knows."""
    declare(finder.paths)
    sys.meta_path.insert(0, finder)
