"""The review server: the page on this machine's loopback, and one careful way back into the plan.

It knows no path and opens no file: what it may read and write are functions that its caller hands in.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import webbrowser
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pydantic import ValidationError

from decompose.errors import DecomposeError, LaunchError
from decompose.ir.plan import Plan
from decompose.views.html import as_json, shell

HOST = "127.0.0.1"
LARGEST_BODY_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Desk:
    """What the server may do, as functions of its caller."""

    name: str
    """Name of the system, for the title."""
    read: Callable[[], str]
    """Return the text of the plan file as it is now."""
    content: Callable[[str], Mapping[str, Any]]
    """Return the page's data (`page_data`) for a plan text; raises `PlanError` when the plan does not fit."""
    render: Callable[[Plan, str], str]
    """Return the text of an edited plan, given the text it replaces, whose comments stay."""
    save: Callable[[str], None]
    """Write the text to the plan file, whole or not at all."""
    repropose: Callable[[Plan], str] | None = None
    """Return the text of a new proposal that keeps the locks of this plan; nothing is written."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a request."""

    status: HTTPStatus
    body: bytes
    type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class ReviewServer(ThreadingHTTPServer):
    """Serves one desk on the loopback address."""

    daemon_threads = True

    def __init__(self, desk: Desk, port: int = 0) -> None:
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            hint = "take another `--port`, or 0 for a free one"
            raise LaunchError(f"port {port} cannot be opened: {error.strerror or error}", hint=hint) from error
        self.desk = desk
        self.token = secrets.token_urlsafe(24)
        self.keys: set[str] = set()
        self.lock = threading.Lock()
        """Held from reading the plan file to writing it, so that of two saves one sees the other."""

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])

    @property
    def address(self) -> str:
        """Where to open the page; the token works once and never reaches a log, being behind the `#`."""
        return f"http://{HOST}:{self.port}/#token={self.token}"


def serve(desk: Desk, *, port: int = 0, open_browser: bool = True, say: Callable[[str], None] = print) -> None:
    """Serve the review page until it is interrupted.

    Args:
        desk: What may be read and written.
        port: Port on 127.0.0.1; 0 takes a free one.
        open_browser: Whether to open the page.
        say: Takes lines for the person.

    Raises:
        LaunchError: If the port cannot be opened.
    """
    server = ReviewServer(desk, port)
    say(f"review at {server.address}")
    say("the address works once; Ctrl-C ends")
    if open_browser:
        threading.Thread(target=webbrowser.open, args=(server.address,), daemon=True).start()
    try:
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        say("ended")
    finally:
        server.server_close()


def etag(text: str) -> str:
    """Return the version of a plan text, as HTTP spells it."""
    return f'"{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"'


class _Handler(BaseHTTPRequestHandler):
    """Checks who asks before anything is looked at."""

    server: ReviewServer
    protocol_version = "HTTP/1.1"
    server_version = "decompose"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        self._answer({"/": self._page, "/data": self._data, "/plan": self._plan}, is_open=("/",))

    def do_PUT(self) -> None:
        self._answer({"/plan": self._save})

    def do_POST(self) -> None:
        self._answer({"/session": self._session, "/repropose": self._repropose}, is_open=("/session",))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal belongs to the person."""

    def _answer(self, routes: Mapping[str, Callable[[], Answer]], *, is_open: tuple[str, ...] = ()) -> None:
        try:
            self._send(self._dispatch(routes, is_open))
        except DecomposeError as error:
            self._send(_refuse(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)))

    def _dispatch(self, routes: Mapping[str, Callable[[], Answer]], is_open: tuple[str, ...]) -> Answer:
        """Refuse strangers (another host name, another origin, no key), then answer."""
        hosts = {f"{name}:{self.server.port}" for name in (HOST, "localhost")}
        origin = self.headers.get("Origin")
        if self.headers.get("Host") not in hosts:
            return _refuse(HTTPStatus.MISDIRECTED_REQUEST, "this server answers on its own address only")
        if origin is not None and origin not in {f"http://{host}" for host in hosts}:
            return _refuse(HTTPStatus.FORBIDDEN, "requests from other pages are refused")
        if self.path not in routes:
            return _refuse(HTTPStatus.NOT_FOUND, "no such place")
        if self.path not in is_open and not self._is_known():
            return _refuse(HTTPStatus.UNAUTHORIZED, "open the address that `decompose review` printed")
        return routes[self.path]()

    def _is_known(self) -> bool:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ").encode()
        return any(secrets.compare_digest(given, key.encode()) for key in self.server.keys)

    def _page(self) -> Answer:
        return Answer(HTTPStatus.OK, shell(self.server.desk.name).encode(), "text/html; charset=utf-8")

    def _session(self) -> Answer:
        """Give a key for the token of the address; the token is used up by it."""
        given = self.headers.get("X-Decompose-Token", "").encode()
        with self.server.lock:
            if not self.server.token or not secrets.compare_digest(given, self.server.token.encode()):
                return _refuse(HTTPStatus.FORBIDDEN, "this address has been used; start `decompose review` again")
            self.server.token = ""
            key = secrets.token_urlsafe(24)
            self.server.keys.add(key)
        return _json({"key": key})

    def _data(self) -> Answer:
        text = self.server.desk.read()
        return _json(self.server.desk.content(text), ("ETag", etag(text)))

    def _plan(self) -> Answer:
        text = self.server.desk.read()
        return Answer(HTTPStatus.OK, text.encode(), "application/yaml", (("ETag", etag(text)),))

    def _save(self) -> Answer:
        """Write the plan, unless the file is no longer the one that the page was loaded from."""
        plan = self._body()
        if isinstance(plan, Answer):
            return plan
        with self.server.lock:
            before = self.server.desk.read()
            if self.headers.get("If-Match") != etag(before):
                return _refuse(HTTPStatus.CONFLICT, "the plan file has changed since the page was loaded")
            after = self.server.desk.render(plan, before)
            self.server.desk.content(after)
            self.server.desk.save(after)
        return _json({"saved": True}, ("ETag", etag(after)))

    def _repropose(self) -> Answer:
        plan = self._body()
        if isinstance(plan, Answer):
            return plan
        if self.server.desk.repropose is None:
            return _refuse(HTTPStatus.NOT_IMPLEMENTED, "this session cannot propose")
        if self.headers.get("If-Match") != etag(self.server.desk.read()):
            return _refuse(HTTPStatus.CONFLICT, "the plan file has changed since the page was loaded")
        return _json(self.server.desk.content(self.server.desk.repropose(plan)))

    def _body(self) -> Plan | Answer:
        """Return the plan that was sent, or why it is none."""
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LARGEST_BODY_BYTES:
            self.close_connection = True
            return _refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the plan is too large, or its size is not stated")
        try:
            return Plan.model_validate_json(self.rfile.read(int(length)))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            return _refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"the plan is not valid: `{where}`: {first['msg']}")

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        headers = [
            ("Content-Type", answer.type),
            ("Content-Length", str(len(answer.body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Referrer-Policy", "no-referrer"),
            *answer.headers,
        ]
        if answer.status >= HTTPStatus.BAD_REQUEST:
            # What the request still carries is not read, so the connection cannot be used again.
            self.close_connection = True
            headers.append(("Connection", "close"))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)


def _json(content: Mapping[str, Any], *headers: tuple[str, str]) -> Answer:
    return Answer(HTTPStatus.OK, as_json(content).encode(), headers=headers)


def _refuse(status: HTTPStatus, message: str) -> Answer:
    return Answer(status, json.dumps({"message": message}).encode())
