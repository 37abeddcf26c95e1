"""Files that a service hands to others: published once they are written, put in place before they are read.

The code goes on opening its own relative paths. What it wrote is published when a call or a run is over; what others
published is put in place before a call or a run begins. A file that the store has never seen is a person's, or a
writer's that is not done yet: it is never overwritten.
"""

from __future__ import annotations

import fnmatch
import json
import logging
import os
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from service_runtime.artifacts import ArtifactStore, History, Version
from service_runtime.blobs import digest_of, draft_of

STATE_FOLDER = ".services"
"""Where the services keep their own files below a working directory."""

HEADER = "x-artifacts"
"""How far the sender of a message has read the logs of the store."""

log = logging.getLogger("service.artifacts")


@dataclass(frozen=True, slots=True)
class Artifact:
    """Files that a service shares with others by writing or reading them."""

    folder: str
    """The set that they belong to."""
    pattern: str
    """Path relative to the working directory, `*` for parts that vary (`models/*.pt`)."""
    is_written: bool = False
    """Whether it writes them; otherwise it only reads."""
    is_kept: bool = False
    """Whether, of services that share a working directory, this one puts the current version of the set in place."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A change of the working directory that is ready to be made."""

    folder: str
    version: Version
    drafts: tuple[tuple[Path, Path], ...]
    """Complete files, with the places where they go."""
    gone: tuple[Path, ...]
    """Files that the version does not have."""


