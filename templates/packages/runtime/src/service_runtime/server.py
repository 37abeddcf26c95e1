"""One service as an ASGI application: operations, objects, runs, probes, metrics."""

from __future__ import annotations

import asyncio
import contextvars
import importlib
import json
import logging
import math
import os
import signal
import sys
import time
import traceback
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from service_runtime import context, surroundings, tokens, tracing, view, waiting
from service_runtime.dispatch import Dispatcher, Reply, problem
from service_runtime.errors import RemoteCallError, WireError
from service_runtime.gate import Gate
from service_runtime.handover import Handover
from service_runtime.limits import BODY_LIMIT
from service_runtime.metrics import Metrics
from service_runtime.modules import is_ours
from service_runtime.once import INSTANCE, Once
from service_runtime.openapi import document
from service_runtime.refusal import patience, reason
from service_runtime.reloading import OwnModules, Reloader
from service_runtime.runs import Runs
from service_runtime.service import Service
from service_runtime.sessions import Sessions

QUEUE_LIMIT = int(os.environ.get("SERVICE_QUEUE_LIMIT", "128"))
"""Calls that may be under way; further ones are told to come back later."""

OVERLOADED = 503
_CALLED = ("/operations/", "/objects")
_INSTANCE = INSTANCE.encode()
LOAD_TIMEOUT_S = 120.0

log = logging.getLogger("service")


