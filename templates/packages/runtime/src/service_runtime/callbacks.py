"""Where this process can be called back: a service under its name, any other on a local port, opened when needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from service_runtime import context

AUDIENCE = "client"
BODY_LIMIT = 256 * 1024 * 1024

_lock = threading.Lock()
_address: list[str] = []
Answer = Callable[[str, dict[str, str], bytes], tuple[int, str, list[Any]]]
_answers: list[Answer] = []


def answer_with(answer: Answer) -> None:
    """Say how messages to this process are answered; `service_runtime.dispatch` does."""
    _answers[:] = [answer]


def home() -> str:
    """Return how others reach the objects of this process."""
    name = context.process_name()
    return name if name != "client" and not context.process_run else _open()


def _open() -> str:
    with _lock:
        if not _address:
            import service_runtime.dispatch  # noqa: F401, PLC0415  (answers the calls; needed only by who lends objects)

            server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, name="callbacks", daemon=True).start()
            _address.append(f"http://127.0.0.1:{server.server_address[1]}")
        return _address[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        size = int(self.headers.get("content-length", "0"))
        if size > BODY_LIMIT:
            self.send_error(413)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, content_type, chunks = _answers[0](self.path, headers, self.rfile.read(size))
        body = b"".join(chunks)
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the process that is called back has its own terminal."""
