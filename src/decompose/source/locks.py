"""What lock files say: the version of each distribution, and what it brings along; read statically."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from decompose.ir.graph import LockFile
from decompose.knowledge.distributions import normalise
from decompose.source.requirements import conda_line

_HASHES = re.compile(rb"^[ \t]*\{ ?(?:file|url) ?=.*\n?", re.MULTILINE)
"""Lines of files and their hashes: nine tenths of a lock file, and nothing that we ask for."""
_WHEELS = re.compile(rb'-([\w.]+)-([\w.]+)-[\w.]+\.whl"')
_OLDEST_PYTHON = 11
"""Services run on Python 3.11 and later."""
_ELSEWHERE = frozenset({"git", "path", "url", "file", "directory", "editable", "virtual"})
"""Sources whose version no index has."""
_CONDITIONS = frozenset({"markers", "marker", "optional", "python", "platform"})
"""What says that a dependency is not needed everywhere."""


@dataclass(slots=True)
class _Package:
    """One distribution in a lock file."""

    name: str
    version: str
    brings: list[str] = field(default_factory=list)
    """Names of what it needs on every machine."""
    fits: bool = True
    """Whether it installs without a compiler on a Python on which services run, or says nothing about it."""


def read_locks(root: Path, paths: list[str]) -> list[LockFile]:
    """Return what the lock files of a tree pin, sorted by path; one that cannot be read is left out.

    Args:
        root: Folder analysed.
        paths: Lock files and other packaging metadata, relative to it.
    """
    found = []
    for path in sorted(paths):
        read = _READERS.get(path.rpartition("/")[2])
        if read is None:
            continue
        try:
            packages = list(read((root / path).read_bytes()))
        except (OSError, ValueError, YAMLError, TypeError, AttributeError, KeyError):
            continue
        if packages:
            found.append(_lock(path, packages))
    return found


def _lock(path: str, packages: list[_Package]) -> LockFile:
    versions: dict[str, set[Version]] = {}
    brings: dict[str, set[str]] = {}
    unfit: set[str] = set()
    for package in packages:
        try:
            version = Version(package.version)
        except InvalidVersion:
            continue
        name = normalise(package.name)
        versions.setdefault(name, set()).add(Version(version.public))
        brings.setdefault(name, set()).update(normalise(other) for other in package.brings)
        unfit |= set() if package.fits else {name}
    later = _with_dependants(unfit, brings) - unfit
    pins = {name: _pin(found, is_exact=name not in later) for name, found in versions.items()}
    pins |= {name: f">={min(versions[name])}" for name in unfit}
    return LockFile(
        path=path,
        pins=dict(sorted(pins.items())),
        brings={name: tuple(sorted(brings[name])) for name in sorted(brings) if brings[name]},
        unfit=tuple(sorted(unfit)),
    )


def _pin(versions: set[Version], *, is_exact: bool) -> str:
    """Return the specifier of a distribution: its version, a range of several, or up to the next major version."""
    first, last = min(versions), max(versions)
    if not is_exact:
        return f">={first},<{last.major + 1}"
    return f"=={first}" if first == last else f">={first},<={last}"


def _with_dependants(names: set[str], brings: dict[str, set[str]]) -> set[str]:
    """Return some distributions with all that need them, directly or not: these may ask for the very version."""
    found = set(names)
    while more := {name for name, needed in brings.items() if needed & found} - found:
        found |= more
    return found


def _toml_lock(content: bytes) -> Iterator[_Package]:
    """Yield the packages of `poetry.lock`, `uv.lock` or `pdm.lock`."""
    wheels = [_WHEELS.findall(part) for part in content.split(b"[[package]]")[1:]]
    for package, files in zip(
        tomllib.loads(_HASHES.sub(b"", content).decode()).get("package", []), wheels, strict=False
    ):
        source = package.get("source", {})
        elsewhere = {*source, source.get("type", "")} & _ELSEWHERE - ({"url"} if "type" in source else set())
        if "version" in package and not elsewhere and "git" not in package:
            fits = not files or any(_fits(python.decode(), abi.decode()) for python, abi in files)
            yield _Package(package["name"], package["version"], list(_needed(package.get("dependencies", []))), fits)


def _fits(python: str, abi: str) -> bool:
    """Return whether a wheel is for a Python on which services run, by its tags."""
    minors = [int(minor) for minor in re.findall(r"cp3(\d+)", python)]
    return not minors or "abi3" in abi or max(minors) >= _OLDEST_PYTHON


def _needed(dependencies: Any) -> Iterator[str]:
    """Yield what a package needs whatever the machine and the extras."""
    if isinstance(dependencies, dict):
        for name, wanted in dependencies.items():
            if isinstance(wanted, str) or (isinstance(wanted, dict) and not wanted.keys() & _CONDITIONS):
                yield name
        return
    for wanted in dependencies:
        if isinstance(wanted, dict):
            if not wanted.keys() & _CONDITIONS:
                yield wanted["name"]
            continue
        try:
            line = Requirement(wanted)
        except InvalidRequirement:
            continue
        if line.marker is None:
            yield line.name


def _pipfile_lock(content: bytes) -> Iterator[_Package]:
    for name, wanted in json.loads(content).get("default", {}).items():
        if str(wanted.get("version", "")).startswith("=="):
            yield _Package(name, wanted["version"].removeprefix("=="))


def _environment(content: bytes) -> Iterator[_Package]:
    """Yield what an environment of conda pins to one version."""
    for item in (YAML(typ="safe").load(content.decode()) or {}).get("dependencies", []):
        for line in item.get("pip", []) if isinstance(item, dict) else [conda_line(str(item))]:
            name, equals, version = str(line).partition("==")
            if equals and re.fullmatch(r"[\w.+!-]+", version):
                yield _Package(name.strip().partition("[")[0], version)


_READERS = {
    "Pipfile.lock": _pipfile_lock, "environment.yaml": _environment, "environment.yml": _environment,
    "pdm.lock": _toml_lock, "poetry.lock": _toml_lock, "uv.lock": _toml_lock,
}  # fmt: skip
LOCKS = frozenset(name for name in _READERS if name.endswith(".lock"))
"""Names of lock files."""
