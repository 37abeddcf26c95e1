"""Threads for calls: those of one conversation share a thread, as they did in the monolith.

What is bound to its thread (an SQLite connection, a thread-local cache) works across calls that way. A call that comes
back while its conversation's thread waits for it gets a thread of its own.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

SESSION_LIMIT = 32


class Sessions:
    """One thread a conversation, up to a limit; the least recently used goes first."""

    def __init__(self, limit: int = SESSION_LIMIT) -> None:
        self._limit = limit
        self._threads: OrderedDict[str, _Thread] = OrderedDict()
        self._spare = ThreadPoolExecutor(max_workers=limit, thread_name_prefix="call")

    def submit(self, session: str, work: Callable[..., Any], *args: Any) -> Future[Any]:
        """Run `work` on the thread of the conversation; called from the event loop only."""
        thread = self._threads.get(session)
        if thread is None:
            thread = self._threads[session] = _Thread()
            self._retire()
        self._threads.move_to_end(session)
        if thread.pending:
            return self._spare.submit(work, *args)
        return thread.submit(work, *args)

    def shutdown(self) -> None:
        """Let running calls finish and take no more."""
        for thread in self._threads.values():
            thread.pool.shutdown(wait=False)
        self._spare.shutdown(wait=False)

    def _retire(self) -> None:
        for session in [s for s, thread in self._threads.items() if not thread.pending][: -self._limit or None]:
            if len(self._threads) <= self._limit:
                return
            self._threads.pop(session).pool.shutdown(wait=False)


class _Thread:
    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="session")
        self.pending = 0
        self._lock = threading.Lock()

    def submit(self, work: Callable[..., Any], *args: Any) -> Future[Any]:
        with self._lock:
            self.pending += 1
        future = self.pool.submit(work, *args)
        future.add_done_callback(self._finished)
        return future

    def _finished(self, future: Future[Any]) -> None:
        with self._lock:
            self.pending -= 1
