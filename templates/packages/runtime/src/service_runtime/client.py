"""Calls to other services: one client a service, over HTTP with kept-alive connections or inside the process."""

from __future__ import annotations

import asyncio
import functools
import os
import random
import secrets
import threading
import time
from collections.abc import AsyncIterator, Callable, Generator
from typing import Any, TypeVar

from service_runtime import callbacks, context, echo, handover, surroundings, tokens, tracing, view
from service_runtime.errors import DeadlineExceeded, NotSent, RemoteCallError
from service_runtime.handles import Reference
from service_runtime.restore import overwrite
from service_runtime.transport import Answer, HttpTransport, Transport
from service_runtime.values import Decoder, Encoder
from service_runtime.wire import FRAMES, JSON, STREAM, pack, unpack

TIMEOUT_S = float(os.environ.get("SERVICE_TIMEOUT_S", "900"))
"""Longest time that a call may take, in seconds, when no deadline is nearer."""
RETRIES = 2
"""Further attempts for a call that did not reach the service, or that may be repeated …"""
RETRY_SHARE = 0.1
"""… as long as they are no more than this share of the calls, and some …"""
RETRY_CREDIT = 10.0
"""… to begin with: a service in trouble does not get several times its load."""


class Unset:
    """Stands for an argument that was not given: the callee's own default holds."""

    def __repr__(self) -> str:
        return "<the callee's default>"

    def __bool__(self) -> bool:
        return False


UNSET: Any = Unset()
F = TypeVar("F", bound=Callable[..., Any])
_clients: dict[str, Client] = {}
_lock = threading.Lock()


def client_of(service: str) -> Client:
    """Return the client of a service, or of a process that serves its own objects (`http://…`)."""
    with _lock:
        if service not in _clients:
            _clients[service] = Client(service)
        return _clients[service]


