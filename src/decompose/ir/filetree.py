"""A tree of files in memory: what the generator hands back before anything touches the disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from decompose.ir.findings import Finding


@dataclass(frozen=True, slots=True)
class FileTree:
    """Files by POSIX path, relative to the output root; sorted when iterated."""

    files: Mapping[str, bytes]
    """Content by path."""
    executable: frozenset[str] = field(default_factory=frozenset)
    """Paths that get the executable bit."""
    findings: tuple[Finding, ...] = ()
    """What could not be turned into files as it should, each with its place."""

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.files))

    def __len__(self) -> int:
        return len(self.files)

    def text(self, path: str) -> str:
        """Return one file as UTF-8 text."""
        return self.files[path].decode()
