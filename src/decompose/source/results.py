"""Finished results by what they were made from: one file a kind, worth nothing once the sources or this program change."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

import msgspec

from decompose.source.discover import discover


def fingerprint(root: Path, extra: Iterable[Path] = ()) -> str:
    """Return the digest of all that analysing a tree reads, and of the program that analyses it.

    Args:
        root: Folder, or a single source file.
        extra: Further files that the analysis reads, wherever they stand.

    Raises:
        SourceError: If there is no such path, or nothing in it to analyse.
    """
    found = discover(root)
    base = root if root.is_dir() else root.parent
    total = blake2b(_program().encode(), digest_size=16)
    total.update(str(root.resolve()).encode())
    for path in (
        *(base / name for name in (*found.sources, *found.configs, *found.requirements, *found.locks)),
        *extra,
    ):
        with contextlib.suppress(OSError):
            total.update(f"{path}\0".encode() + blake2b(path.read_bytes(), digest_size=16).digest())
    return total.hexdigest()


def recall(folder: Path, kind: str, key: str) -> bytes | None:
    """Return the result of a kind that was kept under this key, or `None`."""
    try:
        kept_key, content = msgspec.msgpack.decode((folder / f"{kind}.result").read_bytes(), type=tuple[str, bytes])
    except (OSError, msgspec.MsgspecError):
        return None
    return content if kept_key == key else None


def keep(folder: Path, kind: str, key: str, content: bytes) -> None:
    """Remember a result in place of the last one of its kind; a folder that cannot be written keeps nothing."""
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{kind}.result").write_bytes(msgspec.msgpack.encode((key, content)))


def _program() -> str:
    """Return what tells this state of the package from others: sizes and times of its files."""
    package = Path(__file__).resolve().parents[1]
    states = []
    for part in ("graph", "ir", "knowledge", "source"):
        for folder, _, names in os.walk(package / part):
            for name in names:
                if name.endswith((".py", ".toml")):
                    status = os.stat(os.path.join(folder, name))  # noqa: PTH116, PTH118  (hundreds of files, on every run)
                    states.append(f"{name}:{status.st_size}:{status.st_mtime_ns}")
    return "\n".join(sorted(states))