class Client:
    """Calls the operations of one service.

    Args:
        service: Name of the service; its address is in the variable `SERVICE_URL_<NAME>`.
        transport: How messages travel; HTTP when not given.
    """

    def __init__(self, service: str, transport: Transport | None = None) -> None:
        self.service = service
        self._transport = transport
        self._released: list[list[Any]] = []
        self._instance = ""
        """Process that answered last."""
        self._credit = RETRY_CREDIT
        """Further attempts that may be made now."""

    def use(self, transport: Transport) -> None:
        """Send all further calls through `transport`."""
        self._transport = transport

    def call(
        self, operation: str, arguments: dict[str, Any], args: tuple[Any, ...] = (), *, is_idempotent: bool = False
    ) -> Any:
        """Return what the operation returns, or raise what it raises.

        Args:
            operation: Name of the operation.
            arguments: Arguments by name; those that are `UNSET` are left to the callee.
            args: Positional arguments, for functions that take them so.
            is_idempotent: Whether the call may be repeated when its answer is lost.

        Raises:
            RemoteCallError: If the service cannot be reached or refuses.
        """
        return self._ask(
            f"/operations/{operation}", {"args": args, "arguments": arguments}, is_idempotent=is_idempotent
        )

    async def call_async(
        self, operation: str, arguments: dict[str, Any], args: tuple[Any, ...] = (), *, is_idempotent: bool = False
    ) -> Any:
        """Do as `call`, without blocking the event loop."""
        return await beside_loop(self.call, operation, arguments, args, is_idempotent=is_idempotent)

    def stream(
        self, operation: str, arguments: dict[str, Any], args: tuple[Any, ...] = ()
    ) -> Generator[Any, None, Any]:
        """Yield what the operation yields, and return what it returns; stopping early stops it there too."""
        return (yield from self.call(operation, arguments, args))

    async def stream_async(
        self, operation: str, arguments: dict[str, Any], args: tuple[Any, ...] = ()
    ) -> AsyncIterator[Any]:
        """Do as `stream`, without blocking the event loop."""
        items = await self.call_async(operation, arguments, args)
        end = object()
        while (item := await asyncio.to_thread(next, items, end)) is not end:
            yield item

    def create(self, symbol: str, arguments: dict[str, Any], args: tuple[Any, ...] = ()) -> dict[str, Any]:
        """Build an object in the service and return the JSON form of its handle."""
        request = {"do": "create", "class": symbol, "args": args, "arguments": arguments}
        return self._ask("/objects", request)  # type: ignore[no-any-return]

    def class_attribute(self, symbol: str, name: str) -> Any:
        """Return an attribute of a class of the service."""
        return self._ask("/objects", {"do": "class", "class": symbol, "name": name})

    def call_class(self, symbol: str, name: str, arguments: dict[str, Any], args: tuple[Any, ...] = ()) -> Any:
        """Call a class method or static method of the service."""
        return self._ask(
            "/objects", {"do": "class_call", "class": symbol, "name": name, "args": args, "arguments": arguments}
        )

    async def call_class_async(
        self, symbol: str, name: str, arguments: dict[str, Any], args: tuple[Any, ...] = ()
    ) -> Any:
        """Do as `call_class`, without blocking the event loop."""
        return await beside_loop(self.call_class, symbol, name, arguments, args)

    def attribute(self, module: str, name: str) -> Any:
        """Return a module-level value of the service."""
        return self._ask("/objects", {"do": "module", "class": module, "name": name})

    def patch(self, what: str, name: str, value: Any) -> None:
        """Replace a name of a module or class of the service, as tests do."""
        self._ask("/objects", {"do": "patch", "class": what, "name": name, "args": (value,)})

    def unpatch(self, what: str, name: str) -> None:
        """Put back what `patch` replaced."""
        self._ask("/objects", {"do": "unpatch", "class": what, "name": name})

    def function(self, key: str) -> Any:
        """Return a function that calls a function of the service by its name."""

        def remote(*args: Any, **kwargs: Any) -> Any:
            request = {"do": "function", "class": key, "args": args, "arguments": kwargs}
            return self._ask("/objects", request)

        remote.__qualname__ = remote.__name__ = key.rpartition(":")[2]
        return remote

    def ask_object(self, handle: str, request: dict[str, Any]) -> Any:
        """Do something with an object that the service holds."""
        return self._ask(f"/objects/{handle}", request)

    def run(self, entry: str, argv: list[str]) -> int:
        """Run a module of the service as a program and return its exit status."""
        return int(self._ask("/objects", {"do": "main", "class": entry, "arguments": {"argv": argv}}) or 0)

    def forget(self, reference: Reference) -> None:
        """Release a handle with the next call."""
        if not reference.is_lent:
            self._released.append([reference.handle, reference.received])

    @property
    def transport(self) -> Transport:
        """How messages travel."""
        if self._transport is None:
            self._transport = HttpTransport(address_of(self.service))
        return self._transport

    def _ask(self, path: str, request: dict[str, Any], *, is_idempotent: bool = False) -> Any:
        encoder = Encoder()
        token = context.receiver.set(self.service)
        try:
            message = self._message(encoder, request)
        finally:
            context.receiver.reset(token)
        content_type, chunks = pack(message, encoder.parts)
        headers = self._headers(content_type) | handover.before_call()
        if path.startswith("/operations/") and not is_idempotent:
            headers["Idempotency-Key"] = secrets.token_hex(16)
        answer = self._send(path, headers, chunks, is_idempotent=is_idempotent)
        handover.after_call(answer.artifacts)
        return self._read(answer, encoder)

    def _message(self, encoder: Encoder, request: dict[str, Any]) -> dict[str, Any]:
        message = {key: value for key, value in request.items() if key not in ("args", "arguments")}
        args, arguments = request.get("args"), request.get("arguments")
        if args:
            message["args"] = [encoder.encode(value) for value in args if value is not UNSET]
        if arguments:
            given = {name: value for name, value in arguments.items() if value is not UNSET}
            message["arguments"] = {name: encoder.encode(value) for name, value in given.items()}
        if self._released:
            message["release"], self._released = self._released, []
        return message

    def _headers(self, content_type: str) -> dict[str, str]:
        left = context.remaining_s(TIMEOUT_S)
        changes = surroundings.changes_for(self.service)
        run = context.current_run()
        more = ({"X-Environment": changes} if changes else {}) | ({"X-Run": run} if run else {})
        return more | {
            "Content-Type": content_type,
            "Authorization": "Bearer " + tokens.issue(context.process_name(), audience_of(self.service)),
            "X-Deadline": f"{time.time() + left:.3f}",
            "traceparent": tracing.header(),
            "X-Request-Id": context.request_id.get(),
            "X-Session": _conversation(),
            "X-Chain": str(context.chain.get() + 1),
            "X-Folder": view.outside(os.getcwd()).encode("unicode_escape").decode(),
        }

    def _send(self, path: str, headers: dict[str, str], chunks: list[Any], *, is_idempotent: bool) -> Answer:
        transport = self.transport
        self._credit = min(RETRY_CREDIT, self._credit + RETRY_SHARE)
        for attempt in range(RETRIES + 1):
            left = context.remaining_s(TIMEOUT_S)
            try:
                return transport.send(path, headers, chunks, left)
            except TimeoutError as error:
                raise DeadlineExceeded(f"`{self.service}` did not answer {path} within {left:.0f} s") from error
            except NotSent as error:
                failure: Exception = error
            except OSError as error:
                failure = error
                if not (is_idempotent or self._may_repeat(headers)):
                    break
            if self._credit < 1:
                break
            if attempt < RETRIES:
                self._credit -= 1
                time.sleep((0.05 * 2**attempt) * (0.5 + random.random()))  # noqa: S311  (jitter, no secret)
        raise RemoteCallError(f"`{self.service}` cannot be reached for {path}: {failure}") from failure

    def _may_repeat(self, headers: dict[str, str]) -> bool:
        """Return whether the service would know a repeat: it answers from its record, or refuses when it is new."""
        if "Idempotency-Key" not in headers or not self._instance:
            return False
        headers["X-Instance"] = self._instance
        return True

    def _read(self, answer: Answer, encoder: Encoder) -> Any:
        if answer.content_type.startswith(STREAM):
            return RemoteStream(answer, self.service)
        self._instance = getattr(answer, "instance", "") or self._instance
        body = answer.read()
        if answer.status >= 400 and not answer.content_type.startswith((JSON, FRAMES)):  # noqa: PLR2004
            reason = str(bytes(body[:500]), "utf-8", "replace")
            raise RemoteCallError(f"`{self.service}` refused the call ({answer.status}): {reason}")
        message, parts = unpack(answer.content_type, body)
        decoder = Decoder(parts, encoder.objects)
        echo.replay(message.get("echo", ()))
        result = decoder.decode(message["error"] if "error" in message else message.get("result"))
        if "cause" in message:
            result.__cause__ = decoder.decode(message["cause"])
        if "changed" in message:
            overwrite(encoder, decoder, message["changed"])
        if "error" in message:
            raise with_trace(result, message.get("trace", ""), self.service)
        return result


