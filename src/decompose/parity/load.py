"""Offers requests to a running system: open loop (arrivals wait for no answer) or closed loop (to find capacity).

Requests go out through the standard library's HTTP client from a pool of threads: about a fifth of the processor time
that the asynchronous clients spend on one request, which counts where the asker shares the machine with the asked
(`docs/decisions/0007-load-from-the-standard-library.md`).
"""

from __future__ import annotations

import http.client
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from decompose.ir.graph import Record

_TIMEOUT_S = 10.0
_MOST_CONNECTIONS = 128


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
    at_s: float = 0.0
    """When it was due, in seconds from the beginning of the stream."""

    @property
    def is_ok(self) -> bool:
        """Whether it was answered without a server error."""
        return 100 <= self.status < 500


def offer(
    url: str,
    requests: Sequence[Request],
    *,
    rate_per_s: float,
    seconds: float,
    seed: int = 0,
    until: Callable[[], bool] = lambda: False,
) -> list[Answer]:
    """Return the answers to a Poisson stream of requests, in the order in which they were due.

    Args:
        url: Base URL.
        requests: Kinds of request, drawn evenly.
        rate_per_s: Arrivals per second, whether or not earlier ones have been answered.
        seconds: Length of the stream.
        seed: For arrival times and the choice of requests.
        until: Ends the stream early when it says so.
    """
    schedule = arrivals(requests, rate_per_s=rate_per_s, seconds=seconds, seed=seed)
    with _Asker(url) as asker, ThreadPoolExecutor(_MOST_CONNECTIONS) as pool:
        begin = time.perf_counter() + 0.05
        waiting = []
        for due, request in schedule:
            time.sleep(max(0.0, begin + due - time.perf_counter()))
            if until():
                break
            waiting.append(pool.submit(asker.ask, request, begin + due, due))
        return [answer.result()[0] for answer in waiting]


def arrivals(
    requests: Sequence[Request], *, rate_per_s: float, seconds: float, seed: int
) -> list[tuple[float, Request]]:
    """Return when each request of a Poisson stream is due, in seconds, in order."""
    rng = random.Random(seed)  # noqa: S311
    kinds = list(requests)
    due, schedule = 0.0, []
    while (due := due + rng.expovariate(rate_per_s)) < seconds:
        schedule.append((due, rng.choice(kinds)))
    return schedule


def saturate(url: str, requests: Sequence[Request], *, users: int = 16, seconds: float = 3.0) -> tuple[float, float]:
    """Return (good answers per second, share of failed ones) when `users` ask again as soon as they are answered."""
    with _Asker(url) as asker, ThreadPoolExecutor(users) as pool:
        begin = time.perf_counter()
        turns = [pool.submit(_keep_asking, asker, requests, number, begin + seconds) for number in range(users)]
        answers = [answer for turn in turns for answer in turn.result()]
        good = sum(answer.is_ok for answer in answers)
        return good / (time.perf_counter() - begin), 1 - good / max(1, len(answers))


def ask(url: str, requests: Sequence[Request], *, pause_s: float = 0.0) -> list[tuple[Answer, bytes]]:
    """Return each request's answer and body, asked one after the other with a pause before each."""
    found = []
    with _Asker(url) as asker:
        for request in requests:
            time.sleep(pause_s)
            found.append(asker.ask(request, time.perf_counter()))
    return found


def _keep_asking(asker: _Asker, requests: Sequence[Request], first: int, end: float) -> list[Answer]:
    answers: list[Answer] = []
    while time.perf_counter() < end:
        request = requests[(first + len(answers)) % len(requests)]
        answers.append(asker.ask(request, time.perf_counter())[0])
    return answers


class _Asker:
    """Kept-alive connections to one address; the one used last is used next, so that few stay open."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port, self._prefix = parts.hostname or "127.0.0.1", parts.port or 80, parts.path.rstrip("/")
        self._idle: list[http.client.HTTPConnection] = []
        self._lock = threading.Lock()

    def __enter__(self) -> _Asker:
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self._idle:
            connection.close()

    def ask(self, request: Request, due: float, at_s: float = 0.0) -> tuple[Answer, bytes]:
        """Return answer and body; a connection that the server closed meanwhile is replaced once."""
        status, body = 0, b""
        for connection, is_fresh in self._connections():
            try:
                status, body = self._exchange(connection, request)
                break
            except (OSError, http.client.HTTPException):
                connection.close()
                if is_fresh:
                    break
        took = (time.perf_counter() - due) * 1000
        return Answer(entry=request.entry, latency_ms=took, status=status, at_s=at_s), body

    def _connections(self) -> Iterator[tuple[http.client.HTTPConnection, bool]]:
        """Yield the connection to try: an idle one if there is one, then a fresh one."""
        with self._lock:
            kept = self._idle.pop() if self._idle else None
        if kept is not None:
            yield kept, False
        yield http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT_S), True

    def _exchange(self, connection: http.client.HTTPConnection, request: Request) -> tuple[int, bytes]:
        is_new = connection.sock is None
        if is_new:
            connection.connect()
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        headers = {"content-type": request.content_type} if request.body else {}
        connection.request(request.method, self._prefix + request.path, request.body.encode() or None, headers)
        reply = connection.getresponse()
        body = reply.read()
        if reply.will_close:
            connection.close()
        else:
            with self._lock:
                self._idle.append(connection)
        return reply.status, body
