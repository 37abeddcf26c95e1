"""What a run changes in its working directory, so that a run that was killed can start from where it started.

Before a file is first opened for writing, renamed or removed, its content (or that there is none) is noted on the disk.
Python says so itself (PEP 578), for whatever library writes through it. Files that native code opens by itself are
covered where the plan knows their names.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from service_runtime import context
from service_runtime.blobs import LocalBlobs, draft_of, object_key
from service_runtime.handover import STATE_FOLDER, matches

_WRITING = os.O_WRONLY | os.O_RDWR
_BESIDE_A_DATABASE = ("", "-wal", "-shm", "-journal")

_RUN = re.compile(r"[A-Za-z0-9_]+/[A-Za-z0-9][A-Za-z0-9_.-]*/[0-9]+")

_lock = threading.RLock()
_busy = threading.local()
_undos: dict[str, Undo] = {}
_is_watching: list[bool] = []


class Undo:
    """The notes of one attempt of a run.

    Args:
        root: Working directory.
        run: The attempt, `SERVICE/RUN/ATTEMPT`.
    """

    def __init__(self, root: Path, run: str) -> None:
        self._root = root
        self._folder = root / STATE_FOLDER / "runs" / run
        self._notes = LocalBlobs(self._folder)
        self._objects = LocalBlobs(root / STATE_FOLDER / "runs")
        self._noted: set[str] = set(map(unquote, self._notes.names("files")))

    def note_patterns(self, patterns: Iterable[str]) -> None:
        """Note all files of some patterns, and which there were."""
        wanted = sorted(patterns)
        found = {pattern: sorted(matches(self._root, pattern)) for pattern in wanted}
        for paths in found.values():
            for path in paths:
                self.note(self._root / path)
        self._notes.create("patterns", json.dumps(found).encode())

    def note(self, path: Path) -> None:
        """Note what a file holds, or all files of a folder, unless that has been done."""
        for file in path.rglob("*") if path.is_dir() else (path,):
            if not file.is_dir():
                self._note(file)

    def _note(self, path: Path) -> None:
        relative = self._relative(path)
        if relative is None:
            return
        with _lock:
            if relative in self._noted:
                return
            digest = self._objects.keep(path) if path.is_file() else None
            self._notes.create(f"files/{quote(relative, safe='')}", json.dumps(digest).encode())
            self._noted.add(relative)

    def undo(self) -> int:
        """Put everything back and return how many files there were; the notes stay until `forget`. May be repeated.

        Calls that services still answer on behalf of the attempt are waited for; no further ones are taken.
        """
        with self._lock_file().open("a") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            return self._put_back()

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Keep the attempt from being undone meanwhile; give `False` when that has begun."""
        with self._lock_file().open("a") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield not (self._folder / "over").exists()

    def _put_back(self) -> int:
        (self._folder / "over").touch()
        names = self._notes.names("files")
        digests = {unquote(name): json.loads(self._notes.read(f"files/{name}")) for name in names}
        for path in sorted(digests, key=lambda path: digests[path] is None):
            self._restore(self._root / path, digests[path])
        for pattern, before in self._patterns().items():
            for path in set(matches(self._root, pattern)) - set(before):
                (self._root / path).unlink(missing_ok=True)
        return len(names)

    def _lock_file(self) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / "calls.lock"

    def forget(self) -> None:
        """Drop the notes: what the run did stays."""
        for name in ("patterns", *(f"files/{name}" for name in self._notes.names("files"))):
            (self._folder / name).unlink(missing_ok=True)
        self._noted.clear()

    def _patterns(self) -> dict[str, list[str]]:
        try:
            return dict(json.loads(self._notes.read("patterns")))
        except FileNotFoundError:
            return {}

    def _restore(self, target: Path, digest: str | None) -> None:
        if digest is None:
            shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = draft_of(target)
        self._objects.download(object_key(digest), draft)
        draft.replace(target)

    def _relative(self, path: Path) -> str | None:
        try:
            relative = Path(os.path.normpath(self._root / path)).relative_to(self._root)
        except ValueError:
            return None
        is_ours = relative.parts[:1] == (STATE_FOLDER,) or "__pycache__" in relative.parts
        return None if is_ours or not relative.parts else relative.as_posix()


def watch(root: Path) -> None:
    """Note from now on what runs change below a working directory.

    A run is the one that this process is for, or the one on whose behalf a call is answered.
    """
    if _is_watching:
        return
    _is_watching.append(True)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event not in _EVENTS:
            return
        run = context.current_run()
        if not run or getattr(_busy, "value", False):
            return
        _busy.value = True
        try:
            for path in filter(None, _EVENTS[event](args)):
                undo_of(root, run).note(path)
        finally:
            _busy.value = False

    sys.addaudithook(hook)


def undo_of(root: Path, run: str) -> Undo:
    """Return the notes of an attempt, `SERVICE/RUN/ATTEMPT`.

    Raises:
        ValueError: If that is no such name.
    """
    if not _RUN.fullmatch(run):
        raise ValueError(f"{run!r} names no attempt of a run")
    with _lock:
        if run not in _undos:
            _undos[run] = Undo(root, run)
        return _undos[run]


def _path(named: Any, folder: Any = -1) -> Path | None:
    """Return what an event names: a path, perhaps below an open folder; `None` for an open file."""
    if not isinstance(named, (str, bytes, os.PathLike)):
        return None
    try:
        base = os.readlink(f"/proc/self/fd/{folder}") if isinstance(folder, int) and folder >= 0 else os.getcwd()
    except OSError:
        return None  # a folder handle on a system that does not tell its name
    return Path(os.path.normpath(os.path.join(base, os.fsdecode(named))))


def _opened(args: tuple[Any, ...]) -> list[Path | None]:
    path, _mode, flags = args
    return [_path(path)] if isinstance(flags, int) and flags & _WRITING else []


def _made(args: tuple[Any, ...]) -> list[Path | None]:
    path = _path(args[0], args[2])
    return [path] if path is not None and not path.exists() else []


def _connected(args: tuple[Any, ...]) -> list[Path | None]:
    path = _path(args[0])
    if path is None or path.name.startswith((":memory:", "file:")):
        return []
    return [path.with_name(path.name + ending) for ending in _BESIDE_A_DATABASE]


_EVENTS: dict[str, Callable[[tuple[Any, ...]], list[Path | None]]] = {
    "open": _opened,
    "os.mkdir": _made,
    "os.remove": lambda args: [_path(args[0], args[1])],
    "os.rename": lambda args: [_path(args[0], args[2]), _path(args[1], args[3])],
    "os.link": lambda args: [_path(args[1], args[3])],
    "os.symlink": lambda args: [_path(args[1], args[2])],
    "os.truncate": lambda args: [_path(args[0])],
    "sqlite3.connect": _connected,
}
