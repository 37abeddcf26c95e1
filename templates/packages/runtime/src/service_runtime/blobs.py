"""Where the artifact store keeps its bytes: a local folder, or any place that fsspec reaches (`s3://`, `gs://` …)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Any, Protocol

_CHUNK = 1 << 20


class Blobs(Protocol):
    """Bytes by key; keys are relative POSIX paths."""

    def read(self, key: str) -> bytes:
        """Return the content.

        Raises:
            FileNotFoundError: If there is none.
        """

    def create(self, key: str, content: bytes) -> bool:
        """Write something new at once; return `False`, and write nothing, when the key is taken."""

    def keep(self, file: Path) -> str:
        """Keep the content of a file under its SHA-256 and return that; what is kept is what was digested."""

    def download(self, key: str, target: Path) -> None:
        """Write the content to a file of this machine.

        Raises:
            FileNotFoundError: If there is none.
        """

    def names(self, folder: str) -> list[str]:
        """Return the names right below a key, sorted; none when there is nothing."""


class LocalBlobs:
    """A folder; every write is whole or not there, also after a crash.

    Args:
        root: The folder, made when something is written.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    def read(self, key: str) -> bytes:
        """Return the content."""
        return (self._root / key).read_bytes()

    def create(self, key: str, content: bytes) -> bool:
        """Write something new at once: a second name for a finished file is given, or refused, in one step."""
        target = self._root / key
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = draft_of(target)
        try:
            with draft.open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.link(draft, target)
        except FileExistsError:
            return False
        finally:
            draft.unlink(missing_ok=True)
        return True

    def keep(self, file: Path) -> str:
        """Keep the content of a file."""
        self._root.mkdir(parents=True, exist_ok=True)
        draft = draft_of(self._root / "object")
        try:
            digest = _copy(file, draft)
            target = self._root / object_key(digest)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        return digest

    def download(self, key: str, target: Path) -> None:
        """Copy the content to a file."""
        shutil.copyfile(self._root / key, target)

    def names(self, folder: str) -> list[str]:
        """Return the names right below a key."""
        try:
            found = os.listdir(self._root / folder)
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(name for name in found if not name.startswith("."))


class RemoteBlobs:
    """Any other place, through fsspec. `create` is exclusive where the place knows conditional writes (S3, GCS).

    Args:
        url: With protocol; fsspec's own settings (`FSSPEC_S3_ENDPOINT_URL` …) say how to reach it.
    """

    def __init__(self, url: str) -> None:
        import fsspec  # noqa: PLC0415  (only for places that are no local folder)

        self._system: Any
        self._system, self._root = fsspec.core.url_to_fs(url.rstrip("/"), use_listings_cache=False)

    def read(self, key: str) -> bytes:
        """Return the content."""
        return bytes(self._system.cat_file(self._path(key)))

    def create(self, key: str, content: bytes) -> bool:
        """Write something new."""
        self._make_parent(key)
        try:
            self._system.pipe_file(self._path(key), content, mode="create")
        except FileExistsError:
            return False
        return True

    def keep(self, file: Path) -> str:
        """Keep the content of a file."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "object"
            digest = _copy(file, copy)
            key = object_key(digest)
            if not self._system.exists(self._path(key)):
                self._make_parent(key)
                self._system.put_file(str(copy), self._path(key))
        return digest

    def download(self, key: str, target: Path) -> None:
        """Write the content to a file."""
        self._system.get_file(self._path(key), str(target))

    def names(self, folder: str) -> list[str]:
        """Return the names right below a key."""
        self._system.invalidate_cache()
        try:
            found = self._system.ls(self._path(folder), detail=False)
        except FileNotFoundError:
            return []
        return sorted(str(path).rstrip("/").rpartition("/")[2] for path in found)

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}"

    def _make_parent(self, key: str) -> None:
        with contextlib.suppress(OSError):  # places without folders, or without the right to make a bucket
            self._system.makedirs(self._path(key).rpartition("/")[0], exist_ok=True)


def draft_of(target: Path) -> Path:
    """Return a free hidden name beside a file, for what is not whole yet."""
    return target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}")


def object_key(digest: str) -> str:
    """Return where content stands."""
    return f"objects/{digest[:2]}/{digest}"


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file's content, hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _copy(source: Path, target: Path) -> str:
    """Copy a file, see to it that it is on the disk, and return the digest of what was copied."""
    found = hashlib.sha256()
    with source.open("rb") as reader, target.open("xb") as writer:
        while chunk := reader.read(_CHUNK):
            found.update(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    return found.hexdigest()
