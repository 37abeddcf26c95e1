"""What becomes of each file of a workspace that is generated again: nothing that a person wrote is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from decompose.ir.filetree import FileTree
from decompose.scaffold.lockfile import Lock, Pending, digest, stored
from decompose.scaffold.merge import merge, parses

Fate = Literal["written", "merged", "unchanged", "kept", "deleted", "removed", "conflict"]
"""`kept`: edited, and the generator has nothing new. `deleted`: by a person, and stays so. `removed`: not generated
any more. `conflict`: both sides changed it, and the person's file stands."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change on the disk."""

    path: str
    before: str
    """Digest of what stands there now, empty for nothing; the step is not taken when that has changed meanwhile."""
    content: bytes | None
    """What is to stand there; `None` to remove the file."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one file."""

    path: str
    fate: Fate
    base: str = ""
    """Digest that the lock will hold; empty when the file is not the generator's any more."""
    step: Step | None = None
    pending: Pending | None = None


def decide(tree: FileTree, out: Path, lock: Lock) -> Iterator[Decision]:
    """Yield the fate of every file that is generated now or was last time, by path."""
    for path in sorted({*tree.files, *lock.files}):
        now = _content(out / path)
        if path not in tree.files:
            yield _gone(path, now, lock)
        elif path in lock.pending and _content(out / lock.pending[path].file) is not None:
            yield _still_waiting(path, tree.files[path], out, lock, now)
        else:
            settled = lock.pending.get(path)
            base = settled.digest if settled is not None else lock.files.get(path, "")
            yield _renewed(path, tree.files[path], out, base, now)


def _renewed(path: str, new: bytes, out: Path, base: str, now: bytes | None) -> Decision:
    wanted = digest(new)
    if now is None:
        return Decision(path, "deleted", wanted) if base else Decision(path, "written", wanted, Step(path, "", new))
    held = digest(now)
    if held == wanted:
        return Decision(path, "unchanged", wanted)
    if held == base:
        return Decision(path, "written", wanted, Step(path, held, new))
    if wanted == base:
        return Decision(path, "kept", wanted)
    merged = _merged(path, stored(out, base) if base else None, now, new)
    if merged is None:
        return _conflict(path, new, out, base)
    if merged == now:
        return Decision(path, "kept", wanted)
    return Decision(path, "merged", wanted, Step(path, held, merged))


def _merged(path: str, base: bytes | None, mine: bytes, theirs: bytes) -> bytes | None:
    found = merge(base, mine, theirs) if base is not None else None
    is_broken = found is not None and path.endswith(".py") and parses(mine) and not parses(found)
    return None if is_broken else found


def _conflict(path: str, new: bytes, out: Path, base: str) -> Decision:
    beside = next(p for p in _side_names(path) if _content(out / p) is None)
    return Decision(path, "conflict", base, Step(beside, "", new), Pending(file=beside, digest=digest(new)))


def _still_waiting(path: str, new: bytes, out: Path, lock: Lock, now: bytes | None) -> Decision:
    """Keep the file; bring the render beside it up to date, unless a person has changed that one too."""
    pending, base = lock.pending[path], lock.files.get(path, "")
    if now is None or now == new:
        return Decision(path, "unchanged" if now == new else "deleted", digest(new), _removal(out, pending))
    if _content(out / pending.file) == new or digest(_content(out / pending.file) or b"") != pending.digest:
        return Decision(path, "conflict", base, None, pending)
    renewed = Pending(file=pending.file, digest=digest(new))
    return Decision(path, "conflict", base, Step(pending.file, pending.digest, new), renewed)


def _removal(out: Path, pending: Pending) -> Step | None:
    """Return the step that clears a render that nobody waits for, if it still is as it was written."""
    is_ours = digest(_content(out / pending.file) or b"") == pending.digest
    return Step(pending.file, pending.digest, None) if is_ours else None


def _gone(path: str, now: bytes | None, lock: Lock) -> Decision:
    """Remove what is generated no more; what a person changed becomes their own file."""
    base = lock.files[path]
    if now is None:
        return Decision(path, "removed")
    if digest(now) == base:
        return Decision(path, "removed", "", Step(path, base, None))
    return Decision(path, "conflict")


def _side_names(path: str) -> Iterator[str]:
    yield f"{path}.new"
    number = 2
    while True:
        yield f"{path}.new{number}"
        number += 1


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
