"""Which lock file of the monolith holds for a process, and what follows for its requirements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from decompose.ir.findings import Finding, Span
from decompose.ir.graph import LockFile
from decompose.knowledge.distributions import candidates, name_of

SERVER = {"pydantic": Version("1.10"), "starlette": Version("0.13.6"), "uvicorn": Version("0.15")}
"""What the generated server needs at least (`packages/runtime/pyproject.toml`)."""
_OLDEST_PYTHON = 11
"""The generated code runs on Python 3.11 and later."""


@dataclass(frozen=True, slots=True)
class Pins:
    """The versions that the monolith's lock files give one process; empty without lock files."""

    path: str = ""
    """The lock file that holds for most of its modules."""
    python: str = ""
    """Versions of Python that it was made for; empty when it says nothing, or the services run on one of them."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Specifier by distribution, from that file."""
    brings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What a distribution needs on every machine, from that file."""
    others: Mapping[str, str] = field(default_factory=dict)
    """Up to which version comes what only other lock files have: the parts that they are of are installed apart."""


NO_PINS = Pins()


def pins_of(paths: Iterable[str], imported: Sequence[str], locks: Sequence[LockFile]) -> Pins:
    """Return the versions that hold for a process.

    A lock file holds for the modules below its folder, unless one is nearer. Of several, the one with most modules counts;
    where none stands above a module, the one that has most of what the process imports.

    Args:
        paths: Its modules, POSIX paths relative to the analysed root.
        imported: Names that it imports of others.
        locks: Lock files of the monolith, sorted by path.
    """
    above = Counter(lock.path for path in paths for lock in _nearest(path, locks))
    known = {lock.path: sum(any(c in lock.pins for c in candidates(name)) for name in imported) for lock in locks}
    weights = above or Counter({path: count for path, count in known.items() if count})
    order = sorted(locks, key=lambda lock: (-weights[lock.path], len(lock.pins), lock.path))
    if not order or not weights:
        return NO_PINS
    first, *rest = order
    others: dict[str, str] = {}
    for lock in rest:
        for name, pin in lock.pins.items():
            if name not in first.pins and not _is_too_old(name, pin):
                others.setdefault(name, f"<={pin.rpartition('=')[2]}")
    versions = {name: pin for name, pin in first.pins.items() if not _is_too_old(name, pin)}
    return Pins(first.path, "" if _admits(first.python) else first.python, versions, first.brings, others)


def pinned(line: str, name: str, pins: Pins) -> str:
    """Return a requirement line at the version of the lock file; as it is when that has none.

    Args:
        line: The line, stated by the monolith or made from the import name.
        name: What is imported, dotted.
        pins: What holds for the process.
    """
    try:
        stated = Requirement(line)
    except InvalidRequirement:
        return line
    names = (name_of(line), *candidates(name))
    found = next((known for known in names if known in pins.versions), "")
    if stated.url or not found:
        return line
    extras = f"[{','.join(sorted(stated.extras))}]" if stated.extras else ""
    marker = f"; {stated.marker}" if stated.marker else ""
    return f"{stated.name if found == names[0] else found}{extras}{pins.versions[found]}{marker}"


def brought(lines: Iterable[str], pins: Pins) -> tuple[str, ...]:
    """Return what requirement lines bring along on every machine, at the versions of the lock file, sorted."""
    asked = {name_of(line) for line in lines}
    waiting, seen = sorted(asked), set(asked)
    while waiting:
        new = {name for name in pins.brings.get(waiting.pop(), ()) if name in pins.versions} - seen
        seen |= new
        waiting += sorted(new)
    return tuple(f"{name}{pins.versions[name]}" for name in sorted(seen - asked))


def python_finding(pins: Pins) -> Finding:
    """Return the finding (DC505) for a lock file that was made for a Python on which no service runs."""
    return Finding(
        code="DC505",
        level="warning",
        span=Span(pins.path),
        message=f"made for Python `{pins.python}`; the services run on 3.{_OLDEST_PYTHON} or later, where a "
        "version that it pins may not install",
        hint="lock the monolith for a later Python, and generate again",
    )


def _nearest(path: str, locks: Iterable[LockFile]) -> list[LockFile]:
    """Return the lock files of the nearest folder above a module that has any."""
    folders = {lock.path: lock.path.rpartition("/")[0] for lock in locks}
    above = [lock for lock in locks if not folders[lock.path] or path.startswith(folders[lock.path] + "/")]
    depth = max((len(folders[lock.path]) for lock in above), default=0)
    return [lock for lock in above if len(folders[lock.path]) == depth]


def _is_too_old(name: str, pin: str) -> bool:
    """Return whether a lock file pins what the generated server needs in a later version."""
    return name in SERVER and Version(pin.rpartition("=")[2]) < SERVER[name]


def _admits(python: str) -> bool:
    """Return whether a range of Python versions has one on which the services run."""
    try:
        wanted = SpecifierSet(python)
    except InvalidSpecifier:
        return True
    return any(f"3.{minor}.{patch}" in wanted for minor in range(_OLDEST_PYTHON, 30) for patch in (0, 9, 20))