class Handover:
    """Keeps one working directory and the store together.

    Args:
        store: The versions.
        artifacts: What the service writes and reads.
        root: Working directory of the service.
        service: Name under which it publishes.
        is_shared: Whether other services work in the same directory. What is found there may then be what another one
            put in place.
        base: The shared directory, where `root` is a view of it in which files that others write are copies.
    """

    def __init__(
        self,
        store: ArtifactStore,
        artifacts: tuple[Artifact, ...],
        root: Path,
        service: str,
        *,
        is_shared: bool = False,
        base: Path | None = None,
    ) -> None:
        self.store = store
        self.root = root.absolute()
        self._service = service
        self.is_shared = is_shared
        self._base = base
        self._by_folder: dict[str, list[Artifact]] = {}
        for artifact in artifacts:
            self._by_folder.setdefault(artifact.folder, []).append(artifact)
        self._applied: dict[str, Version] = {}
        self._digests: dict[Path, tuple[tuple[int, ...], str]] = {}
        self._seen: dict[str, tuple[tuple[str, tuple[int, ...]], ...]] = {}
        self._read: dict[str, int] = {}
        """How far the log of a set was read when its files were last looked at."""
        self._incoming = self.root / STATE_FOLDER / "incoming" / service
        self._lock = threading.RLock()
        shutil.rmtree(self._incoming, ignore_errors=True)

    @property
    def served(self) -> dict[str, int]:
        """Version in place, by set."""
        return {name: version.number for name, version in sorted(self._applied.items())}

    def publish(self) -> list[str]:
        """Publish what has been written since the last time, and return the sets that have a new version.

        A set of which a file is still open for writing in this process is left for the next time.
        """
        with self._lock:
            return [name for name in self._by_folder if self._publish(name)]

    def has_changed(self) -> bool:
        """Return whether a file that this service writes looks other than when it was last published; reads none."""
        return any(self._signatures(name) != self._seen.get(name, ()) for name in self._by_folder)

    def missing(self, *, is_alone: bool = False) -> dict[str, Version]:
        """Return the versions that are current in the store and that this service has yet to put in place, by set.

        Args:
            is_alone: Whether to see to sets as well that another service of the same directory sees to.
        """
        found = {}
        for name in self._by_folder:
            if not (is_alone or self._sees_to(name)):
                continue
            current = self.store.history(name).current
            if current is not None and current != self._applied.get(name):
                found[name] = current
        return found

    def stage(self, versions: Mapping[str, Version]) -> list[Staged]:
        """Bring versions near, without touching any file that the code reads."""
        with self._lock:
            return [self._stage(name, version) for name, version in versions.items()]

    def apply(self, changes: Iterable[Staged]) -> dict[str, Version]:
        """Make staged changes, one rename a file, and return the versions that were in place before."""
        before = {}
        with self._lock:
            for change in changes:
                for draft, target in change.drafts:
                    draft.replace(target)
                for path in change.gone:
                    path.unlink(missing_ok=True)
                if change.folder in self._applied:
                    before[change.folder] = self._applied[change.folder]
                self._applied[change.folder] = change.version
                if not self._has_unpublished(change.folder):
                    self._seen[change.folder] = self._signatures(change.folder)
                self._read[change.folder] = self.store.known_length(change.folder)
                log.info("`%s` is at version %d", change.folder, change.version.number)
        return before

    def pull(self, *, is_alone: bool = False) -> None:
        """Put in place what is current; `is_alone` as in `missing`."""
        self.apply(self.stage(self.missing(is_alone=is_alone)))

    def is_news(self, before: Version | None, after: Version) -> bool:
        """Return whether two versions of a set differ in files that this service shares."""
        old = before.files if before is not None else {}
        differing = {path for path, _ in old.items() ^ after.files.items()}
        return any(fits(path, a.pattern) for path in differing for group in self._by_folder.values() for a in group)

    def lengths(self) -> str:
        """Return how far this process has read each log, for others to compare."""
        return json.dumps({name: self.store.known_length(name) for name in self._by_folder})

    def is_behind(self, lengths: str) -> bool:
        """Return whether a caller, or the service called, has seen more of the store than this process."""
        theirs = json.loads(lengths or "{}")
        return any(self.store.known_length(name) < theirs.get(name, 0) for name in self._by_folder)

    def _has_unpublished(self, name: str) -> bool:
        """Return whether a file that this service writes has content that no version has."""
        known = self.store.history(name).known
        return any((path, self._digest(self.root / path)) not in known for path, _ in self._signatures(name))

    def _sees_to(self, name: str) -> bool:
        """Return whether it is this service that puts the files of a set in place."""
        artifacts = self._by_folder[name]
        has_copies = self._base is not None and not any(artifact.is_written for artifact in artifacts)
        return not self.is_shared or has_copies or any(artifact.is_kept for artifact in artifacts)

    def _publish(self, name: str) -> bool:
        signatures = self._signatures(name)
        if not signatures or self._seen.get(name) == signatures or _open_for_writing(self._written(name)):
            return False
        history = self.store.history(name)
        before, placed = history.current, self._applied.get(name)
        kept = self._others(name, before)
        digests = {path: self._digest(self.root / path) for path, _ in signatures}
        old = {path: digest for path, digest in digests.items() if digest and (path, digest) in history.known}
        new = {path: self.root / path for path in digests if path not in old}
        self._seen[name] = signatures
        since, self._read[name] = self._read.get(name, 0), history.length
        if self.is_shared and not new and self._is_put(history, since, {**kept, **old}):
            return False
        version = self.store.publish(name, new, kept={**kept, **old}, by=self._service)
        if self.store.history(name).current == version and kept == self._others(name, placed):
            self._applied[name] = version
        else:
            self._applied.pop(name, None)  # something else is current, or files of others are not in place yet
        return before is None or version.number > before.number

    def _others(self, name: str, version: Version | None) -> dict[str, str]:
        """Return the files of a version that this service does not write."""
        return {p: d for p, d in (version.files if version else {}).items() if not self._is_mine(name, p)}

    def _is_put(self, history: History, since: int, files: Mapping[str, str]) -> bool:
        """Return whether files that the store knows are here because another service followed a move, not rewritten.

        They are when their version is current, or was so since this service last looked.
        """
        current = history.trail[-1:]
        return any(dict(history.version(number).files) == files for number in {*history.moves[since:], *current})

    def _stage(self, name: str, version: Version) -> Staged:
        known = self.store.history(name).known
        drafts, wanted = [], {p: d for p, d in version.files.items() if self._concerns(name, p)}
        for path, digest in wanted.items():
            target = self._inside(path)
            present = self._digest(target)
            if present == digest:
                continue
            if present is not None and (path, present) not in known:
                log.warning("`%s` has content that no version has: left as it is", path)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            self._incoming.mkdir(parents=True, exist_ok=True)
            draft = draft_of(self._incoming / target.name)
            self.store.fetch(digest, draft)
            drafts.append((draft, target))
        here = {path for artifact in self._by_folder[name] for path in matches(self.root, artifact.pattern)}
        gone = [self.root / p for p in sorted(here - wanted.keys()) if (p, self._digest(self.root / p)) in known]
        return Staged(name, version, tuple(drafts), tuple(gone))

    def _signatures(self, name: str) -> tuple[tuple[str, tuple[int, ...]], ...]:
        found = {}
        for artifact in self._by_folder[name]:
            if artifact.is_written:
                for path in matches(self.root, artifact.pattern):
                    found[path] = _signature(self.root / path)
        return tuple((path, signature) for path, signature in sorted(found.items()) if signature is not None)

    def _written(self, name: str) -> list[str]:
        return [str(self.root / artifact.pattern) for artifact in self._by_folder[name] if artifact.is_written]

    def _is_mine(self, name: str, path: str) -> bool:
        return any(a.is_written and fits(path, a.pattern) for a in self._by_folder[name])

    def _concerns(self, name: str, path: str) -> bool:
        return any(fits(path, artifact.pattern) for artifact in self._by_folder[name])

    def _inside(self, path: str) -> Path:
        target = self.root / path
        places = [place.resolve() for place in (self.root, self._base) if place is not None]
        if not any(target.resolve().is_relative_to(place) for place in places):
            raise PermissionError(f"`{path}` leads out of the working directory")
        return target

    def _digest(self, path: Path) -> str | None:
        """Return the digest of a file, read again only when it has changed; `None` when there is none."""
        signature = _signature(path)
        if signature is None:
            return None
        remembered = self._digests.get(path)
        if remembered is None or remembered[0] != signature:
            remembered = self._digests[path] = (signature, digest_of(path))
        return remembered[1]


