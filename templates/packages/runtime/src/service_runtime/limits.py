"""What a request may be before anybody looks into it: its size, its headers, and how long it may take to come in."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.exceptions import HTTPException

MIB = 1024 * 1024
BODY_LIMIT = int(os.environ.get("SERVICE_BODY_LIMIT_MB", "256")) * MIB
"""Largest body, in bytes: arrays, frames, files."""
JSON_LIMIT = min(int(os.environ.get("SERVICE_JSON_LIMIT_MB", "64")) * MIB, BODY_LIMIT)
"""Largest body of JSON, which takes many times its size when it is read, in bytes …"""
SURPRISE_LIMIT = min(4 * MIB, JSON_LIMIT)
"""… and of one whose size was not announced."""
HEAD_LIMIT = 65536
"""Bytes that a request may have before its body."""
HEAD_PATIENCE_S = 10.0
"""Time in which they must be there."""
BODY_PATIENCE_S = 20.0
"""Time in which a body must be there …"""
BODY_RATE = 50_000
"""… or as long as it comes faster than that, in bytes a second."""

Receive = Callable[[], Awaitable[Any]]


def largest(headers: dict[bytes, bytes]) -> int:
    """Return how many bytes the body of a request may have, or -1 when it announces more."""
    announced = headers.get(b"content-length", b"")
    is_json = headers.get(b"content-type", b"application/json").startswith(b"application/json")
    limit = BODY_LIMIT if not is_json else JSON_LIMIT if announced else SURPRISE_LIMIT
    return -1 if announced.isdigit() and int(announced[:20]) > limit else limit


def bounded(receive: Receive, limit: int) -> Receive:
    """Return a `receive` that gives up on a body that is too large or too slow."""
    loop = asyncio.get_running_loop()
    size, until, is_whole = 0, loop.time() + BODY_PATIENCE_S, False

    async def take() -> Any:
        nonlocal size, is_whole
        if is_whole:
            return await receive()
        try:
            async with asyncio.timeout_at(until + size / BODY_RATE):
                message = await receive()
        except TimeoutError as error:
            raise HTTPException(408, "the body came too slowly") from error
        size += len(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        if size > limit:
            raise HTTPException(413, f"a body like this may have {limit} bytes")
        return message

    return take


def guarded(protocol: type[Any]) -> type[Any]:
    """Return the HTTP protocol of a server that hangs up on a head that is too large or too slow.

    uvicorn bounds the size of a head with one of its two parsers, and the time with neither.
    """

    class Guarded(protocol):  # type: ignore[misc]
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._head_size, self._head_timer = 0, None
            self._expect_head()

        def data_received(self, data: bytes) -> None:
            if self._head_size > HEAD_LIMIT:
                self.transport.abort()
                return
            if not self._is_answering() and self._head_timer is None:
                self._expect_head()
            super().data_received(data)
            if self._is_answering() or self.transport.get_protocol() is not self:
                self._stop_timer()
                self._head_size = 0
            else:
                self._head_size += len(data)

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_timer()
            super().connection_lost(exc)

        def _is_answering(self) -> bool:
            return self.cycle is not None and not self.cycle.response_complete

        def _expect_head(self) -> None:
            self._head_timer = self.loop.call_later(HEAD_PATIENCE_S, self.transport.abort)

        def _stop_timer(self) -> None:
            if self._head_timer is not None:
                self._head_timer.cancel()
                self._head_timer = None

    return Guarded
