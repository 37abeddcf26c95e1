"""Offers requests to a running system: open loop (arrivals wait for no answer) or closed loop (to find capacity)."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from decompose.errors import MissingExtraError
from decompose.ir.graph import Record

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

_TIMEOUT_S = 10.0
_MOST_CONNECTIONS = 256


class Request(Record):
    """One kind of request."""

    entry: str
    """Name of the entry point in the report."""
    method: str = "GET"
    path: str = "/"
    body: str = ""
    content_type: str = "application/json"


class Answer(Record):
    """What came of one request."""

    entry: str
    latency_ms: float
    """From the moment it was due, so that a stalled system is not flattered."""
    status: int
    """HTTP status; 0 when there was no answer."""

    @property
    def is_ok(self) -> bool:
        """Whether it was answered without a server error."""
        return 100 <= self.status < 500


def offer(url: str, requests: Sequence[Request], *, rate_per_s: float, seconds: float, seed: int = 0) -> list[Answer]:
    """Return the answers to a Poisson stream of requests, in the order in which they were due.

    Args:
        url: Base URL.
        requests: Kinds of request, drawn evenly.
        rate_per_s: Arrivals per second, whether or not earlier ones have been answered.
        seconds: Length of the stream.
        seed: For arrival times and the choice of requests.

    Raises:
        MissingExtraError: If `httpx` is not installed.
    """
    rng = random.Random(seed)  # noqa: S311
    due, schedule = 0.0, []
    while (due := due + rng.expovariate(rate_per_s)) < seconds:
        schedule.append((due, rng.choice(list(requests))))
    return _run(_offer(url, schedule))


def saturate(url: str, requests: Sequence[Request], *, users: int = 16, seconds: float = 3.0) -> tuple[float, float]:
    """Return (good answers per second, share of failed ones) when `users` ask again as soon as they are answered.

    Raises:
        MissingExtraError: If `httpx` is not installed.
    """
    return _run(_saturate(url, list(requests), users, seconds))


def ask(url: str, requests: Sequence[Request]) -> list[tuple[Answer, bytes]]:
    """Return each request's answer and body, asked one after the other."""
    return _run(_ask(url, requests))


def _client(url: str) -> httpx.AsyncClient:
    try:
        import httpx  # noqa: PLC0415  (optional)
    except ImportError as error:
        raise MissingExtraError("measuring needs `httpx`", hint='pip install "decompose-ml[parity]"') from error
    limits = httpx.Limits(max_connections=_MOST_CONNECTIONS, max_keepalive_connections=_MOST_CONNECTIONS)
    return httpx.AsyncClient(base_url=url, timeout=_TIMEOUT_S, limits=limits, trust_env=False)


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine gives, also where the calling thread already runs an event loop (a notebook)."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def _offer(url: str, schedule: Sequence[tuple[float, Request]]) -> list[Answer]:
    async with _client(url) as client:
        begin = time.perf_counter() + 0.05
        tasks = []
        for due, request in schedule:
            delay = begin + due - time.perf_counter()
            if delay > 0:
                await asyncio.sleep(delay)
            tasks.append(asyncio.create_task(_one(client, request, begin + due)))
        return [answer for answer, _ in await asyncio.gather(*tasks)]


async def _saturate(url: str, requests: list[Request], users: int, seconds: float) -> tuple[float, float]:
    async with _client(url) as client:
        end = time.perf_counter() + seconds
        answers: list[Answer] = []

        async def user(number: int) -> None:
            turn = number
            while time.perf_counter() < end:
                answer, _ = await _one(client, requests[turn % len(requests)], time.perf_counter())
                answers.append(answer)
                turn += 1

        begin = time.perf_counter()
        await asyncio.gather(*(user(number) for number in range(users)))
        good = sum(answer.is_ok for answer in answers)
        return good / (time.perf_counter() - begin), 1 - good / max(1, len(answers))


async def _ask(url: str, requests: Sequence[Request]) -> list[tuple[Answer, bytes]]:
    async with _client(url) as client:
        return [await _one(client, request, time.perf_counter()) for request in requests]


async def _one(client: httpx.AsyncClient, request: Request, due: float) -> tuple[Answer, bytes]:
    import httpx  # noqa: PLC0415

    content = request.body.encode() if request.body else None
    headers = {"content-type": request.content_type} if request.body else {}
    try:
        reply = await client.request(request.method, request.path, content=content, headers=headers)
        status, body = reply.status_code, reply.content
    except (httpx.HTTPError, OSError):
        status, body = 0, b""
    return Answer(entry=request.entry, latency_ms=(time.perf_counter() - due) * 1000, status=status), body
