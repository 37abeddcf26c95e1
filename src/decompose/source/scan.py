"""Reading a tree: every file's facts, from the cache or from workers; one bad file never stops the scan."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from pathlib import Path

from decompose.ir.facts import FileFacts, SourceFacts
from decompose.ir.findings import Finding, Span
from decompose.ir.graph import FileOutcome
from decompose.source.cache import FactsCache, decode, encode
from decompose.source.configs import read_configs
from decompose.source.discover import Found, discover
from decompose.source.parse import digest_of, read_file
from decompose.source.requirements import read_requirements

MIN_FILES_FOR_WORKERS = 120
"""Below this many changed files, starting processes costs more than it saves."""
CHUNK_BYTES = 400_000
MEMORY_LIMIT_BYTES = 4 << 30
"""Address space of a worker process."""
CHUNK_TIMEOUT_S = 120.0

_Chunk = list[tuple[str, bytes]]


def scan(
    root: Path,
    *,
    cache_dir: Path | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SourceFacts:
    """Return the facts of every source file below `root`.

    Args:
        root: Folder or single file to analyse; nothing in it is imported or run.
        cache_dir: Folder of the facts cache; without one nothing is kept.
        executor: Where files are read; by default processes when there are many files to read.
        progress: Called with files done and files in all.

    Raises:
        SourceError: If there is no such path, or nothing in it to analyse.
    """
    root = Path(root)
    found = discover(root)
    base = root if root.is_dir() else root.parent
    with FactsCache(cache_dir) as cache:
        files = _read_all(base, found, cache, executor, progress)
    requirements, scripts, folders = read_requirements(base, found.requirements, "setup.py" in found.sources)
    findings = sorted([*found.findings, *(x for file in files for x in file.findings)])
    outcomes = [*found.outcomes, *(_outcome(file) for file in files)]
    name = root.resolve().name if root.is_dir() else root.stem
    return SourceFacts(
        name,
        files,
        read_configs(base, found.configs),
        requirements,
        sorted(outcomes, key=lambda o: o.path),
        findings,
        scripts,
        folders,
    )


def read_chunk(chunk: _Chunk) -> list[tuple[str, str, bytes]]:
    """Return path, digest and encoded facts of some files; runs in workers."""
    out = []
    for path, data in chunk:
        record = read_file(path, data)
        out.append((path, record.digest, encode(record)))
    return out


def _read_all(
    base: Path, found: Found, cache: FactsCache, executor: Executor | None, progress: Callable[[int, int], None] | None
) -> list[FileFacts]:
    done: dict[str, FileFacts] = {}
    missing: _Chunk = []
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
    for results in _extract(missing, executor):
        cache.store(results)
        for path, _, encoded in results:
            done[path] = decode(encoded)
        if progress is not None:
            progress(len(done), total)
    return [done[path] for path in sorted(done)]


def _extract(missing: _Chunk, executor: Executor | None) -> Iterator[list[tuple[str, str, bytes]]]:
    chunks = _chunks(missing)
    if executor is not None:
        yield from executor.map(read_chunk, chunks)
    elif len(missing) < MIN_FILES_FOR_WORKERS or (os.cpu_count() or 1) < 2:
        yield from map(read_chunk, chunks)
    else:
        yield from _in_processes(chunks)


def _in_processes(chunks: list[_Chunk]) -> Iterator[list[tuple[str, str, bytes]]]:
    """Read in worker processes; a chunk whose worker dies is read again file by file, so that one file is lost."""
    workers = min(os.cpu_count() or 1, len(chunks), 8)
    lost: list[_Chunk] = []
    with ProcessPoolExecutor(workers, initializer=_limit_memory) as pool:
        futures = [(chunk, pool.submit(read_chunk, chunk)) for chunk in chunks]
        for chunk, future in futures:
            try:
                yield future.result(timeout=CHUNK_TIMEOUT_S)
            except (BrokenExecutor, TimeoutError):
                lost.append(chunk)
    for chunk in lost:
        for item in chunk:
            yield _alone(item)


def _alone(item: tuple[str, bytes]) -> list[tuple[str, str, bytes]]:
    with ProcessPoolExecutor(1, initializer=_limit_memory) as pool:
        try:
            return pool.submit(read_chunk, [item]).result(timeout=CHUNK_TIMEOUT_S)
        except (BrokenExecutor, TimeoutError):
            for worker in (pool._processes or {}).values():
                worker.kill()
            finding = Finding("DC107", "error", Span(item[0]), "reading it used too much time or memory")
            record = FileFacts(item[0], digest_of(item[1]), 0, findings=[finding])
            return [(item[0], record.digest, encode(record))]


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415  (absent on Windows)

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    except (ImportError, ValueError, OSError):
        return


def _chunks(files: _Chunk) -> list[_Chunk]:
    chunks: list[_Chunk] = []
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
