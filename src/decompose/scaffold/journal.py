"""Many files changed as one: staged beside their targets, then moved by a journal that an interrupted run is finished by."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from decompose.errors import RecordError, WriteError
from decompose.ir import codec
from decompose.ir.graph import Record
from decompose.scaffold.lockfile import LOCK_FILE, Lock, digest_of
from decompose.scaffold.regenerate import Step

STAGE = ".generating"
"""Folder of what is on its way; there only while a generation runs, or after it was interrupted."""
JOURNAL = "journal.json"


class Move(Record):
    """One step, its content in the stage under its number."""

    path: str
    before: str
    is_removal: bool = False


class Journal(Record):
    """What an interrupted run is finished by."""

    moves: tuple[Move, ...]
    before: Lock
    after: Lock


@contextlib.contextmanager
def alone(out: Path) -> Iterator[None]:
    """Keep other writers out of a workspace for as long as the block lasts, however this process ends.

    Raises:
        WriteError: If another one is at work.
    """
    if sys.platform == "win32":  # has no locks of this kind
        yield
        return
    handle = os.open(out, os.O_RDONLY)
    try:
        _lock(handle, out)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, out: Path) -> None:
    import fcntl  # noqa: PLC0415  (absent on Windows)

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        hint = "run this again when it is done"
        raise WriteError(f"{out}: another `decompose generate` writes here at this moment", hint=hint) from error
    except OSError:
        return  # a file system without locks: writers are not kept apart there


def commit(out: Path, steps: Sequence[Step], before: Lock, after: Lock, executable: frozenset[str]) -> None:
    """Take all steps and replace the lock.

    Until the journal stands, nothing has changed and the stage is rubbish; from then on every step will be taken,
    by this run or by the next one.
    """
    stage = out / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    try:
        for number, step in enumerate(steps):
            if step.content is not None:
                _write_staged(
                    stage / str(number), step.content, _mode(out / step.path, is_executable=step.path in executable)
                )
        moves = tuple(Move(path=s.path, before=s.before, is_removal=s.content is None) for s in steps)
        codec.write_atomic(stage / JOURNAL, codec.encode(Journal(moves=moves, before=before, after=after)))
        _sync_folder(stage)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    heal(out)


def heal(out: Path) -> bool:
    """Finish what an interrupted run began; return whether there was something to finish.

    Raises:
        WriteError: If the journal cannot be read.
    """
    stage = out / STAGE
    if not (stage / JOURNAL).exists():
        shutil.rmtree(stage, ignore_errors=True)
        return False
    try:
        journal = codec.decode((stage / JOURNAL).read_bytes(), Journal, path=stage / JOURNAL)
    except RecordError as error:
        raise WriteError(str(error), hint=f"remove {stage} and generate again") from error
    passed_over = [move.path for number, move in enumerate(journal.moves) if not _take(out, stage / str(number), move)]
    (stage / LOCK_FILE).unlink(missing_ok=True)
    _write_staged(stage / LOCK_FILE, codec.encode(_without(journal, passed_over)), None)
    (stage / LOCK_FILE).replace(out / LOCK_FILE)
    for folder in sorted({(out / move.path).parent for move in journal.moves}):
        _sync_folder(folder)
    (stage / JOURNAL).unlink()
    shutil.rmtree(stage)
    return True


def _take(out: Path, staged: Path, move: Move) -> bool:
    """Take one step unless it was taken; return whether the target is as the step leaves it.

    A person may have edited the target between the interrupted run and this one: then it stays as it is.
    """
    target = out / move.path
    held = digest_of(target)
    if move.is_removal:
        if held and held != move.before:
            return False
        target.unlink(missing_ok=True)
        _remove_empty_folders(out, target.parent)
        return True
    if not staged.exists():
        return True
    if held != move.before:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(target)
    return True


def _without(journal: Journal, passed_over: Iterable[str]) -> Lock:
    """Return the new lock, with the old entry for each file that was passed over."""
    files, pending = dict(journal.after.files), dict(journal.after.pending)
    for path in passed_over:
        files.pop(path, None)
        pending = {name: entry for name, entry in pending.items() if entry.file != path}
        if path in journal.before.files:
            files[path] = journal.before.files[path]
    return Lock(files=files, pending=pending)


def _write_staged(path: Path, content: bytes, mode: int | None) -> None:
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    if mode is not None:
        path.chmod(mode)


def _mode(target: Path, *, is_executable: bool) -> int | None:
    if target.is_file():
        return target.stat().st_mode & 0o777
    return 0o755 if is_executable else None


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # a removed folder, or a system that cannot open one
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove_empty_folders(out: Path, folder: Path) -> None:
    while folder != out:
        with contextlib.suppress(OSError):
            if [entry.name for entry in folder.iterdir()] == ["__pycache__"]:
                shutil.rmtree(folder / "__pycache__", ignore_errors=True)
            folder.rmdir()
        if folder.exists():
            return
        folder = folder.parent
