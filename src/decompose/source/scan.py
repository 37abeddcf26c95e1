"""Reading a tree: every file's facts, from the cache or from workers; one bad file never stops the scan."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from decompose.ir.facts import FileFacts, SourceFacts
from decompose.ir.findings import Finding, Span
from decompose.ir.graph import FileOutcome
from decompose.resources import room_for_recursion, without_collection
from decompose.source.cache import FactsCache, decode, encode
from decompose.source.configs import read_configs
from decompose.source.discover import Found, discover
from decompose.source.locks import read_locks
from decompose.source.parse import digest_of, read_file
from decompose.source.requirements import read_requirements
from decompose.source.workers import Chunk, Results, read_elsewhere, read_in_processes

MIN_FILES_FOR_WORKERS = 120
"""Below this many changed files, starting processes anew (without `fork`) costs more than it saves …"""
SUSPICIOUS_BYTES = 200_000
"""… unless one of them is so large that it had better be read under the limits of a worker."""
CHUNK_BYTES = 400_000


def scan(
    root: Path,
    *,
    cache_dir: Path | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
    with_effects: bool = True,
    repositories: Sequence[str] = (),
) -> SourceFacts:
    """Return the facts of every source file below `root`.

    Args:
        root: Folder or single file to analyse; nothing in it is imported or run.
        cache_dir: Folder of the facts cache; without one nothing is kept.
        executor: Where files are read; by default processes when there are many files to read.
        progress: Called with files done and files in all.
        with_effects: Whether to read what functions do besides calling; the call graph alone does not need it.
        repositories: Folders below `root` (POSIX, relative) that are repositories of their own: only they are read.

    Raises:
        SourceError: If there is no such path, or nothing in it to analyse.
    """
    root = Path(root)
    found = discover(root, repositories)
    base = root if root.is_dir() else root.parent
    extract = partial(_extract, executor=executor, with_effects=with_effects)
    with FactsCache(cache_dir, with_effects=with_effects) as cache, room_for_recursion(), without_collection():
        files = _read_all(base, found, cache, extract, progress)
    packaging = read_requirements(base, found.requirements, "setup.py" in found.sources)
    findings = sorted([*found.findings, *(x for file in files for x in file.findings)])
    outcomes = [*found.outcomes, *(_outcome(file) for file in files)]
    name = root.resolve().name if root.is_dir() else root.stem
    return SourceFacts(
        name,
        files,
        read_configs(base, found.configs),
        sorted(packaging.lines),
        sorted(outcomes, key=lambda o: o.path),
        findings,
        dict(sorted(packaging.scripts.items())),
        sorted(packaging.folders),
        found.others,
        sorted(repositories),
        found.package,
        sorted(packaging.distributions),
        read_locks(base, [*found.locks, *found.requirements]),
    )


def read_chunk(chunk: Chunk, *, with_effects: bool = True) -> Results:
    """Return the encoded facts of some files; runs in workers."""
    with room_for_recursion(), without_collection():
        return [encode(read_file(path, data, with_effects=with_effects)) for path, data in chunk]


def _read_all(
    base: Path,
    found: Found,
    cache: FactsCache,
    extract: Callable[[Chunk], Iterator[list[FileFacts]]],
    progress: Callable[[int, int], None] | None,
) -> list[FileFacts]:
    done: dict[str, FileFacts] = {}
    missing: Chunk = []
    for path in found.sources:
        try:
            data = (base / path).read_bytes()
        except OSError as error:
            message = f"cannot be read: {error.strerror or error}"
            done[path] = FileFacts(path, "", 0, findings=[Finding("DC102", "warning", Span(path), message)])
            continue
        known = cache.load(path, digest_of(data))
        if known is not None:
            done[path] = known
        else:
            missing.append((path, data))
    total = len(found.sources)
    for records in extract(missing):
        for record in records:
            done[record.path] = record
        cache.store(record for record in records if not any(x.code == "DC107" for x in record.findings))
        if progress is not None:
            progress(len(done), total)
    return [done[path] for path in sorted(done)]


def _extract(missing: Chunk, *, executor: Executor | None, with_effects: bool) -> Iterator[list[FileFacts]]:
    chunks = _chunks(missing)
    read = partial(read_chunk, with_effects=with_effects)
    if executor is not None:
        results = read_elsewhere(executor, chunks, read, _lost)
    elif not _needs_workers(missing):
        yield from ([read_file(path, data, with_effects=with_effects) for path, data in chunk] for chunk in chunks)
        return
    else:
        results = read_in_processes(chunks, read, _lost)
    for rows in results:
        yield [decode(encoded) for encoded in rows]


def _needs_workers(missing: Chunk) -> bool:
    """Return whether files are read in processes with limits: always where those are forked, which takes 20 ms.

    Forking beside other threads, as in a notebook, may leave a lock held for ever: few files are read here then.
    """
    if not missing or multiprocessing.current_process().daemon:  # a daemon may have no children
        return False
    method = multiprocessing.get_start_method(allow_none=True) or multiprocessing.get_all_start_methods()[0]
    is_suspicious = any(len(data) > SUSPICIOUS_BYTES for _, data in missing)
    is_forked = method == "fork" and threading.active_count() == 1
    return is_forked or is_suspicious or len(missing) >= MIN_FILES_FOR_WORKERS


def _lost(path: str, data: bytes) -> Results:
    """Return what stands for a file whose worker died or hung."""
    finding = Finding("DC107", "error", Span(path), "reading it used too much time or memory")
    record = FileFacts(path, digest_of(data), 0, findings=[finding])
    return [encode(record)]


def _chunks(files: Chunk) -> list[Chunk]:
    chunks: list[Chunk] = []
    size = CHUNK_BYTES
    for item in files:
        if size >= CHUNK_BYTES:
            chunks.append([])
            size = 0
        chunks[-1].append(item)
        size += len(item[1])
    return chunks


def _outcome(file: FileFacts) -> FileOutcome:
    worst = next((x for x in file.findings if x.code not in {"DC103", "DC105"}), None)
    if not file.scopes and worst is not None:
        return FileOutcome(path=file.path, outcome="skipped", reason=worst.message)
    if file.findings:
        return FileOutcome(path=file.path, outcome="degraded", reason=file.findings[0].message)
    return FileOutcome(path=file.path, outcome="analysed")
