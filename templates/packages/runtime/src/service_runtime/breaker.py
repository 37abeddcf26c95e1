"""Stops calling a service that does not answer, so that neither side drowns in calls that fail anyway."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from service_runtime.errors import NotSent

WINDOW = 20
"""Calls that are looked back at."""
SHARE = 0.5
"""Share of them that must have failed."""
LEAST = 5
"""Calls that must have failed, so that one among the first two is no verdict."""
PAUSE_S = 1.0
"""Time for which no call goes out; then one a pause tries whether the service is back."""


class Breaker:
    """What became of the last calls to one service: refused connections, broken ones, time-outs and 503 are failures.

    Args:
        now: Clock, in seconds.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._failed: deque[bool] = deque(maxlen=WINDOW)
        self._next_try = 0.0
        """When the next call may try; 0 while calls flow."""
        self._lock = threading.Lock()

    def admit(self) -> None:
        """Let a call go out.

        Raises:
            NotSent: If the service failed a moment ago, and nobody's turn has come to try it again.
        """
        if not self._next_try:
            return
        with self._lock:
            if self._now() < self._next_try:
                raise NotSent("the service did not answer a moment ago")
            self._next_try = self._now() + PAUSE_S

    def note(self, *, failed: bool) -> None:
        """Take into account what became of a call."""
        if not failed and not self._next_try:
            self._failed.append(False)
            return
        with self._lock:
            if not failed:
                self._failed.clear()
                self._next_try = 0.0
                return
            self._failed.append(True)
            count = sum(self._failed)
            if self._next_try or (count >= LEAST and count >= SHARE * len(self._failed)):
                self._next_try = self._now() + PAUSE_S
