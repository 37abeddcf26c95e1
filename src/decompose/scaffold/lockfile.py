"""What the generator wrote last time: a digest for each file, and its text, from which edits are told."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from decompose.errors import RecordError, WriteError
from decompose.ir import codec
from decompose.ir.graph import Record

LOCK_FILE = "decompose.lock"
STORE = ".generated"
"""Folder of the texts, each named by its digest."""


class Pending(Record):
    """A render that could not be merged and waits beside the file that a person changed."""

    file: str
    """Path of the render; when a person removes it, the conflict counts as settled."""
    digest: str


class Lock(Record, omit_defaults=False, forbid_unknown_fields=True):
    """Content of `decompose.lock`."""

    files: dict[str, str] = msgspec.field(default_factory=dict)
    """Digest of the render that each file goes back to, by path; files that a person deleted are among them."""
    pending: dict[str, Pending] = msgspec.field(default_factory=dict)
    """Unsettled conflicts, by path of the file."""
    schema_version: int = 2


def read_lock(out: Path) -> Lock:
    """Return the lock of a workspace; an empty one when there is none.

    Raises:
        WriteError: If it cannot be read.
    """
    path = out / LOCK_FILE
    try:
        return codec.decode(path.read_bytes(), Lock, path=path)
    except FileNotFoundError:
        return Lock()
    except (OSError, RecordError) as error:
        raise WriteError(f"{path}: cannot be read: {error}", hint="generate into another folder") from error


def digest(content: bytes) -> str:
    """Return the name of a content, 32 hexadecimal digits."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def digest_of(path: Path) -> str:
    """Return the digest of a file; empty when there is none."""
    try:
        return digest(path.read_bytes())
    except FileNotFoundError:
        return ""


def stored(out: Path, name: str) -> bytes | None:
    """Return the text of a digest; `None` when the store does not have it, or has it damaged."""
    try:
        content = (out / STORE / name).read_bytes()
    except OSError:
        return None
    return content if digest(content) == name else None


def store(out: Path, contents: Mapping[str, bytes]) -> None:
    """Put texts into the store, by digest. They need no sync: a damaged one is told by its name."""
    (out / STORE).mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        if not (out / STORE / name).exists():
            (out / STORE / name).write_bytes(content)


def forget_unused(out: Path, lock: Lock) -> None:
    """Remove from the store what the lock does not name."""
    used = {*lock.files.values(), *(pending.digest for pending in lock.pending.values())}
    for path in sorted((out / STORE).iterdir()) if (out / STORE).is_dir() else ():
        if path.name not in used:
            path.unlink()
