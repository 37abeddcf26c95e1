"""What shadows saw: each difference as it comes, the counts every minute and at the end; the last counts hold."""

from __future__ import annotations

import atexit
import json
import logging
import os
import sys
import threading
import time
from collections import Counter
from typing import Any

from service_runtime.differences import Difference

logger = logging.getLogger("extracted")
EVERY_S = float(os.environ.get("EXTRACT_REPORT_EVERY_S", "60"))
"""Time between two counts in the report: a process that is killed by a signal writes none at its end."""


class ShadowLog:
    """Counts calls by operation, and writes differences down."""

    def __init__(self) -> None:
        self.same: Counter[str] = Counter()
        self.different: Counter[str] = Counter()
        self.skipped: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        self._counted_at = time.monotonic()

    def compared(self, operation: str, difference: Difference | None) -> None:
        """Count a call, and tell where its two answers differ."""
        with self._lock:
            (self.same if difference is None else self.different)[operation] += 1
        if difference is not None:
            self._write({"event": "difference", "operation": operation, **difference._asdict(), "caller": _caller()})
        self._count()

    def skip(self, operation: str, reason: str) -> None:
        """Count a call that was answered here alone."""
        with self._lock:
            self.skipped[operation, reason] += 1
        self._count()

    def summary(self) -> dict[str, Any]:
        """Return the counts."""
        skipped = [{"operation": o, "reason": r, "calls": n} for (o, r), n in sorted(self.skipped.items())]
        return {
            "event": "summary",
            "compared": dict(sorted((self.same + self.different).items())),
            "differences": dict(sorted(self.different.items())),
            "not_compared": skipped,
        }

    def finish(self) -> None:
        """Write the counts down, when anything was asked."""
        with self._lock:
            counts = self.summary() if self.same or self.different or self.skipped else None
        if counts is not None:
            self._write(counts)

    def _count(self) -> None:
        now = time.monotonic()
        if now - self._counted_at >= EVERY_S:
            self._counted_at = now
            self.finish()

    def _write(self, entry: dict[str, Any]) -> None:
        path = os.environ.get("EXTRACT_REPORT", "")
        line = json.dumps(entry, default=str)
        if not path:
            logger.log(logging.WARNING if entry["event"] == "difference" else logging.INFO, line)
            return
        with self._lock, open(path, "a", encoding="utf-8") as stream:
            stream.write(line + "\n")


def _caller() -> str:
    """Return file and line of the nearest code that is not the wiring's."""
    frame = sys._getframe(1)
    here = os.path.dirname(__file__)
    while frame.f_back is not None and os.path.dirname(frame.f_code.co_filename) == here:
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


log = ShadowLog()
atexit.register(log.finish)
