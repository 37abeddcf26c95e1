"""How messages travel: over HTTP with a bounded pool of kept-alive connections, or inside the process."""

from __future__ import annotations

import http
import http.client
import select
import struct
import threading
import time
from collections.abc import Iterator
from typing import Any, Protocol
from urllib.parse import urlsplit

from service_runtime.breaker import Breaker
from service_runtime.errors import NotSent
from service_runtime.handover import HEADER
from service_runtime.wire import FRAMES, JSON, Part, size_of

POOL_LIMIT = 32
"""Connections to one service at a time; further calls wait."""
IDLE_S = 4.0
"""Time after which an unused connection is not used again, in seconds.

Less than a service that is told to end goes on answering (`SERVICE_DRAIN_S`, 5 where several stand side by side); those
that are used meanwhile it closes itself. So no call is sent over a connection that is about to be closed.
"""
FRAME_HEAD = struct.Struct("<IB")
FRAME_TYPES = (JSON, FRAMES)


class Answer(Protocol):
    """What came back."""

    status: int
    content_type: str
    artifacts: str
    """How far the answering service has read the logs of the artifact store; empty when it does not say."""

    def read(self) -> bytes | memoryview:
        """Return the whole body."""

    def frames(self) -> Iterator[tuple[str, bytes | memoryview]]:
        """Yield content type and body of each message of a stream."""

    def close(self) -> None:
        """Let go of the connection."""


class Transport(Protocol):
    """Carries one message to a service and brings back the answer."""

    def send(self, path: str, headers: dict[str, str], chunks: list[Part], timeout_s: float) -> Answer:
        """Send a message.

        Raises:
            NotSent: If the service did not get it.
            TimeoutError: If no answer came in time.
        """


class HttpTransport:
    """Sends messages to one address.

    Args:
        address: Base address, such as `http://127.0.0.1:8101`.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._prefix = parts.path.rstrip("/")
        self._idle: list[tuple[http.client.HTTPConnection, float]] = []
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(POOL_LIMIT)
        self.breaker = Breaker()

    def send(self, path: str, headers: dict[str, str], chunks: list[Part], timeout_s: float) -> Answer:
        """Send a message over a pooled connection."""
        self.breaker.admit()
        if not self._slots.acquire(timeout=timeout_s):
            raise TimeoutError("all connections to the service are in use")
        try:
            connection = self._connect(timeout_s)
            try:
                size = size_of(chunks)
                _send(connection, _head(self._host, self._prefix + path, headers, size), chunks, size)
                response = http.client.HTTPResponse(connection.sock, method="POST")
                response.begin()
                self.breaker.note(failed=response.status == http.HTTPStatus.SERVICE_UNAVAILABLE)
                return HttpAnswer(self, connection, response)
            except BaseException:
                connection.close()
                raise
        except BaseException as error:
            if isinstance(error, (OSError, http.client.HTTPException)):
                self.breaker.note(failed=True)
            self._slots.release()
            raise

    def give_back(self, connection: http.client.HTTPConnection, *, is_clean: bool) -> None:
        """Take a connection back after its answer was read."""
        if is_clean:
            with self._lock:
                self._idle.append((connection, time.monotonic()))
        else:
            connection.close()
        self._slots.release()

    def _connect(self, timeout_s: float) -> http.client.HTTPConnection:
        connection = self._reuse()
        if connection is None:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=min(timeout_s, 5.0))
            try:
                connection.connect()
            except OSError as error:
                raise NotSent(str(error)) from error
        connection.sock.settimeout(timeout_s)
        return connection

    def _reuse(self) -> http.client.HTTPConnection | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                connection, since = self._idle.pop()
            is_open = connection.sock is not None and not select.select([connection.sock], [], [], 0)[0]
            if is_open and time.monotonic() - since < IDLE_S:
                return connection
            connection.close()


class HttpAnswer:
    """An answer on its way in."""

    def __init__(self, owner: HttpTransport, connection: http.client.HTTPConnection, response: Any) -> None:
        self.status: int = response.status
        self.content_type: str = response.headers.get("content-type", "")
        self.artifacts: str = response.headers.get(HEADER, "")
        self.instance: str = response.headers.get("x-instance", "")
        self._owner = owner
        self._connection: http.client.HTTPConnection | None = connection
        self._response = response

    def read(self) -> bytes | memoryview:
        """Return the whole body, read straight into one buffer when its size is known."""
        is_clean = False
        try:
            size = self._response.length
            if size is None or size < 65536:  # noqa: PLR2004
                body: bytes | memoryview = self._response.read()
            else:
                body = memoryview(bytearray(size))
                _read_into(self._response, body)
            is_clean = not self._response.will_close
            return body
        finally:
            self._let_go(is_clean=is_clean)

    def frames(self) -> Iterator[tuple[str, bytes | memoryview]]:
        """Yield the messages of a stream; a stream that breaks off raises."""
        while True:
            head = self._response.read(FRAME_HEAD.size)
            if len(head) < FRAME_HEAD.size:
                raise ConnectionError("the stream broke off")
            size, kind = FRAME_HEAD.unpack(head)
            body = self._response.read(size)
            if len(body) < size:
                raise ConnectionError("the stream broke off")
            yield FRAME_TYPES[kind], body

    def close(self) -> None:
        """Close the connection: the service notices and stops."""
        self._let_go(is_clean=False)

    def _let_go(self, *, is_clean: bool) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            if not is_clean:
                self._response.close()
            self._owner.give_back(connection, is_clean=is_clean)


class LocalAnswer:
    """An answer that never left the process."""

    def __init__(self, status: int, content_type: str, chunks: Iterator[Part]) -> None:
        self.status = status
        self.content_type = content_type
        self.artifacts = ""
        self._chunks = chunks

    def read(self) -> bytes | memoryview:
        """Return the whole body."""
        return b"".join(self._chunks)

    def frames(self) -> Iterator[tuple[str, bytes | memoryview]]:
        """Yield the messages of a stream."""
        for chunk in self._chunks:
            size, kind = FRAME_HEAD.unpack_from(chunk)
            yield FRAME_TYPES[kind], memoryview(chunk)[FRAME_HEAD.size : FRAME_HEAD.size + size]

    def close(self) -> None:
        """Stop the stream."""
        close = getattr(self._chunks, "close", None)
        if close is not None:
            close()


def frame(content_type: str, chunks: list[Part]) -> bytes:
    """Return one message of a stream."""
    return FRAME_HEAD.pack(size_of(chunks), FRAME_TYPES.index(content_type)) + b"".join(chunks)


def _head(host: str, path: str, headers: dict[str, str], size: int) -> bytes:
    """Return request line and headers, written at once: a packet fewer, and a fifth of the time of `putheader`.

    Raises:
        ValueError: If path or a header could be read as something else.
    """
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", f"Content-Length: {size}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    text = "\r\n".join(lines)
    if text.count("\n") != len(lines) - 1 or text.count("\r") != len(lines) - 1 or " " in path:
        raise ValueError("a path or header of a message holds a space or a line break")
    return (text + "\r\n\r\n").encode("latin-1")


def _send(connection: http.client.HTTPConnection, head: bytes, chunks: list[Part], size: int) -> None:
    if size < 65536:  # noqa: PLR2004
        connection.sock.sendall(b"".join((head, *chunks)))
        return
    connection.sock.sendall(head)
    for chunk in chunks:
        connection.sock.sendall(chunk)


def _read_into(response: Any, target: memoryview) -> None:
    offset = 0
    while offset < len(target):
        count = response.readinto(target[offset:])
        if not count:
            raise ConnectionError("the answer broke off")
        offset += count
