"""Copies of the monolith to run things in: the user's own tree is never written to."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from decompose.errors import SourceError, WriteError

PROBE = "decompose_probe"
"""Import name under which the probe package is laid beside a copy."""

_SKIPPED = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".decompose",
        ".services",
        ".venv",
        "node_modules",
        "__pycache__",
        ".mypy_cache",
        ".pytest_cache",
    }
    | {".ruff_cache", ".tox", ".nox", ".ipynb_checkpoints"}
)


def copy_tree(root: Path, target: Path, *, without: Iterable[Path] = ()) -> Path:
    """Copy a source tree with its data; virtual environments, caches, `.git` and special files stay behind.

    Links are followed, so that writing in the copy never reaches the original.

    Args:
        root: Tree to copy.
        target: Folder that is made; must not exist.
        without: Folders inside `root` to leave out, such as a workspace that was generated there.

    Returns:
        `target`.

    Raises:
        SourceError: If there is no such tree.
        WriteError: If the copy cannot be written.
    """
    if not root.is_dir():
        raise SourceError(f"{root}: no such folder", hint="give the root of the monolith")
    left_out = {path.resolve() for path in without} | {target.resolve()}
    try:
        shutil.copytree(root, target, ignore=_ignore(left_out), ignore_dangling_symlinks=True)
    except (OSError, shutil.Error) as error:
        raise WriteError(f"{target}: copying {root} failed: {_first_cause(error)}", hint="free some space") from error
    return target


def overlay(tree: Path, harness: Path) -> Path:
    """Lay the facades over a copy of the monolith; return the copy.

    Raises:
        WriteError: If the workspace has no facades or the copy cannot be written.
    """
    if not harness.is_dir():
        raise WriteError(f"{harness}: no facades to lay over the monolith", hint="run `decompose generate` again")
    try:
        shutil.copytree(harness, tree, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    except (OSError, shutil.Error) as error:
        raise WriteError(f"{tree}: the facades cannot be laid over: {_first_cause(error)}") from error
    return tree


def install_probe(folder: Path) -> Path:
    """Lay the probe package into `folder` and return the folder that goes on `PYTHONPATH`."""
    source = Path(__file__).parent / "probe"
    shutil.copytree(source, folder / PROBE, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def child_environment(extra: Mapping[str, str], *, python_path: Iterable[Path] = ()) -> dict[str, str]:
    """Return the environment of a child: ours, `extra` over it, `PYTHONPATH` joined rather than replaced.

    Hash seed and byte-code cache are fixed, so that two runs differ only where the code does.
    """
    merged = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", **extra}
    parts = [str(p) for p in python_path]
    parts += [p for p in (extra.get("PYTHONPATH", ""), os.environ.get("PYTHONPATH", "")) if p]
    if parts:
        merged["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(parts))
    return merged


def _ignore(left_out: set[Path]) -> Callable[[str, list[str]], set[str]]:
    def ignored(folder: str, names: list[str]) -> set[str]:
        here = Path(folder)
        return {name for name in names if name in _SKIPPED or _is_left_out(here / name, left_out)}

    return ignored


def _is_left_out(path: Path, left_out: set[Path]) -> bool:
    if path.is_symlink() and path.is_dir() and path.resolve() in (path.absolute().parent, *path.absolute().parents):
        return True
    if path.is_dir():
        return path.resolve() in left_out or (path / "pyvenv.cfg").is_file()
    try:
        mode = path.stat().st_mode
    except OSError:
        return not path.is_symlink()
    return not stat.S_ISREG(mode)


def _first_cause(error: Exception) -> str:
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list) and error.args[0]:
        return str(error.args[0][0][-1])
    return getattr(error, "strerror", None) or str(error)
