"""Which lock file of the monolith holds for a process, and what follows for its requirements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import Version

from decompose.ir.findings import Finding, Span
from decompose.ir.graph import LockFile
from decompose.knowledge.distributions import candidates, line_of, name_of

MOST_NAMED = 8
NO_LINES: Mapping[str, str] = MappingProxyType({})
SERVER = {"pydantic": Version("1.10"), "starlette": Version("0.13.6"), "uvicorn": Version("0.15")}
"""What the generated server needs at least (`packages/runtime/pyproject.toml`)."""


@dataclass(frozen=True, slots=True)
class Pins:
    """The versions that the monolith's lock files give one process; empty without lock files."""

    path: str = ""
    """The lock file that holds for most of its modules."""
    unfit: tuple[str, ...] = ()
    """Distributions whose version there has no wheel for a Python on which services run."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Specifier by distribution, for what the process imports itself: from that file."""
    brings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What a distribution needs on every machine; empty where the versions of that file need not go together."""
    bounds: Mapping[str, str] = field(default_factory=dict)
    """Specifier by distribution, for all that comes along."""


NO_PINS = Pins()


def pins_of(
    paths: Iterable[str], imported: Sequence[str], locks: Sequence[LockFile], stated: Mapping[str, str] = NO_LINES
) -> Pins:
    """Return the versions that hold for a process.

    A lock file holds for the modules below its folder, unless one is nearer. Of several, the one with most modules counts;
    where none stands above a module, the one that has most of what the process imports. What comes along has its version,
    too, unless the process imports what only other files have or bound: their parts are installed apart, so nothing comes
    in a later version than one has.

    Args:
        paths: Its modules, POSIX paths relative to the analysed root.
        imported: Names that it imports of others.
        locks: Lock files of the monolith, sorted by path.
        stated: Requirement lines of the monolith by distribution.
    """
    above = Counter(lock.path for path in paths for lock in _nearest(path, locks))
    known = {lock.path: sum(_has(name, lock) for name in imported) for lock in locks}
    weights = above or Counter({path: count for path, count in known.items() if count})
    order = sorted(locks, key=lambda lock: (-weights[lock.path], len(lock.pins), lock.path))
    if not order or not weights:
        return NO_PINS
    first, *rest = order
    missing = [name for name in imported if not _has(name, first)]
    is_alone = not any(_is_bounded(line_of(name, stated)) or any(_has(name, lock) for lock in rest) for name in missing)
    bounds = {name: pin if is_alone else _end(pin) for name, pin in first.pins.items()}
    for lock in rest:
        bounds = {name: _end(pin) for name, pin in lock.pins.items()} | bounds
    bounds = {name: bound for name, bound in bounds.items() if bound}
    return Pins(
        path=first.path,
        unfit=first.unfit,
        versions={name: pin for name, pin in first.pins.items() if not _is_too_old(name, pin)},
        brings=first.brings if is_alone else {},
        bounds={name: bound for name, bound in bounds.items() if not _is_too_old(name, bound)},
    )


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


def unfit_finding(pins: Pins) -> Finding:
    """Return the finding (DC505) for pinned versions that have no wheel for a Python on which services run."""
    listed = ", ".join(f"`{name}`" for name in pins.unfit[:MOST_NAMED])
    more = f" and {len(pins.unfit) - MOST_NAMED} more" if len(pins.unfit) > MOST_NAMED else ""
    return Finding(
        code="DC505",
        level="note",
        span=Span(pins.path),
        message=f"the versions of {listed}{more} have no wheel for Python 3.11 or later, on which the services run: these "
        "come in a later version, and what needs them in a later one of the same major version",
        hint="lock the monolith for a later Python, and generate again",
    )


def _nearest(path: str, locks: Iterable[LockFile]) -> list[LockFile]:
    """Return the lock files of the nearest folder above a module that has any."""
    folders = {lock.path: lock.path.rpartition("/")[0] for lock in locks}
    above = [lock for lock in locks if not folders[lock.path] or path.startswith(folders[lock.path] + "/")]
    depth = max((len(folders[lock.path]) for lock in above), default=0)
    return [lock for lock in above if len(folders[lock.path]) == depth]


def _has(name: str, lock: LockFile) -> bool:
    """Return whether a lock file has what provides an import name."""
    return any(candidate in lock.pins for candidate in candidates(name))


def _is_bounded(line: str) -> bool:
    """Return whether a requirement line says up to which version it holds."""
    return any(sign in line for sign in ("==", "~=", "<"))


def _end(pin: str) -> str:
    """Return where the versions of a specifier end; empty when they do not."""
    return f"<={pin[2:]}" if pin.startswith("==") else pin.partition(",")[2]


def _is_too_old(name: str, pin: str) -> bool:
    """Return whether a specifier excludes what the generated server needs at least."""
    end = _end(pin) or pin if "<" in pin or "==" in pin else ""
    return bool(end) and name in SERVER and (Version(end.lstrip("<=")), end.startswith("<=")) < (SERVER[name], True)
