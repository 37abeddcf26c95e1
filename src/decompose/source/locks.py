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
from decompose.source.requirements import as_specifier, conda_line

_HASHES = re.compile(rb"^[ \t]*\{ ?(?:file|url) ?=.*\n?", re.MULTILINE)
"""Lines of files and their hashes: nine tenths of a lock file, and nothing that we ask for."""
_PYTHON = re.compile(rb'^requires[-_]python = "(.*)"', re.MULTILINE)
_POETRY_PYTHON = re.compile(rb'^\[metadata\]\n(?:[^\[].*\n)*?python-versions = "(.*)"', re.MULTILINE)
_PIPFILE_PYTHON = re.compile(rb'"python_version": "(3\.\d+)"')
_ELSEWHERE = frozenset({"git", "path", "url", "file", "directory", "editable", "virtual"})
"""Sources whose version no index has."""


@dataclass(slots=True)
class _Package:
    """One distribution in a lock file."""

    name: str
    version: str
    brings: list[str] = field(default_factory=list)
    """Names of what it needs on every machine."""


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
            content = (root / path).read_bytes()
            packages = list(read(content))
        except (OSError, ValueError, YAMLError, TypeError, AttributeError, KeyError):
            continue
        if packages:
            found.append(_lock(path, packages, _python(content)))
    return found


def _lock(path: str, packages: list[_Package], python: str) -> LockFile:
    versions: dict[str, set[Version]] = {}
    brings: dict[str, set[str]] = {}
    for package in packages:
        try:
            version = Version(package.version)
        except InvalidVersion:
            continue
        name = normalise(package.name)
        versions.setdefault(name, set()).add(Version(version.public))
        brings.setdefault(name, set()).update(normalise(other) for other in package.brings)
    return LockFile(
        path=path,
        python=python,
        pins={name: _pin(versions[name]) for name in sorted(versions)},
        brings={name: tuple(sorted(brings[name])) for name in sorted(brings) if brings[name]},
    )


def _python(content: bytes) -> str:
    """Return the versions of Python that a lock file is made for, as a specifier; empty when it says nothing."""
    stated = _PYTHON.search(content) or _POETRY_PYTHON.search(content)
    if stated is not None:
        return as_specifier(stated[1].decode())
    found = _PIPFILE_PYTHON.search(content)
    return f"=={found[1].decode()}.*" if found is not None else ""


def _pin(versions: set[Version]) -> str:
    """Return the specifier of a distribution; of one that differs from machine to machine, the range."""
    first, last = min(versions), max(versions)
    return f"=={first}" if first == last else f">={first},<={last}"


def _toml_lock(content: bytes) -> Iterator[_Package]:
    """Yield the packages of `poetry.lock`, `uv.lock` or `pdm.lock`."""
    for package in tomllib.loads(_HASHES.sub(b"", content).decode()).get("package", []):
        source = package.get("source", {})
        if "version" in package and not ({*source, source.get("type", "")} & _ELSEWHERE - {"url"} or "git" in package):
            yield _Package(package["name"], package["version"], list(_needed(package.get("dependencies", []))))


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


_CONDITIONS = frozenset({"markers", "marker", "optional", "python", "platform"})


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