class RemoteStream:
    """Values that another service yields, one after the other as they are asked for."""

    def __init__(self, answer: Answer, service: str) -> None:
        self._answer = answer
        self._frames = answer.frames()
        self._service = service

    def __iter__(self) -> RemoteStream:
        return self

    def __next__(self) -> Any:
        try:
            content_type, body = next(self._frames)
        except StopIteration:
            self.close()
            raise
        message, parts = unpack(content_type, body)
        if "end" in message:
            self.close()
            raise StopIteration(Decoder(parts).decode(message["end"]))
        echo.replay(message.get("echo", ()))
        value = Decoder(parts).decode(message["error"] if "error" in message else message["item"])
        if "error" in message:
            self.close()
            raise with_trace(value, message.get("trace", ""), self._service)
        return value

    def close(self) -> None:
        """Stop the service from yielding more."""
        self._answer.close()

    def __del__(self) -> None:
        self.close()


async def beside_loop(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return what a call gives that waits for another service, while the event loop goes on.

    It belongs to the conversation of the thread that asks, so what is bound to a thread there stays on one.
    """
    token = context.session.set(_conversation())
    try:
        return await asyncio.to_thread(call, *args, **kwargs)
    finally:
        context.session.reset(token)


def _conversation() -> str:
    return context.session.get() or f"{os.getpid()}-{threading.get_ident()}"


def cached_there(client: Client, symbol: str) -> Callable[[F], F]:
    """Give the facade of a function that the service caches what controls the cache: `cache_clear`, `cache_info`."""

    def mark(facade: F) -> F:
        for name in ("cache_clear", "cache_info"):
            setattr(facade, name, functools.partial(client.call_class, symbol, name, {}))
        return facade

    return mark


def with_trace(error: BaseException, trace: str, service: str) -> BaseException:
    """Return the exception with the traceback of the service as a note."""
    if trace:
        error.add_note(f"Traceback in service `{service}`:\n{trace}")
    return error


def address_of(service: str) -> str:
    """Return the base address of a service.

    Raises:
        RemoteCallError: If this process has not been told.
    """
    if service.startswith("http://"):
        return service
    variable = f"SERVICE_URL_{service.upper()}"
    address = os.environ.get(variable)
    if not address:
        raise RemoteCallError(f"set {variable} to the address of `{service}` (`run.py up` writes it to its ready file)")
    return address


def audience_of(service: str) -> str:
    """Return whom a token is meant for: the service, or `client` for a process without a name."""
    return callbacks.AUDIENCE if service.startswith("http://") else service
