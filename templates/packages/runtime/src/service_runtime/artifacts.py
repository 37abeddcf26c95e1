"""Versions of the files that services hand to each other: what there is, which one is current, who moved it there.

A *set* is a folder of artifacts that belong together (a model with its metadata); a *version* is all of its files.
Content stands under its SHA-256 in `objects/`. Everything that happens to a set is one entry of its log
(`sets/SET/log/00000007.json`), written once and never changed: a publication or a move is either whole or not there,
and of two that come at once the second one sees the first.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from service_runtime.blobs import Blobs, digest_of, object_key
from service_runtime.errors import ArtifactError

Files = Mapping[str, str]
"""Digest by path, relative to the working directory."""


@dataclass(frozen=True, slots=True)
class Version:
    """All files of a set at one moment."""

    number: int
    files: Files
    by: str = ""
    """Service that published it."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """What the log of a set says."""

    versions: tuple[Version, ...] = ()
    trail: tuple[int, ...] = ()
    """Versions that were current, the present one last; going back takes the last one off."""
    is_pinned: bool = False
    """Whether publications leave the current version alone."""
    length: int = 0
    """Entries of the log."""
    moves: tuple[int, ...] = ()
    """Version that was current after each entry."""
    known: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    """Path and digest of everything that was ever published."""

    @property
    def current(self) -> Version | None:
        """The version that readers get, `None` when nothing is published."""
        return self.versions[self.trail[-1] - 1] if self.trail else None

    def version(self, number: int) -> Version:
        """Return one version.

        Raises:
            ArtifactError: If there is none with this number.
        """
        if not 1 <= number <= len(self.versions):
            raise ArtifactError(f"there is no version {number}; the last one is {len(self.versions)}")
        return self.versions[number - 1]


class ArtifactStore:
    """The versions of all sets.

    Args:
        blobs: Where the bytes are.
    """

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._histories: dict[str, History] = {}
        self._lock = threading.Lock()

    def sets(self) -> list[str]:
        """Return the names of all sets, sorted."""
        return sorted(unquote(name) for name in self._blobs.names("sets"))

    def history(self, name: str) -> History:
        """Return what happened to a set until now; reads only what is new."""
        with self._lock:
            found = self._histories.get(name, History())
            while True:
                try:
                    line = json.loads(self._blobs.read(_log_key(name, found.length + 1)))
                except FileNotFoundError:
                    break
                found = _after(found, line)
            self._histories[name] = found
            return found

    def known_length(self, name: str) -> int:
        """Return how many entries of a log have been read, without looking for more."""
        return self._histories.get(name, History()).length

    def publish(self, name: str, files: Mapping[str, Path], *, kept: Files, by: str = "", note: str = "") -> Version:
        """Keep files as the next version; it becomes current unless the set is pinned.

        Args:
            name: The set.
            files: File of this machine by path.
            kept: Files that the store has already and that belong to this version as well.
            by: Service that publishes.
            note: Anything worth keeping.

        Returns:
            The new version, or the current one when it has just these files.
        """
        whole = dict(sorted({**kept, **self.keep(files)}.items()))
        current = self.history(name).current
        if current is not None and dict(current.files) == whole:
            return current
        line = {"kind": "publish", "files": whole, "by": by, "note": note}
        return self._append(name, lambda history: line).versions[-1]

    def promote(self, name: str, number: int) -> Version:
        """Make a version current.

        Raises:
            ArtifactError: If there is no such version.
        """
        return _current(self._append(name, lambda history: _move("promote", history.version(number))))

    def roll_back(self, name: str) -> Version:
        """Make the version current that was so before.

        Raises:
            ArtifactError: If there was none before.
        """

        def line(history: History) -> dict[str, Any]:
            if len(history.trail) < 2:  # noqa: PLR2004
                raise ArtifactError(f"`{name}` has no earlier version to go back to")
            return _move("rollback", history.version(history.trail[-2]))

        return _current(self._append(name, line))

    def pin(self, name: str, number: int) -> Version:
        """Make a version current and keep it so, whatever is published.

        Raises:
            ArtifactError: If there is no such version.
        """
        return _current(self._append(name, lambda history: _move("pin", history.version(number))))

    def unpin(self, name: str) -> Version:
        """Let the next publication become current again.

        Raises:
            ArtifactError: If nothing is published.
        """
        current = self.history(name).current
        if current is None:
            raise ArtifactError(f"`{name}` has no versions")
        return _current(self._append(name, lambda history: {"kind": "unpin"}))

    def fetch(self, digest: str, target: Path) -> None:
        """Write a file with this content.

        Raises:
            ArtifactError: If the store lost it, or holds something else under this digest.
        """
        try:
            self._blobs.download(object_key(digest), target)
        except FileNotFoundError as error:
            raise ArtifactError(f"the store has no content {digest}") from error
        if digest_of(target) != digest:
            target.unlink()
            raise ArtifactError(f"the store's content {digest} is damaged")

    def keep(self, files: Mapping[str, Path]) -> dict[str, str]:
        """Keep the content of files without publishing it, and return its digests."""
        return {path: self._blobs.keep(file) for path, file in files.items()}

    def check(self, names: Iterable[str], scratch: Path) -> list[str]:
        """Return what is wrong with the content of sets, one line a fault; reads everything once."""
        faults = []
        digests = {(n, p, d) for n in names for v in self.history(n).versions for p, d in v.files.items()}
        for name, path, digest in sorted(digests):
            try:
                self.fetch(digest, scratch)
            except ArtifactError as error:
                faults.append(f"{name}: {path}: {error}")
        scratch.unlink(missing_ok=True)
        return faults

    def _append(self, name: str, line: Callable[[History], dict[str, Any]]) -> History:
        """Add a line to the log of a set; when another process was quicker, look again."""
        while True:
            history = self.history(name)
            content = json.dumps(line(history), indent=1).encode()
            if self._blobs.create(_log_key(name, history.length + 1), content):
                return self.history(name)


def _after(history: History, line: dict[str, Any]) -> History:
    """Return the history with one more line of the log."""
    kind, trail, pinned, versions = line["kind"], history.trail, history.is_pinned, history.versions
    known = history.known
    if kind == "publish":
        version = Version(len(versions) + 1, line["files"], line.get("by", ""), line.get("note", ""))
        versions += (version,)
        known |= frozenset(version.files.items())
        trail = trail if pinned and trail else (*trail, version.number)
    elif kind == "rollback":
        trail = trail[:-1]
    elif kind in ("promote", "pin"):
        trail = (*trail, line["version"]) if trail[-1] != line["version"] else trail
        pinned = pinned or kind == "pin"
    elif kind == "unpin":
        pinned = False
    return History(versions, trail, pinned, history.length + 1, (*history.moves, trail[-1]), known)


def _move(kind: str, version: Version) -> dict[str, Any]:
    return {"kind": kind, "version": version.number}


def _current(history: History) -> Version:
    return history.versions[history.trail[-1] - 1]


def _log_key(name: str, number: int) -> str:
    return f"sets/{quote(name, safe='').replace('.', '%2E')}/log/{number:08d}.json"
