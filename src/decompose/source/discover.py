"""Which files of a tree are analysed; everything else becomes an outcome with its reason."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pathspec

from decompose.errors import SourceError
from decompose.ir.findings import Finding, Span
from decompose.ir.graph import FileOutcome
from decompose.source.locks import LOCKS

MAX_FILE_BYTES = 4_000_000
"""Larger Python files are generated; they are skipped and named."""
MAX_NOTEBOOK_BYTES = 64_000_000
MAX_CONFIG_BYTES = 300_000
MAX_OTHERS = 20_000
"""Other files that are remembered by name; a tree with more of them is a data set."""
SOURCE_SUFFIXES = (".py", ".pyw", ".ipynb")
CONFIG_SUFFIXES = (".yaml", ".yml", ".toml", ".json", ".env", ".ini", ".cfg")
_SKIPPED = {
    "__pycache__", ".git", ".hg", ".svn", ".tox", ".nox", ".venv", "venv", "virtualenv", "node_modules", "site-packages",
    ".mypy_cache", ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints", ".eggs", ".decompose", ".services", "dist-packages",
    ".idea", ".vscode", ".dvc", "__pypackages__", ".cache",
}  # fmt: skip


_ELSEWHERE = {
    ".tox", ".nox", ".venv", "venv", "virtualenv", "node_modules", "site-packages", "dist-packages", ".eggs",
    "__pypackages__",
}  # fmt: skip
"""Of these, the ones that hold code of others: they are named among what is skipped."""

_WORKSPACE = {"decompose.lock", "monolith.json"}
"""What stands in a folder that `decompose generate` wrote: the services are no part of the monolith that they are of."""

_OWN = {"decompose.yaml"}
"""The plan of the system says nothing about the system: it would be another one whenever it is proposed."""


@dataclass(slots=True)
class Found:
    """What a walk over the tree gives; paths are POSIX and relative to the root, sorted."""

    sources: list[str] = field(default_factory=list)
    configs: list[str] = field(default_factory=list)
    requirements: list[str] = field(default_factory=list)
    locks: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    """Files that are no source: data, models, settings, documents."""
    package: str = ""
    """Dotted name under which Python knows the root, when it is a package itself (`__init__.py`)."""
    outcomes: list[FileOutcome] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def discover(root: Path, repositories: Sequence[str] = ()) -> Found:
    """Return the files of a tree that analysis reads.

    Args:
        root: Folder, or a single source file.
        repositories: Folders below it (POSIX, relative) that alone are looked into; all of it by default.

    Raises:
        SourceError: If there is no such path, or nothing in it to analyse.
    """
    found = Found()
    if not root.exists():
        raise SourceError(f"no such file or folder: `{root}`", hint="give the folder that holds the code")
    if root.is_file():
        if root.suffix not in SOURCE_SUFFIXES:
            raise SourceError(f"`{root}` is not a Python file or notebook", hint="give a folder, a .py or an .ipynb")
        found.sources.append(root.name)
        return found
    found.package = _package_of(root.resolve())
    for part in repositories or ("",):
        if not (root / part).is_dir():
            raise SourceError(f"no such folder: `{root / part}`", hint="give the folders of the repositories")
        _walk(root / part, part, [], found)
    for names in (found.sources, found.configs, found.requirements, found.locks, found.others):
        names.sort()
    found.outcomes.sort(key=lambda outcome: outcome.path)
    if not found.sources:
        raise SourceError(f"nothing to analyse in `{root}`", hint="no .py file or notebook stands below it")
    return found


def _package_of(folder: Path) -> str:
    """Return the dotted name of a folder that is a package, with the packages around it; empty when it is none."""
    parts: list[str] = []
    while folder.name.isidentifier() and (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts)


def _walk(folder: Path, relative: str, rules: list[tuple[str, pathspec.PathSpec[Any]]], found: Found) -> None:
    """Collect the files below one folder; links to folders are not followed."""
    try:
        entries = sorted(os.scandir(folder), key=lambda e: e.name)
    except OSError as error:
        _give_up(relative or ".", error, found)
        return
    rules = _with_ignore_file(folder, relative, rules)
    names = {e.name for e in entries}
    if "pyvenv.cfg" in names or "conda-meta" in names:
        found.outcomes.append(FileOutcome(path=relative, outcome="skipped", reason="virtual environment"))
        return
    if relative and names >= _WORKSPACE:
        found.outcomes.append(FileOutcome(path=relative, outcome="skipped", reason="services generated by decompose"))
        return
    for entry in entries:
        path = f"{relative}/{entry.name}" if relative else entry.name
        if not _is_text(entry.name):
            shown = path.encode("utf-8", "backslashreplace").decode()
            found.outcomes.append(FileOutcome(path=shown, outcome="skipped", reason="its name is not UTF-8"))
            continue
        try:
            if entry.is_dir(follow_symlinks=False):
                if entry.name in _SKIPPED and not _is_package(entry):
                    if entry.name in _ELSEWHERE:
                        found.outcomes.append(FileOutcome(path=path, outcome="skipped", reason="code of others"))
                elif not entry.name.endswith(".egg-info") and not _ignored(path + "/", rules):
                    _walk(folder / entry.name, path, rules, found)
            elif not _ignored(path, rules):
                _file(entry, path, found)
            elif entry.name.endswith(SOURCE_SUFFIXES):
                found.outcomes.append(FileOutcome(path=path, outcome="skipped", reason="ignored by .gitignore"))
        except OSError as error:
            _give_up(path, error, found)


def _is_package(entry: os.DirEntry[str]) -> bool:
    """Return whether a folder that is named like an environment is a package: `virtualenv` is the name of one."""
    return entry.name.isidentifier() and Path(entry.path, "__init__.py").is_file()


def _with_ignore_file(
    folder: Path, relative: str, rules: list[tuple[str, pathspec.PathSpec[Any]]]
) -> list[tuple[str, pathspec.PathSpec[Any]]]:
    try:
        text = (folder / ".gitignore").read_text(encoding="utf-8", errors="replace")
        return [*rules, (relative, pathspec.PathSpec.from_lines("gitwildmatch", text.splitlines()))]
    except (OSError, ValueError):
        return rules


def _ignored(path: str, rules: list[tuple[str, pathspec.PathSpec[Any]]]) -> bool:
    for base, spec in rules:
        if spec.match_file(path[len(base) + 1 :] if base else path):
            return True
    return False


def _file(entry: os.DirEntry[str], path: str, found: Found) -> None:
    name = entry.name
    if name in _OWN:
        return
    if entry.is_symlink() and entry.is_dir():
        found.outcomes.append(FileOutcome(path=path, outcome="skipped", reason="symbolic link to a folder"))
        return
    if not name.endswith(SOURCE_SUFFIXES) and len(found.others) < MAX_OTHERS:
        found.others.append(path)
    if name.endswith(SOURCE_SUFFIXES):
        reason = _reason_to_skip(entry, MAX_NOTEBOOK_BYTES if name.endswith(".ipynb") else MAX_FILE_BYTES)
        if reason:
            found.outcomes.append(FileOutcome(path=path, outcome="skipped", reason=reason))
            found.findings.append(Finding("DC106", "warning", Span(path), f"skipped: {reason}"))
        else:
            found.sources.append(path)
    elif name in LOCKS:
        if not _reason_to_skip(entry, MAX_FILE_BYTES):
            found.locks.append(path)
    elif _is_requirement(name):
        if not _reason_to_skip(entry, MAX_CONFIG_BYTES):
            found.requirements.append(path)
        if name == "pyproject.toml":
            found.configs.append(path)
    elif (name.endswith(CONFIG_SUFFIXES) or name.startswith(".env")) and not _reason_to_skip(entry, MAX_CONFIG_BYTES):
        found.configs.append(path)


def _is_requirement(name: str) -> bool:
    if name in {
        "pyproject.toml",
        "setup.cfg",
        "environment.yml",
        "environment.yaml",
        "conda.yaml",
        "conda.yml",
        "Pipfile",
    }:
        return True
    return name.endswith((".txt", ".in")) and re.search("requir[a-z]*ment", name.lower()) is not None


def _is_text(name: str) -> bool:
    """Return whether a name can stand in a record: file systems hold any bytes, JSON does not."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _reason_to_skip(entry: os.DirEntry[str], limit: int) -> str:
    """Return why a file is not read; empty when it is."""
    if entry.is_symlink():
        return "symbolic link"
    status = entry.stat(follow_symlinks=False)
    if not stat.S_ISREG(status.st_mode):
        return "not a regular file"
    return f"larger than {limit // 1_000_000 or 1} MB" if status.st_size > limit else ""


def _give_up(path: str, error: OSError, found: Found) -> None:
    """Account for a file or folder that cannot be read."""
    reason = f"cannot be read: {error.strerror or error}"
    found.outcomes.append(FileOutcome(path=path, outcome="skipped", reason=reason))
    found.findings.append(Finding("DC102", "warning", Span(path), reason))