class Host:
    """Runs one service: counts, admits, dispatches."""

    def __init__(self, service: Service, handover: Handover | None = None) -> None:
        self.service = service
        self.handover = handover
        self.reloader = Reloader(self, handover, is_reloading=not service.is_job) if handover is not None else None
        self.dispatcher = Dispatcher(
            service.name,
            service.operations,
            service.symbols,
            messages=service.messages,
            live=service.live,
            is_open=os.environ.get("SERVICE_OPEN") == "1",
        )
        self.metrics = Metrics(service.name)
        self.sessions = Sessions()
        self.runs = Runs(service, view.shared_root())
        self.gate = Gate()
        self.once = Once()
        self.gateway: Any = None
        self.is_ready = False
        self.is_ending = False
        self.failure = ""
        """Why the service could not start; empty when it could, or still may."""
        self.end: Callable[[], None] = lambda: signal.raise_signal(signal.SIGTERM)
        """Ends the process, in order, when it cannot start."""
        self.missing: list[str] = []
        """Modules that could not be loaded because a library is not installed."""

    async def start(self) -> None:
        """Load the service's code and be ready; values that other services must give first are waited for."""
        until, told = time.monotonic() + LOAD_TIMEOUT_S, ""
        while not self.is_ready:
            try:
                await asyncio.wrap_future(self.sessions.submit("start", self.take_over))
                await asyncio.wrap_future(self.sessions.submit("start", self.load))
                if self.gateway is not None:
                    await self.gateway.start()
                self.is_ready = True
                waiting.end()
                await asyncio.to_thread(self.runs.resume)
                if self.reloader is not None:
                    await self.reloader.watch()
            except RemoteCallError as error:
                if time.monotonic() > until:
                    self._give_up(error)
                    return
                if (waits := patience(error, self.service)) != told:
                    print(told := waits, file=sys.stderr, flush=True)
                await asyncio.sleep(0.2)
            except (Exception, SystemExit) as error:  # noqa: BLE001  (the process ends, and says why)
                self._give_up(error)
                return

    def take_over(self) -> None:
        """Put the current artifacts in place; what is here and not in the store yet becomes their first version."""
        if self.handover is not None:
            self.handover.pull()
            if view.active:
                view.active[0].refresh()  # before a run is undone, not after it
            self.handover.publish()

    def load(self) -> None:
        """Import the code of the service."""
        waiting.begin()
        for module in self.service.preload:
            self._import(module)
        if not self.missing:
            self.dispatcher.load(self.service.unloadable)
        if self.gateway is not None:
            self.gateway.load()

    async def reload(self) -> None:
        """Load the code of the service afresh; when that fails, what was there before serves on.

        Only while no request is inside.
        """
        modules, targets = OwnModules(), self.dispatcher

        def load() -> None:
            modules.set_aside()
            targets.forget()
            self.load()

        try:
            await asyncio.wrap_future(self.sessions.submit("start", load))
            if self.gateway is not None:
                await self.gateway.start()
        except BaseException:
            modules.put_back()
            targets.forget()
            raise
        finally:
            waiting.end()

    def _import(self, module: str) -> None:
        """Import a module; on a developer's machine a missing library only fails the calls that need it."""
        try:
            importlib.import_module(module)
        except ImportError as error:
            if not self.dispatcher.is_open or is_ours(error.name or ""):
                raise
            self.missing.append(f"{module}: {error}")
            log.warning("%s is not loaded: %s", module, error)

    def _give_up(self, error: BaseException) -> None:
        self.failure = reason(error, self.service)
        print("".join(traceback.format_exception(error)), file=sys.stderr, flush=True)
        self.end()

    async def call(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a call to an operation or an object, as ASGI: a framework's layers would cost as much again."""
        started = time.perf_counter()
        path, headers = scope["path"], headers_of(scope)
        with tracing.span(path, headers):
            reply = await self._admitted(receive, path, headers)
        label = path if path.startswith("/operations") else "/objects"
        self.metrics.count(label, reply.status, time.perf_counter() - started)
        if not isinstance(reply.chunks, list):
            chunks = self._stream(reply.chunks, headers.get("x-session", ""))
            await StreamingResponse(chunks, reply.status, media_type=reply.content_type)(scope, receive, send)
            return
        body = bytes(reply.chunks[0]) if len(reply.chunks) == 1 else b"".join(reply.chunks)
        about = [
            (b"content-type", reply.content_type.encode("latin-1")),
            (b"content-length", b"%d" % len(body)),
            (b"x-instance", _INSTANCE),
        ]
        if reply.status == OVERLOADED:
            about.append((b"retry-after", b"1"))
        await send({"type": "http.response.start", "status": reply.status, "headers": about})
        await send({"type": "http.response.body", "body": body})

    def caller_of(self, headers: Mapping[str, str]) -> str:
        """Return who calls.

        Raises:
            PermissionError: If the token is missing or not valid.
        """
        return tokens.verify(headers.get("authorization", "").removeprefix("Bearer "), self.service.name)

    def admit(self, request: Request, symbol: str) -> None:
        """Let whoever may call a function go on.

        Raises:
            PermissionError: If the caller is not known or may not.
        """
        self.dispatcher.admit(self.caller_of(headers_of(request.scope)), symbol)

    async def _admitted(self, receive: Any, path: str, headers: Mapping[str, str]) -> Reply:
        try:
            caller = self.caller_of(headers)
        except PermissionError as error:
            return problem(401, str(error))
        try:
            until, depth = _number(headers, "x-deadline") or time.time() + 900, int(_number(headers, "x-chain"))
        except ValueError as error:
            return problem(400, str(error))
        if until <= time.time():
            return problem(504, "the caller's deadline has passed")
        if self.metrics.in_flight >= QUEUE_LIMIT:
            return problem(OVERLOADED, "too many calls are under way, come back later")
        if depth > context.CHAIN_LIMIT:
            return problem(508, f"the call went through more than {context.CHAIN_LIMIT} services")
        try:
            body = await read_body(receive, int(headers.get("content-length") or 0))
        except HTTPException as refusal:
            return problem(refusal.status_code, refusal.detail)
        if body is None:
            return problem(413, f"a message may have {BODY_LIMIT} bytes")
        self.metrics.in_flight += 1
        try:
            key, expected = headers.get("idempotency-key", ""), headers.get("x-instance", "")
            own_key = f"{caller} {key}" if key else ""
            return await self.once.answer(
                own_key, expected, lambda: self._run(path, caller, headers, body, until, depth)
            )
        except TimeoutError:
            return problem(504, "the deadline passed while the operation ran")
        except WireError as error:
            return problem(400, str(error))
        finally:
            self.metrics.in_flight -= 1

    async def _run(
        self, path: str, caller: str, headers: Mapping[str, str], body: bytes, until: float, depth: int
    ) -> Reply:
        session = headers.get("x-session") or caller
        context.deadline.set(until)
        context.chain.set(depth)
        context.session.set(session)
        tracing.adopt(headers)
        if self.dispatcher.is_open:
            _follow(headers.get("x-folder") or "")
        if "x-environment" in headers:
            surroundings.apply(headers["x-environment"], self.service.environment)
        run, content_type = contextvars.copy_context().run, headers.get("content-type", "")
        is_strict = "x-chain" not in headers
        future = self.sessions.submit(session, run, self.dispatcher.answer, path, caller, content_type, body, is_strict)
        async with asyncio.timeout(until - time.time()):
            return await asyncio.wrap_future(future)

    async def _stream(self, chunks: Any, session: str) -> AsyncIterator[bytes]:
        end = object()
        try:
            while True:
                chunk = await asyncio.wrap_future(self.sessions.submit(session, next, chunks, end))
                if chunk is end:
                    return
                yield chunk
        finally:
            self.sessions.submit(session, chunks.close)


def build_app(service: Service, host: Host | None = None) -> Any:
    """Return the ASGI application of a service: calls go straight to the host, everything else through routes."""
    host = host or Host(service)

    routes = Starlette()
    _add_probes(routes, host)
    _add_runs(routes, host)
    if service.models:
        from service_runtime.oip import add_protocol  # noqa: PLC0415  (only inference services speak it)

        add_protocol(routes, host)

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _live(host, receive, send)
            return
        is_call = scope["type"] == "http" and scope["method"] == "POST" and scope["path"].startswith(_CALLED)
        await (host.call if is_call else routes)(scope, receive, send)

    return answer


async def _live(host: Host, receive: Any, send: Any) -> None:
    """Load the service when the server starts, and let go of everything when it ends (the ASGI lifespan)."""
    await receive()
    host.dispatcher.loop = asyncio.get_running_loop()
    loading = asyncio.create_task(host.start())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    host.is_ready = False
    loading.cancel()
    if host.gateway is not None:
        await host.gateway.stop()
    host.sessions.shutdown()
    await send({"type": "lifespan.shutdown.complete"})


def headers_of(scope: Any) -> dict[str, str]:
    """Return the headers by lower-case name, read once: looking each up in the raw list costs more than the call."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _number(headers: Mapping[str, str], name: str) -> float:
    """Return a header that is a number of at most a few digits, 0 when it is not there.

    Raises:
        ValueError: If it is none.
    """
    text = headers.get(name) or "0"
    try:
        value = float(text[:40])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"`{name}` is not a number")
    return value


async def read_body(receive: Any, announced: int) -> bytes | None:
    """Return the body, `None` when more bytes come, or are announced, than a message may have.

    Raises:
        ConnectionError: If the caller goes away before all of it is here.
    """
    if announced > BODY_LIMIT:
        return None
    chunks: list[bytes] = []
    size, is_more = 0, True
    while is_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError("the caller went away")
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > BODY_LIMIT:
            return None
        is_more = message.get("more_body", False)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _follow(folder: str) -> None:
    """Work in the caller's folder: on one machine, relative paths then mean the same on both sides."""
    try:
        wanted = view.inside(folder.encode().decode("unicode_escape"))
    except ValueError as error:
        raise WireError("`x-folder` is not a path") from error
    if wanted and wanted != os.getcwd() and os.path.isdir(wanted):
        os.chdir(wanted)


def _add_probes(app: Starlette, host: Host) -> None:
    async def livez(request: Request) -> Response:
        """Whether the process runs."""
        return JSONResponse({"status": "alive"})

    async def readyz(request: Request) -> Response:
        """Whether the service takes calls."""
        status = "ready" if host.is_ready else "not ready"
        content = {"status": status, "service": host.service.name, "missing": host.missing}
        return JSONResponse(content, 200 if host.is_ready else 503)

    async def metrics(request: Request) -> Response:
        """Counts and times of calls."""
        return PlainTextResponse(host.metrics.text())

    async def openapi(request: Request) -> Response:
        """What the service offers."""
        return JSONResponse(document(host.service))

    probes = {"/livez": livez, "/readyz": readyz, "/startupz": readyz, "/metrics": metrics, "/openapi.json": openapi}
    for path, answer in probes.items():
        app.add_route(path, answer, methods=["GET"])


def _add_runs(app: Starlette, host: Host) -> None:
    def guarded(answer: Callable[..., Any]) -> Callable[..., Any]:
        async def handle(request: Request) -> Response:
            try:
                caller = host.caller_of(headers_of(request.scope))
                if caller != "client" or not host.dispatcher.is_open:
                    raise PermissionError("only the operator may start runs")
                asked = await read_body(request.receive, 0)
                status, content = answer(request, json.loads(asked or b"{}"))
            except PermissionError as error:
                status, content = 403, {"detail": str(error)}
            except (LookupError, ValueError, TypeError, RecursionError) as error:
                status, content = 422, {"detail": str(error)}
            return Response(json.dumps(content), status, media_type="application/json")

        return handle

    app.add_route("/runs", guarded(lambda request, body: (202, host.runs.start(**body))), methods=["POST"])
    show = guarded(lambda request, body: (200, host.runs.show(request.path_params["run_id"])))
    app.add_route("/runs/{run_id}", show, methods=["GET"])
