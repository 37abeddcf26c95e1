"""Calls that are repeated act once: the answer to each key is kept for a while and given again."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from service_runtime.dispatch import Reply, problem
from service_runtime.wire import size_of

INSTANCE = uuid.uuid4().hex
"""Name of this process: a repeat that reaches another one is refused, because nothing is known of the first attempt."""
KEPT = 4096
KEPT_S = 120.0
LARGEST = 65536
"""Largest answer that is kept, in bytes; a repeat of a call with a larger one is refused."""


class Once:
    """The answers to the last calls, by key."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, tuple[float, asyncio.Future[Reply]]] = OrderedDict()

    async def answer(self, key: str, expected: str, work: Callable[[], Awaitable[Reply]]) -> Reply:
        """Return the answer of the call with this key: what was answered before, or what `work` gives now.

        Args:
            key: Name of the call; the same on every attempt. Empty for a call that is never repeated.
            expected: Instance that the first attempt went to; empty on a first attempt.
            work: Does the call.
        """
        if not key:
            return await work()
        known = self._answers.get(key)
        if known is not None:
            return await asyncio.shield(known[1])
        if expected and expected != INSTANCE:
            return problem(409, "the service was started anew: whether the call ran is not known")
        self._forget()
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._answers[key] = (time.monotonic(), future)
        try:
            reply = await work()
        except BaseException:
            self._answers.pop(key, None)
            future.cancel()
            raise
        future.set_result(
            reply if _is_small(reply) else problem(409, "the call ran; its answer is too large to be kept")
        )
        return reply

    def _forget(self) -> None:
        now = time.monotonic()
        while self._answers:
            since, future = next(iter(self._answers.values()))
            if len(self._answers) < KEPT and now - since < KEPT_S:
                return
            if not future.done():
                return
            self._answers.popitem(last=False)


def _is_small(reply: Reply) -> bool:
    return isinstance(reply.chunks, list) and size_of(reply.chunks) <= LARGEST
