"""What travels with a call: who asks, until when, under which request id, how deep in the chain."""

from __future__ import annotations

import os
import time
import uuid
from contextvars import ContextVar

from service_runtime.errors import DeadlineExceeded

CHAIN_LIMIT = 32
"""Services that one call may pass through, so that two that call each other cannot do so for ever."""

deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
"""Time by which the answer is needed, in seconds since the epoch."""
request_id: ContextVar[str] = ContextVar("request_id", default="")
chain: ContextVar[int] = ContextVar("chain", default=0)
receiver: ContextVar[str] = ContextVar("receiver", default="")
"""The process that the message being written goes to."""
run: ContextVar[str] = ContextVar("run", default="")
"""The attempt of a run on whose behalf the code works (`SERVICE/RUN/ATTEMPT`); empty when it is for none."""
process_run: list[str] = []
"""The attempt that this whole process is for, if it is for one."""
session: ContextVar[str] = ContextVar("session", default="")
"""The conversation that the call belongs to: calls of one conversation run on one thread, one after the other."""


def process_name() -> str:
    """Return the name of this process: its service, or `client`."""
    return os.environ.get("SERVICE_NAME", "client")


def current_run() -> str:
    """Return the attempt of a run that the present code is part of, in whichever thread; empty when it is none."""
    return process_run[0] if process_run else run.get()


def new_request_id() -> str:
    """Return a fresh request id."""
    return uuid.uuid4().hex


def remaining_s(timeout_s: float) -> float:
    """Return the time that the next call may take, in seconds: its own limit or what is left of the caller's.

    Raises:
        DeadlineExceeded: If nothing is left.
    """
    until = deadline.get()
    if until is None:
        return timeout_s
    left = until - time.time()
    if left <= 0:
        raise DeadlineExceeded("the caller's deadline has passed")
    return min(timeout_s, left)