def matches(root: Path, pattern: str) -> Iterator[str]:
    """Yield the files that a pattern names now, all of a folder that it names; hidden ones only by their own name."""
    is_exact = "*" not in pattern
    for found in (root / pattern,) if is_exact else root.glob(pattern):
        for path in found.rglob("*") if found.is_dir() else (found,):
            is_named = is_exact and path == found
            if path.is_file() and (is_named or not path.name.startswith(".")):
                yield path.relative_to(root).as_posix()


def _signature(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def fits(path: str, pattern: str) -> bool:
    """Return whether a path is, or lies in, one that a pattern names; `*` stays within one folder."""
    parts, wanted = path.split("/"), pattern.split("/")
    return len(parts) >= len(wanted) and all(map(fnmatch.fnmatchcase, parts, wanted))


def _open_for_writing(patterns: list[str]) -> bool:
    """Return whether this process is still writing one of the files (seen on Linux only)."""
    try:
        numbers = os.listdir("/proc/self/fd")
    except OSError:
        return False
    for number in numbers:
        try:
            target = os.readlink(f"/proc/self/fd/{number}")
            if any(fits(target, pattern) for pattern in patterns) and _is_writing(number):
                return True
        except OSError:
            continue
    return False


def _is_writing(number: str) -> bool:
    text = Path(f"/proc/self/fdinfo/{number}").read_text()
    flags = next(int(line.split()[1], 8) for line in text.splitlines() if line.startswith("flags:"))
    return bool(flags & (os.O_WRONLY | os.O_RDWR))


active: list[Handover] = []
"""The hand-over of this process, if it has one."""


_heard: dict[str, int] = {}
"""How far logs are known to go, of whatever set: what a callee published must reach those that are called after it."""


def hear(lengths: str) -> None:
    """Remember what another process says of the logs."""
    for name, length in json.loads(lengths or "{}").items():
        _heard[name] = max(_heard.get(name, 0), int(length))


def told() -> str:
    """Return how far logs are known to go, for a message; empty when nothing is known."""
    for handover in active:
        hear(handover.lengths())
    return json.dumps(_heard) if _heard else ""


def before_call() -> dict[str, str]:
    """Publish what this process wrote, so that the service about to be called finds it; return headers for the call."""
    for handover in active:
        if handover.has_changed():
            handover.publish()
    known = told()
    return {HEADER: known} if known else {}


def after_call(lengths: str) -> None:
    """Put in place what the service called has published or heard of."""
    hear(lengths)
    for handover in active:
        if handover.is_behind(lengths):
            handover.pull()
