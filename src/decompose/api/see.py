"""See: the graph of a tree."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

from decompose.api.places import STATE_FOLDER, Progress, common_root, root_by_digest, state_folder
from decompose.errors import SourceError
from decompose.ir import codec

if TYPE_CHECKING:
    from decompose.ir.graph import CodeGraph


def analyze(
    path: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = ".",
    *,
    cache: bool = True,
    state: Path | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> CodeGraph:
    """Return the call and data dependency graph of the tree at `path`, with ML roles.

    Nothing of the tree is imported or run.

    Args:
        path: Folder of the monolith; or the folders of several repositories, which become one graph: paths begin at the
            folder that holds them all, and calls go from one to another through names that are installed, and over HTTP.
        cache: Whether to remember each file's facts under `state`, by content.
        state: Folder of the cache; `.decompose` in the current directory by default.
        executor: Where files are read: any executor whose workers can import `decompose` (`open_executor` makes those of
            Dask and Ray); worker processes on this machine by default.
        progress: Called as files are read.

    Raises:
        SourceError: If there is no such folder, or no Python in it, or one repository stands in another.
    """
    from decompose import graph, knowledge, roles, source
    from decompose.config import read_settings

    root, repositories = common_root(path)
    settings = [read_settings(root / name) for name in ("", *repositories)]
    known = knowledge.load(
        tuple(
            root / where / name
            for where, own in zip(("", *repositories), settings, strict=True)
            for name in own.knowledge
        )
    )
    folder = (state or Path(STATE_FOLDER)) / "cache"
    facts = source.scan(
        root, cache_dir=folder if cache else None, executor=executor, progress=progress, repositories=repositories
    )
    if cache:
        state_folder(state)
    system = roles.assign(graph.link(facts, known), known)
    system = choose_findings(system, ignore=[code for own in settings for code in own.ignore])
    root_by_digest[system.digest] = root
    return system


def choose_findings(system: CodeGraph, *, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> CodeGraph:
    """Return the graph with the findings whose code begins with one of `select` and with none of `ignore`.

    Args:
        system: A graph from `analyze`.
        select: Codes or their beginnings (`DC3`, `DC307`); all findings by default.
        ignore: Codes or their beginnings that are left out.
    """
    from msgspec.structs import replace

    kept = tuple(
        finding
        for finding in system.findings
        if finding.code.startswith(tuple(select) or "DC") and not finding.code.startswith(tuple(ignore))
    )
    return system if kept == system.findings else replace(system, findings=kept)


def callgraph(
    path: str | os.PathLike[str] = ".",
    *,
    cache: bool = True,
    state: Path | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> bytes:
    """Return who calls whom in the tree at `path` as JSON, `{caller: [callees]}`, in the format of public benchmarks.

    Only what calls need is read, and nothing at all when neither the tree nor this program has changed since.

    Args:
        path: Folder of the monolith.
        cache: Whether to remember facts and the result under `state`, by content.
        state: Folder of the cache; `.decompose` in the current directory by default.
        executor: Where files are read; worker processes on this machine by default.
        progress: Called as files are read.

    Raises:
        SourceError: If there is no such folder, or no Python in it.
    """
    from decompose import source

    root = Path(path)
    extra = _own_knowledge(root)
    folder = (state or Path(STATE_FOLDER)) / "cache"
    key = source.fingerprint(root, extra) if cache else ""
    known = source.recall(folder, "callgraph", key) if cache else None
    if known is not None:
        return known
    from decompose import graph, knowledge

    facts = source.scan(
        root, cache_dir=folder if cache else None, executor=executor, progress=progress, with_effects=False
    )
    content = codec.encode(graph.callgraph(graph.link_calls(facts, knowledge.load(extra))))
    if cache:
        state_folder(state)
        source.keep(folder, "callgraph", key, content)
    return content


def _own_knowledge(root: Path) -> tuple[Path, ...]:
    """Return the project's own API knowledge files; the settings are only read where there may be some."""
    path = root / "pyproject.toml"
    with contextlib.suppress(OSError):
        if path.is_file() and b"decompose" in path.read_bytes():
            from decompose.config import read_settings

            return tuple(root / name for name in read_settings(root).knowledge)
    return ()


def read_sources(system: CodeGraph, root: Path) -> Mapping[str, bytes]:
    """Return the bytes of every file that the graph speaks of, by path relative to `root`.

    Raises:
        SourceError: If a file has gone or changed since the analysis.
    """
    sources: dict[str, bytes] = {}
    for module in system.modules:
        try:
            sources[module.path] = (root / module.path).read_bytes()
        except OSError as error:
            raise SourceError(
                f"{root / module.path}: cannot be read: {error.strerror or error}",
                hint="analyse the tree again, or name its folder",
            ) from error
    return sources


def read_notebooks(system: CodeGraph, sources: Mapping[str, bytes]) -> Mapping[str, str]:
    """Return the code cells of every notebook as one text, by path, as the analysis saw them."""
    from decompose.source.notebooks import cells_of

    found = {}
    for module in system.modules:
        if module.kind == "notebook":
            with contextlib.suppress(SourceError):  # the analysis has said so already
                found[module.path] = cells_of(sources[module.path].decode("utf-8", "replace"), module.path)[0]
    return found


def read_lines(system: CodeGraph, root: Path) -> dict[str, list[str]]:
    """Return the source lines of every analysed file that can still be read, by path."""
    from decompose import source

    return source.read_lines([module.path for module in system.modules], root)
