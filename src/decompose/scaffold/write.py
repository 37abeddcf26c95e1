"""The only place of the generator that touches the disk."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from decompose.errors import WriteError
from decompose.ir.filetree import FileTree

LOCK_FILE = "decompose.lock"


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What a write changed."""

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    """Files of an earlier run that are no longer generated."""
    kept: tuple[str, ...] = ()
    """Files that a person deleted, and that stay deleted."""


def write(tree: FileTree, out: Path) -> WriteReport:
    """Write the tree so that at any moment `out` holds the old or the new content of each file.

    Args:
        tree: What to write.
        out: Folder of the workspace; made when missing.

    Raises:
        WriteError: If a person changed a generated file, or the disk refuses. Nothing has changed then.
    """
    before = _read_lock(out)
    _refuse_foreign(out, before)
    changed = _changed_by_hand(tree, out, before)
    if changed:
        names = ", ".join(changed[:5]) + (" …" if len(changed) > 5 else "")
        raise WriteError(
            f"{out}: changed by hand since they were generated: {names}",
            hint="move your changes elsewhere, or generate into another folder",
        )
    deleted = {path for path in before if path in tree.files and not (out / path).exists() and path != LOCK_FILE}
    todo = [p for p in tree if p not in deleted and not _is_same(out / p, tree.files[p])]
    gone = sorted(path for path in before if path not in tree.files and (out / path).is_file())
    try:
        _replace(tree, out, todo, gone)
    except OSError as error:
        raise WriteError(
            f"{out}: cannot write: {error.strerror or error}", hint="free some space or choose another folder"
        ) from error
    same = tuple(path for path in tree if path not in todo and path not in deleted)
    return WriteReport(tuple(todo), same, tuple(gone), tuple(sorted(deleted)))


def _replace(tree: FileTree, out: Path, todo: list[str], gone: list[str]) -> None:
    """Write everything beside `out` first; only when all of it is on disk, move file by file, the lock last."""
    is_new = not out.exists()
    out.parent.mkdir(parents=True, exist_ok=True)
    stage = out.parent / f".{out.name}.{secrets.token_hex(4)}.tmp"
    try:
        for path in todo:
            _write_file(stage / path, tree.files[path], is_executable=path in tree.executable)
        if is_new and todo:
            stage.rename(out)
            return
        for path in sorted(todo, key=lambda p: (p == LOCK_FILE, p)):
            target = out / path
            target.parent.mkdir(parents=True, exist_ok=True)
            (stage / path).replace(target)
        for path in gone:
            (out / path).unlink()
            _remove_empty_folders(out, (out / path).parent)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _write_file(path: Path, content: bytes, *, is_executable: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    if is_executable:
        path.chmod(0o755)


def _refuse_foreign(out: Path, before: dict[str, str]) -> None:
    if out.exists() and not out.is_dir():
        raise WriteError(f"{out}: is a file", hint="name a folder")
    if out.is_dir() and not before and any(out.iterdir()):
        raise WriteError(f"{out}: is not empty and was not generated", hint="name a new or an empty folder")


def _changed_by_hand(tree: FileTree, out: Path, before: dict[str, str]) -> list[str]:
    found = []
    for path in sorted({*tree.files, *before} - {LOCK_FILE}):
        _check_path(path)
        target = out / path
        if not target.is_file() or (path in tree.files and _is_same(target, tree.files[path])):
            continue
        if before.get(path) != _digest(target.read_bytes()):
            found.append(path)
    return found


def _check_path(path: str) -> None:
    parts = PurePosixPath(path).parts
    if PurePosixPath(path).is_absolute() or ".." in parts or not parts or "\x00" in path:
        raise WriteError(f"{path!r}: leads out of the output folder")


def _read_lock(out: Path) -> dict[str, str]:
    try:
        found = json.loads((out / LOCK_FILE).read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise WriteError(f"{out / LOCK_FILE}: cannot be read: {error}", hint="generate into another folder") from error
    return {str(path): str(digest) for path, digest in found.items()}


def _is_same(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _remove_empty_folders(out: Path, folder: Path) -> None:
    while folder != out:
        with contextlib.suppress(OSError):
            shutil.rmtree(folder / "__pycache__", ignore_errors=True)
            folder.rmdir()
        if folder.exists():
            return
        folder = folder.parent
