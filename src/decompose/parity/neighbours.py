"""How much of the machine others took while something was measured: the first doubt about any latency."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from decompose.parity.serve import with_children


@contextmanager
def watched(pids: Iterable[int], found: list[float]) -> Iterator[None]:
    """Add to `found` how many cores others kept busy meanwhile; nothing where the system does not tell.

    Args:
        pids: Our own processes besides this one; their children count as ours too.
        found: Takes one number.
    """
    own = tuple(pids)
    before = _now(own)
    yield
    after = _now(own)
    if before is not None and after is not None and after[0] > before[0]:
        found.append(max(0.0, (after[1] - before[1] - (after[2] - before[2])) / (after[0] - before[0])))


def stretch(seconds: float = 0.3) -> float:
    """Return how much longer work takes here than its processor time, 1 on an idle machine.

    The yardstick is a loop in this process; it is laid on while the measured systems are idle, so that it tells of
    the neighbours alone.
    """
    begin, own, total = time.perf_counter(), time.thread_time(), 0
    while time.perf_counter() - begin < seconds:
        total += sum(i * i % 7 for i in range(500))
    return max(1.0, (time.perf_counter() - begin) / max(1e-6, time.thread_time() - own))


def _now(pids: tuple[int, ...]) -> tuple[float, float, float] | None:
    """Return the time, the processor seconds of the whole machine, and those of our own processes."""
    try:
        words = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
        ticks = os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return None
    whole = sum(int(words[at]) for at in (0, 1, 2, 5, 6)) / ticks
    return time.monotonic(), whole, time.process_time() + sum(map(cpu_s, with_children(set(pids))))


def cpu_s(pid: int) -> float:
    """Return the processor time that a process has used, in seconds; 0 when it is gone."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError):
        return 0.0
