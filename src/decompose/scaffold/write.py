"""The rim of the generator: a tree of files becomes a workspace, and a workspace is brought up to date."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from decompose.errors import WriteError
from decompose.ir.filetree import FileTree
from decompose.scaffold.journal import JOURNAL, STAGE, alone, commit, heal
from decompose.scaffold.lockfile import LOCK_FILE, STORE, Lock, digest, forget_unused, read_lock, store
from decompose.scaffold.regenerate import Decision, Fate, Step, decide


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What a write did with each file."""

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    """Edited files that got what is new beside the edit."""
    kept: tuple[str, ...] = ()
    """Edited files for which there was nothing new."""
    deleted: tuple[str, ...] = ()
    """Files that a person deleted, and that stay deleted."""
    removed: tuple[str, ...] = ()
    """Files of an earlier run that are no longer generated."""
    conflicts: tuple[tuple[str, str], ...] = ()
    """Edited files that stand as they are, each with the path of the render that could not be merged into it; the
    path is empty for an edited file that is no longer generated."""


def write(tree: FileTree, out: Path) -> WriteReport:
    """Bring `out` to what the tree says, with the edits that people made since the last time kept.

    A write that was interrupted is finished first.

    Args:
        tree: What is generated now.
        out: Folder of the workspace; made when missing.

    Raises:
        WriteError: If the place is not ours, another run writes there, or the disk refuses. Nothing has changed then,
            unless the hint says that a second run will finish the work.
    """
    for path in tree:
        _check_path(path)
    _refuse_foreign(out)
    is_new = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        with alone(out):
            return _report(_written(tree, out))
    except OSError as error:
        raise _refusal(out, error, is_new=is_new) from error
    finally:
        if is_new:
            with contextlib.suppress(OSError):
                out.rmdir()  # only when nothing was written


def _written(tree: FileTree, out: Path) -> list[Decision]:
    """Write, and return what was decided for each file."""
    heal(out)
    before = read_lock(out)
    decisions = list(decide(tree, out, before))
    steps = sorted((d.step for d in decisions if d.step is not None), key=lambda step: step.content is not None)
    _check_places(out, steps)
    after = _lock_of(decisions)
    if steps or after != before:
        store(out, {digest(tree.files[path]): tree.files[path] for path in tree})
        commit(out, steps, before, after, tree.executable)
    forget_unused(out, read_lock(out))
    return decisions


def _lock_of(decisions: list[Decision]) -> Lock:
    files = {d.path: d.base for d in decisions if d.base}
    pending = {d.path: d.pending for d in decisions if d.pending is not None}
    return Lock(files=files, pending=pending)


def _report(decisions: list[Decision]) -> WriteReport:
    by_fate: dict[Fate, list[str]] = {}
    for decision in decisions:
        by_fate.setdefault(decision.fate, []).append(decision.path)
    beside = {d.path: d.pending.file for d in decisions if d.pending is not None}
    conflicts = tuple((path, beside.get(path, "")) for path in by_fate.pop("conflict", ()))
    return WriteReport(conflicts=conflicts, **{fate: tuple(paths) for fate, paths in by_fate.items()})


def _refusal(out: Path, error: OSError, *, is_new: bool) -> WriteError:
    is_begun = (out / STAGE / JOURNAL).exists()
    if is_new and not is_begun:
        shutil.rmtree(out, ignore_errors=True)
    mend = (
        "mend it and generate again: the run will be finished"
        if is_begun
        else "free some space or choose another folder"
    )
    return WriteError(f"{error.filename or out}: cannot write: {error.strerror or error}", hint=mend)


def _refuse_foreign(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise WriteError(f"{out}: is a file", hint="name a folder")
    ours = {LOCK_FILE, STAGE, STORE}
    if out.is_dir() and any(out.iterdir()) and not any((out / name).exists() for name in ours):
        raise WriteError(f"{out}: is not empty and was not generated", hint="name a new or an empty folder")


def _check_path(path: str) -> None:
    parts = PurePosixPath(path).parts
    is_inside = parts and not PurePosixPath(path).is_absolute() and ".." not in parts and "\x00" not in path
    if not is_inside or parts[0] in (STAGE, STORE, LOCK_FILE):
        raise WriteError(f"{path!r}: leads out of the output folder")


def _check_places(out: Path, steps: list[Step]) -> None:
    """Refuse before anything changes when a link or a file stands where a folder is needed."""
    root = out.resolve()
    leaving = {step.path for step in steps if step.content is None}
    for step in steps:
        for folder in list(PurePosixPath(step.path).parents)[:-1]:
            place = out / folder
            if place.exists() and not place.is_dir() and str(folder) not in leaving:
                raise WriteError(f"{place}: is a file where a folder is needed", hint="move it away")
            if root not in place.resolve().parents:
                raise WriteError(f"{place}: leads out of the output folder", hint="replace the link by a folder")
        if (out / step.path).is_dir():
            raise WriteError(f"{out / step.path}: is a folder where a file is needed", hint="move it away")
