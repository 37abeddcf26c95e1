"""What every request to a service passes, whoever answers it: the gate, and the hand-over of files before and after."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from service_runtime import context, tokens, undo, view
from service_runtime.gate import Gate
from service_runtime.handover import HEADER, Handover, hear, told
from service_runtime.limits import bounded, largest
from service_runtime.reloading import Reloader

UNGATED = ("/livez", "/readyz", "/startupz", "/metrics", "/v2/health")
SETTLE_S = 2.0
"""How long a web request leaves files alone that another one inside may still be writing, in seconds."""
_READ_ONLY = ("GET", "HEAD", "OPTIONS")


class Door:
    """An ASGI application around the one that answers.

    Args:
        app: The application that answers.
        gate: Lets requests in.
        handover: The artifacts of the service, `None` when it shares none.
        reloader: Brings the artifacts up to date.
        prefix: Path below which the service's own routes stand.
        is_ending: Whether the process has been told to end: then every connection is closed after its answer.
    """

    def __init__(
        self,
        app: Any,
        gate: Gate,
        handover: Handover | None,
        reloader: Reloader | None = None,
        prefix: str = "",
        is_ending: Callable[[], bool] = lambda: False,
    ) -> None:
        self._app = app
        self._gate = gate
        self._handover = handover
        self._reloader = reloader
        self._prefix = prefix
        self._changed_at = 0.0
        self._is_ending = is_ending

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Let a request in when it may come, and pass it on."""
        if scope["type"] != "http" or scope["path"].removeprefix(self._prefix).startswith(UNGATED):
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if self._is_ending():
            send = _closing(send)
        if scope["method"] not in _READ_ONLY:
            limit = largest(headers)
            if limit < 0:
                await _refuse(send, 413, b"the body is too large")
                return
            receive = bounded(receive, limit)
        request_id = headers.get(b"x-request-id", b"").decode("latin-1") or context.new_request_id()
        context.request_id.set(request_id)
        theirs, run = _told(headers)
        try:
            hear(theirs)
        except (ValueError, TypeError, AttributeError, RecursionError):
            await _refuse(send, 400, b"what is said of the artifacts is unreadable")
            return
        await self._catch_up(theirs, request_id)
        await self._gate.enter(request_id)
        try:
            if not run or os.environ.get("SERVICE_SHARED_WORKDIR") != "1":
                await self._with_files(self._handover, headers, scope, receive, send)
                return
            async with _part_of(run) as may_work:
                if may_work:
                    await self._with_files(self._handover, headers, scope, receive, send)
                else:
                    await _refuse(send, 409, b"the attempt of the run that calls is over")
        finally:
            self._gate.leave(request_id)

    async def _with_files(self, handover: Handover | None, headers: Any, scope: Any, receive: Any, send: Any) -> None:
        is_call = b"x-chain" in headers
        if is_call and view.active and self._gate.count == 1:
            view.active[0].refresh()

        async def send_after_publishing(message: Any) -> None:
            if message["type"] == "http.response.start":
                await self._publish(handover, is_call=is_call)
                known = told() if is_call else ""
                if known:
                    message = {**message, "headers": [*message["headers"], (HEADER.encode(), known.encode("latin-1"))]}
            await send(message)

        if scope["method"] in _READ_ONLY:
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, send_after_publishing)
        await self._publish(handover, is_call=is_call)
        if view.active and self._gate.count == 1:
            view.active[0].refresh()

    async def _catch_up(self, theirs: str, request_id: str) -> None:
        """See what the caller has seen; a call that is part of a request inside cannot wait for that to end."""
        if self._handover is None or not self._handover.is_behind(theirs):
            return
        if self._reloader is None or self._gate.has(request_id):
            await asyncio.to_thread(self._handover.pull)
        else:
            await self._reloader.catch_up()

    async def _publish(self, handover: Handover | None, *, is_call: bool) -> None:
        """Publish what was written; a web request waits a little for others that may be writing the same set."""
        if handover is None or not handover.has_changed():
            self._changed_at = 0.0
            return
        self._changed_at = self._changed_at or time.monotonic()
        is_alone = self._gate.count == 1
        if is_call or is_alone or time.monotonic() - self._changed_at > SETTLE_S:
            await asyncio.to_thread(handover.publish)


def _closing(send: Any) -> Any:
    async def send_last(message: Any) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
        await send(message)

    return send_last


def _told(headers: dict[bytes, bytes]) -> tuple[str, str]:
    """Return what a caller says of the artifacts and of its run; nothing when it is no process of the system."""
    theirs, run = (headers.get(name, b"").decode("latin-1") for name in (HEADER.encode(), b"x-run"))
    if not theirs and not run:
        return "", ""
    token = headers.get(b"authorization", b"").decode("latin-1").removeprefix("Bearer ")
    try:
        tokens.verify(token, context.process_name())
    except PermissionError:
        return "", ""
    return theirs, run


@asynccontextmanager
async def _part_of(run: str) -> AsyncIterator[bool]:
    """Work on behalf of an attempt of a run, so that what is changed is noted; give `False` when that one is over."""
    undo.watch(view.shared_root())
    context.run.set(run)
    with undo.undo_of(view.shared_root(), run).held() as is_alive:
        yield is_alive


async def _refuse(send: Any, status: int, why: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": why})
