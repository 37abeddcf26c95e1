"""From message to call to answer, without a web framework: shared by server, in-process transport and callbacks."""

from __future__ import annotations

import asyncio
import copy
import inspect
import runpy
import sys
import traceback
import types
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service_runtime import allowlist, callbacks, context, echo, tokens
from service_runtime.errors import ContractError, WireError
from service_runtime.handles import describe, exports
from service_runtime.instances import encode_exception, encode_handle
from service_runtime.modules import globals_of
from service_runtime.operations import Operation
from service_runtime.patches import Patches
from service_runtime.restore import Received
from service_runtime.transport import LocalAnswer, frame
from service_runtime.values import Decoder, Encoder
from service_runtime.waiting import TooEarly, module_named
from service_runtime.wire import JSON, STREAM, Part, pack, unpack

if TYPE_CHECKING:
    from service_runtime.messages import Message

CHECK_LIMIT = 65536
"""Largest message of a facade that is checked against its model, in bytes: what is only reported may not cost much."""
_CONTAINERS = (list, dict, set)
_ITERATORS: tuple[type[Any], ...] = (
    types.GeneratorType, map, filter, zip, enumerate, reversed, type(iter([])), type(iter(())), type(iter({})),
    type(iter({}.values())), type(iter({}.items())), type(iter(set())), type(iter("")), type(iter(range(0))),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, content type and chunks of an answer."""

    status: int
    content_type: str
    chunks: list[Part] | Iterator[bytes]


class Dispatcher:
    """Answers the messages to one process.

    Args:
        name: Name of the process: its service, or `client`.
        operations: What it offers.
        symbols: Classes, functions and modules that others may name, with the services that do.
        messages: Models of arguments and results, by what they are for.
        live: Module-level values (`module:NAME`) that change, so that others get a handle instead of a copy.
        is_open: Whether the process `client` may call everything, as tests and drivers do.
    """

    def __init__(
        self,
        name: str,
        operations: tuple[Operation, ...] = (),
        symbols: dict[str, tuple[str, ...]] | None = None,
        *,
        messages: dict[str, Message] | None = None,
        live: tuple[str, ...] = (),
        is_open: bool = False,
    ) -> None:
        self.name = name
        self.operations = {operation.name: operation for operation in operations}
        self.symbols = symbols or {}
        self.messages = messages or {}
        self.mismatches = 0
        """Arguments of facades that were not what the annotations say."""
        self.live = frozenset(live)
        self.is_open = is_open
        self.patches = Patches()
        self.loop: asyncio.AbstractEventLoop | None = None
        self._targets: dict[str, Callable[..., Any]] = {}

    def answer(
        self, path: str, caller: str, content_type: str, body: bytes | memoryview, is_strict: bool = False
    ) -> Reply:
        """Return the answer to one message.

        Args:
            path: `/operations/NAME`, `/objects` or `/objects/HANDLE`.
            caller: Process that calls, as its token says.
            content_type: Of the message.
            body: The message.
            is_strict: Whether a message that is not what its model says is refused. Facades call as the monolith
                did, where annotations are not binding: there it is only reported.
        """
        try:
            message, parts = unpack(content_type, body)
            _check_shape(message)
            action = self._action(path, caller, message)
            decoder = Decoder(parts)
            args = [decoder.decode(item) for item in message.get("args", ())]
            arguments = {key: decoder.decode(item) for key, item in message.get("arguments", {}).items()}
            if self.messages and (is_strict or len(body) <= CHECK_LIMIT):
                self._check(self._symbol(path, message), args, arguments, is_strict=is_strict)
        except TooEarly as error:
            return problem(425, str(error))
        except ContractError as error:
            return problem(422, str(error), error.found)
        except WireError as error:
            return problem(422, str(error))
        except PermissionError as error:
            return problem(403, str(error))
        except KeyError as error:
            return problem(404, f"unknown operation or object: {error}")
        except Exception as error:  # noqa: BLE001  (an argument that cannot be built here is the caller's to know)
            return _failed(error, Encoder(), [], None)
        return self._perform(action, args, arguments, Received(decoder), caller)

    def load(self, without: Collection[str] = ()) -> None:
        """Import the code behind every operation, except that of some modules: no first call then pays for it."""
        for operation in self.operations.values():
            if operation.symbol.partition(":")[0] not in without:
                self._target(operation)

    def _symbol(self, path: str, message: dict[str, Any]) -> str:
        """Return what a message calls, as the contract names it; empty for anything else."""
        kind, _, name = path.lstrip("/").partition("/")
        if kind == "operations":
            return self.operations[name].symbol
        if name:
            is_call = message["do"] == "call"
            return f"{allowlist.key_of(type(exports.find(name)))}.{message.get('name', '')}" if is_call else ""
        method = f".{message['name']}" if message["do"] == "class_call" else ""
        return f"{message['class']}{method}" if message["do"] in ("create", "class_call", "function") else ""

    def _check(self, symbol: str, args: list[Any], arguments: dict[str, Any], *, is_strict: bool) -> None:
        from service_runtime.messages import report, troubles  # noqa: PLC0415  (processes that only lend have no pydantic)

        model = self.messages.get(symbol)
        found = troubles(model, args, arguments) if model is not None else []
        if found and is_strict:
            raise ContractError(symbol, found)
        if found:
            self.mismatches += report(symbol, found)

    def forget(self) -> None:
        """Look the code behind the operations up again when it is next called."""
        self._targets = {}

    def _action(self, path: str, caller: str, message: dict[str, Any]) -> Callable[..., Any]:
        for handle, count in message.get("release", ()):
            exports.release(handle, count)
        kind, _, name = path.lstrip("/").partition("/")
        if kind == "operations":
            operation = self.operations[name]
            self._admit(caller, operation.callers, name)
            return self._target(operation)
        if kind != "objects":
            raise KeyError(path)
        if name:
            return _object_action(exports.find(name), message, self.name)
        is_patch = message["do"] in ("patch", "unpatch")
        self._admit(caller, () if is_patch else self.symbols[message["class"]], message["class"])
        return self._symbol_action(message)

    def admit(self, caller: str, symbol: str) -> None:
        """Let a caller of a function go on.

        Raises:
            PermissionError: If no edge of the plan lets it call the function.
        """
        callers = {name for o in self.operations.values() if o.symbol == symbol for name in o.callers}
        self._admit(caller, tuple(callers), symbol)

    def _admit(self, caller: str, callers: tuple[str, ...], what: str) -> None:
        is_allowed = caller in callers or allowlist.has_been_handed(what, caller)
        if not is_allowed and not (caller == "client" and self.is_open):
            raise PermissionError(f"`{caller}` may not call `{what}` of `{self.name}`: no edge of the plan says so")

    def _target(self, operation: Operation) -> Callable[..., Any]:
        target = self._targets.get(operation.name)
        if target is None:
            target = self._targets[operation.name] = allowlist.resolve(operation.symbol)
        return target

    def _symbol_action(self, message: dict[str, Any]) -> Callable[..., Any]:
        what, name = message["class"], message.get("name", "")
        if message["do"] == "create":
            return lambda *args, **arguments: _Held(allowlist.resolve(what)(*args, **arguments))
        if message["do"] == "main":
            return lambda argv: run_main(what, argv)
        if message["do"] in ("patch", "unpatch"):
            target = allowlist.resolve(what) if ":" in what else module_named(what)
            return self.patches.setter(target, what, name, is_undo=message["do"] == "unpatch")
        if message["do"] == "module":
            return lambda: self._module_value(what, name)
        if message["do"] == "function":
            return allowlist.resolve(what)  # type: ignore[no-any-return]
        _refuse_private(name)
        if message["do"] == "class":
            return lambda: getattr(allowlist.resolve(what), name)
        return getattr(allowlist.resolve(what), name)  # type: ignore[no-any-return]

    def _module_value(self, module: str, name: str) -> Any:
        value = getattr(module_named(module), name)
        return _Held(value) if f"{module}:{name}" in self.live and type(value) in _CONTAINERS else value

    def _perform(
        self, action: Callable[..., Any], args: list[Any], arguments: dict[str, Any], received: Received, caller: str
    ) -> Reply:
        entries: list[list[Any]] = []
        token = echo.sink.set(entries)
        encoder = Encoder(received.numbers())
        try:
            result = action(*args, **arguments)
            if inspect.iscoroutine(result):
                result = self._await(result)
            if isinstance(result, _ITERATORS) or inspect.isasyncgen(result):
                return Reply(200, STREAM, self._stream(result, entries))
            receiver = allowlist.receiver.set(caller)
            try:
                return _done(result, encoder, entries, received)
            finally:
                allowlist.receiver.reset(receiver)
        except GeneratorExit:
            raise
        except TooEarly as error:
            return problem(425, str(error))
        except BaseException as error:  # noqa: BLE001  (whatever the called code raises goes back to the caller)
            return _failed(error, Encoder(received.numbers()), entries, received)
        finally:
            echo.sink.reset(token)

    def _await(self, coroutine: Any) -> Any:
        if self.loop is None:
            return asyncio.run(coroutine)
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def _stream(self, items: Any, entries: list[list[Any]]) -> Iterator[bytes]:
        iterator = iter(items) if not inspect.isasyncgen(items) else _drain(items, self._await)
        try:
            while True:
                token = echo.sink.set(entries)
                try:
                    message, encoder, is_last = _next_item(iterator)
                finally:
                    echo.sink.reset(token)
                if entries:
                    message["echo"] = entries[:]
                    entries.clear()
                yield frame(*pack(message, encoder.parts))
                if is_last:
                    return
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()


class InProcessTransport:
    """Hands messages to a dispatcher of this process, encoded and decoded as on the wire."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self.dispatcher = dispatcher

    def send(self, path: str, headers: dict[str, str], chunks: list[Part], timeout_s: float) -> LocalAnswer:
        """Answer the message at once."""
        caller = tokens.verify(headers["Authorization"].removeprefix("Bearer "), self.dispatcher.name)
        body = b"".join(bytes(chunk) for chunk in chunks)
        reply = self.dispatcher.answer(path, caller, headers["Content-Type"], body)
        return LocalAnswer(reply.status, reply.content_type, iter(reply.chunks))


def problem(status: int, detail: str, errors: list[dict[str, str]] | None = None) -> Reply:
    """Return a refusal (RFC 9457)."""
    body = {"title": "refused", "status": status, "detail": detail} | ({"errors": errors} if errors else {})
    _, chunks = pack(body, [])
    return Reply(status, "application/problem+json", chunks)


def _check_shape(message: Any) -> None:
    """Refuse a message whose outermost parts are not of the right kind."""
    if type(message) is not dict:
        raise WireError("a message is an object")
    if not (isinstance(message.get("args", []), list) and isinstance(message.get("arguments", {}), dict)):
        raise WireError("`args` is a list and `arguments` an object")
    released = message.get("release", [])
    if not (isinstance(released, list) and all(type(r) is list and list(map(type, r)) == [str, int] for r in released)):
        raise WireError("`release` is a list of pairs of a handle and a number")


class _Held:
    """Marks a result that stays here even when its class could cross by value."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing


def _done(result: Any, encoder: Encoder, entries: list[list[Any]], received: Received) -> Reply:
    message: dict[str, Any] = {}
    if type(result) is _Held:
        is_new_object = type(result.thing) not in _CONTAINERS
        message["result"] = (
            describe(result.thing, callbacks.home()) if is_new_object else encode_handle(encoder, result.thing)
        )
    else:
        message["result"] = encoder.encode(result)
    changes = received.changes(encoder)
    if changes:
        message["changed"] = changes
    if entries:
        message["echo"] = entries
    return Reply(200, *pack(message, encoder.parts))


def _failed(error: BaseException, encoder: Encoder, entries: list[list[Any]], received: Received | None) -> Reply:
    trace = "".join(traceback.format_exception(error)[-40:])
    message: dict[str, Any] = {"error": encode_exception(encoder, error), "trace": trace}
    if error.__cause__ is not None:
        message["cause"] = encode_exception(encoder, error.__cause__)
    changes = received.changes(encoder) if received is not None else []
    if changes:
        message["changed"] = changes
    if entries:
        message["echo"] = entries
    return Reply(500, *pack(message, encoder.parts))


def _next_item(iterator: Iterator[Any]) -> tuple[dict[str, Any], Encoder, bool]:
    encoder = Encoder()
    try:
        return {"item": encoder.encode(next(iterator))}, encoder, False
    except StopIteration as end:
        encoder = Encoder()
        return {"end": encoder.encode(end.value)}, encoder, True
    except Exception as error:  # noqa: BLE001  (it belongs to whoever iterates)
        encoder = Encoder()
        trace = "".join(traceback.format_exception(error)[-40:])
        return {"error": encode_exception(encoder, error), "trace": trace}, encoder, True


def _drain(items: Any, wait: Callable[[Any], Any]) -> Iterator[Any]:
    while True:
        try:
            yield wait(items.__anext__())
        except StopAsyncIteration:
            return


def _object_action(thing: Any, message: dict[str, Any], home: str) -> Callable[..., Any]:
    what, name = message["do"], message.get("name", "")
    if what in ("copy", "deepcopy"):
        duplicate = copy.copy if what == "copy" else copy.deepcopy
        return lambda: duplicate(thing)
    _refuse_private(name, is_on_object=True)
    if what == "call":
        return lambda *args, **arguments: _call_method(thing, name, args, arguments)
    if what == "get":
        return lambda: getattr(thing, name)
    if what == "set":
        return lambda value: setattr(thing, name, value)
    if what == "delete":
        return lambda: delattr(thing, name)
    raise KeyError(what)


def _call_method(thing: Any, name: str, args: tuple[Any, ...], arguments: dict[str, Any]) -> Any:
    result = getattr(thing, name)(*args, **arguments)
    return result if name != "__iter__" else iter(result)


def _refuse_private(name: str, *, is_on_object: bool = False) -> None:
    from service_runtime.handles import FORWARDED  # noqa: PLC0415

    allowed = (
        (*FORWARDED, "__repr__", "__str__", "__dir__", "__name__", "__qualname__", "__wrapped__")
        if is_on_object
        else ()
    )
    if name.startswith("__") and name not in allowed:
        raise PermissionError(f"`{name}` is not for others")


def run_main(module: str, argv: list[str]) -> int:
    """Run a module as a program and return its exit status."""
    before = sys.argv
    sys.argv = argv
    try:
        with echo.for_program():
            runpy.run_module(module, globals_of(module), run_name="__main__", alter_sys=False)
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    finally:
        sys.argv = before
    return 0


def _answer_callback(path: str, headers: dict[str, str], body: bytes) -> tuple[int, str, list[Any]]:
    """Answer a call to an object that this process, which is no service, has lent to a service."""
    try:
        caller = tokens.verify(headers.get("authorization", "").removeprefix("Bearer "), callbacks.AUDIENCE)
    except PermissionError as error:
        reply = problem(401, str(error))
        return reply.status, reply.content_type, list(reply.chunks)
    context.session.set(headers.get("x-session", ""))
    context.chain.set(int(headers.get("x-chain") or 0))
    if context.chain.get() > context.CHAIN_LIMIT:
        reply = problem(508, f"the call went through more than {context.CHAIN_LIMIT} processes")
        return reply.status, reply.content_type, list(reply.chunks)
    reply = Dispatcher("client").answer(path, caller, headers.get("content-type", JSON), body)
    return reply.status, reply.content_type, list(reply.chunks)


callbacks.answer_with(_answer_callback)
