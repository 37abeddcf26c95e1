"""Reading files in other processes: one that dies or hangs costs exactly the file that it was reading."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from pathlib import Path

Chunk = list[tuple[str, bytes]]
"""Path and content of some files."""
Results = list[bytes]
"""Encoded facts of some files."""

MEMORY_LIMIT_BYTES = 1 << 30
"""What a worker may need on top of what it begins with: ten times what the largest of 20,000 public files needs."""
PATIENCE_S = 10.0
"""Wall time after which a worker is given up, for each chunk or lone file …"""
PATIENCE_S_PER_MB = 40.0
"""… and as much again for each megabyte: ten times what a busy machine needs."""
MOST_WORKERS = 8


def read_in_processes(
    chunks: list[Chunk], read: Callable[[Chunk], Results], lose: Callable[[str, bytes], Results]
) -> Iterator[Results]:
    """Yield the results of all chunks, in any order.

    Args:
        chunks: What to read.
        read: Reads one chunk; must be importable by name.
        lose: Gives what stands for a file (path, content) that took its worker down.
    """
    workers = min(os.cpu_count() or 1, len(chunks), MOST_WORKERS)
    waiting = chunks
    while waiting:
        unread: list[Chunk] = []
        with _pool(workers) as pool:
            yield from _drain(pool, [(chunk, pool.submit(read, chunk)) for chunk in waiting], unread)
        # The chunks that were in the workers' hands stand first; one of them holds the file that is to blame.
        suspects, waiting = unread[: 2 * workers + 1], unread[2 * workers + 1 :]
        yield from read_alone([item for chunk in suspects for item in chunk], read, lose)


def read_elsewhere(
    executor: Executor,
    chunks: list[Chunk],
    read: Callable[[Chunk], Results],
    lose: Callable[[str, bytes], Results],
) -> Iterator[Results]:
    """Yield the results of all chunks from an executor of the caller's, as they come.

    What it loses is read here, and so is all that is left when nothing comes back for as long as its files may take.
    """
    chunk_of = {executor.submit(read, chunk): chunk for chunk in chunks}
    waiting = set(chunk_of)
    while waiting:
        done, waiting = wait(waiting, 3 * max(map(_patience, chunks)), FIRST_COMPLETED)
        for future in done or waiting:
            try:
                yield future.result(0)
            except Exception:
                future.cancel()
                yield from read_alone(chunk_of[future], read, lose)
        waiting = waiting if done else set()


def read_alone(
    files: Chunk, read: Callable[[Chunk], Results], lose: Callable[[str, bytes], Results]
) -> Iterator[Results]:
    """Yield the results of files that are read one by one in a process of their own; those that kill it are lost."""
    at = 0
    while at < len(files):
        with _pool(1) as pool:
            while at < len(files):
                item = files[at]
                at += 1
                try:
                    yield pool.submit(read, [item]).result(_patience([item]))
                except (BrokenExecutor, TimeoutError, MemoryError):
                    _kill(pool)
                    yield lose(*item)
                    break


def _drain(
    pool: ProcessPoolExecutor, futures: list[tuple[Chunk, Future[Results]]], unread: list[Chunk]
) -> Iterator[Results]:
    """Yield what a pool reads; from the first worker that dies or hangs, collect what is left undone."""
    is_broken = False
    for chunk, future in futures:
        try:
            yield future.result(_patience(chunk) if not is_broken else 0)
        except (BrokenExecutor, TimeoutError):
            if not is_broken:
                is_broken = True
                _kill(pool)
            unread.append(chunk)
        except MemoryError:  # the worker lives
            unread.append(chunk)


def _patience(chunk: Chunk) -> float:
    return PATIENCE_S + PATIENCE_S_PER_MB * sum(len(data) for _, data in chunk) / 1_000_000


@contextlib.contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give a pool whose workers are gone afterwards, whatever they were doing."""
    pool = ProcessPoolExecutor(workers, initializer=_prepare)
    try:
        yield pool
    except BaseException:
        _kill(pool)
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _kill(pool: ProcessPoolExecutor) -> None:
    for worker in list((pool._processes or {}).values()):
        worker.kill()


def _prepare() -> None:
    """Set up a worker: bounded memory (Linux), and deaf to Ctrl-C, which the main process answers for all."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415  (absent on Windows)

        begins_with = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (begins_with + MEMORY_LIMIT_BYTES,) * 2)
