"""A working directory that looks like the shared one, with copies of its own where others change files under way.

A service that answers requests must not see files change while a request is inside. Files that other services write
stand in its view as copies, which the service changes itself when it is ready; all else is a link to the shared
directory.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from service_runtime.handover import STATE_FOLDER, fits


class View:
    """The view of one service.

    Args:
        shared: The directory that all services share.
        folder: Where the view stands; on the same file system, emptied first.
        patterns: Files that the service reads and others write.
    """

    def __init__(self, shared: Path, folder: Path, patterns: Iterable[str]) -> None:
        self.shared = shared
        self.folder = folder
        self._patterns = tuple(patterns)
        self._links: set[str] = set()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.refresh()

    def refresh(self) -> None:
        """Hand on what the service made, replaced or removed in the view, and link what is new in the shared directory.

        Only while no request is inside, which could be in the middle of writing.
        """
        for relative in sorted(self._links):
            link = self.folder / relative
            if not os.path.lexists(link):
                self._links.discard(relative)
                _remove_file(self.shared / relative)
            elif link.is_symlink() and not link.exists():
                self._links.discard(relative)
                link.unlink()
        for relative in list(self._folders("")):
            (self.folder / relative).mkdir(exist_ok=True)
            self._hand_on(relative)
            self._link(relative)

    def inside(self, folder: str) -> str:
        """Return where the service works when others say this folder: in the view for the shared directory."""
        return str(self.folder) if folder == str(self.shared) else folder

    def outside(self, folder: str) -> str:
        """Return what others call the folder in which the service works."""
        return str(self.shared) if folder == str(self.folder) else folder

    def _folders(self, relative: str) -> Iterator[str]:
        """Yield the folders on the way to the patterns, the root first: those that the view has for itself."""
        yield relative
        names = {
            entry.name
            for base in (self.shared, self.folder)
            for entry in _entries(base / relative)
            if _is_folder(entry)
        }
        names |= {p.split("/")[relative.count("/") + 1 if relative else 0] for p in self._patterns if "/" in p}
        for name in sorted(names):
            below = f"{relative}/{name}" if relative else name
            if "*" not in name and self._is_on_the_way(below):
                yield from self._folders(below)

    def _is_on_the_way(self, relative: str) -> bool:
        depth = relative.count("/") + 1
        return any(
            pattern.count("/") >= depth and fits(relative, "/".join(pattern.split("/")[:depth]))
            for pattern in self._patterns
        )

    def _is_own(self, relative: str) -> bool:
        return any(fits(relative, pattern) for pattern in self._patterns) or relative == STATE_FOLDER

    def _hand_on(self, folder: str) -> None:
        for entry in _entries(self.folder / folder):
            relative = (PurePosixPath(folder) / entry.name).as_posix()
            if entry.is_symlink() or self._is_own(relative) or self._is_on_the_way(relative):
                continue
            target = self.shared / relative
            if entry.is_dir() and target.is_dir():
                shutil.copytree(entry.path, target, dirs_exist_ok=True)
                shutil.rmtree(entry.path)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(entry.path, target)
            self._make_link(relative)

    def _link(self, folder: str) -> None:
        for entry in _entries(self.shared / folder):
            relative = (PurePosixPath(folder) / entry.name).as_posix()
            if not self._is_own(relative) and not self._is_on_the_way(relative):
                self._make_link(relative)

    def _make_link(self, relative: str) -> None:
        link = self.folder / relative
        if not os.path.lexists(link):
            link.symlink_to(self.shared / relative)
        self._links.add(relative)


base: list[Path] = []
"""The directory that all services share, once the service has been started in it."""
active: list[View] = []
"""The view of this process, if it has one."""


def shared_root() -> Path:
    """Return the directory that all services share, wherever this process works at the moment."""
    return base[0] if base else Path.cwd()


def outside(folder: str) -> str:
    """Return what others call a folder of this process."""
    return active[0].outside(folder) if active else folder


def inside(folder: str) -> str:
    """Return what this process calls a folder of others."""
    return active[0].inside(folder) if active else folder


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        return sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir()


def _remove_file(path: Path) -> None:
    if path.is_file():
        path.unlink()
