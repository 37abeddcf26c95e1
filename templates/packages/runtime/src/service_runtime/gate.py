"""Lets requests in, and holds new ones back for the moment in which a service changes what it serves."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Gate:
    """Counts the requests inside; used from the event loop only.

    A request that is part of one inside (a call that comes back to the service which started it) is let in even while
    others are held back, or the two would wait for each other.
    """

    def __init__(self) -> None:
        self._inside: Counter[str] = Counter()
        self._is_open = asyncio.Event()
        self._is_open.set()
        self._is_empty = asyncio.Event()
        self._is_empty.set()

    @property
    def count(self) -> int:
        """Requests inside."""
        return self._inside.total()

    def has(self, request_id: str) -> bool:
        """Return whether the request, or one that it is part of, is inside."""
        return request_id in self._inside

    @asynccontextmanager
    async def passing(self, request_id: str) -> AsyncIterator[None]:
        """Be inside for as long as the request is answered."""
        await self.enter(request_id)
        try:
            yield
        finally:
            self.leave(request_id)

    async def enter(self, request_id: str) -> None:
        """Go in, waiting while the gate is closed."""
        while not self._is_open.is_set() and not self.has(request_id):
            await self._is_open.wait()
        self._inside[request_id] += 1
        self._is_empty.clear()

    def leave(self, request_id: str) -> None:
        """Go out."""
        self._inside[request_id] -= 1
        if not self._inside[request_id]:
            del self._inside[request_id]
        if not self._inside:
            self._is_empty.set()

    @asynccontextmanager
    async def closed(self, patience_s: float) -> AsyncIterator[bool]:
        """Hold new requests back; give whether those inside have left in time.

        Args:
            patience_s: How long to wait for them; new requests wait as long.
        """
        self._is_open.clear()
        try:
            try:
                await asyncio.wait_for(self._is_empty.wait(), patience_s)
                is_quiet = True
            except TimeoutError:
                is_quiet = False
            yield is_quiet
        finally:
            self._is_open.set()
