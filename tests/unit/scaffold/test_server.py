"""How a service behaves towards its callers: repeats, refusals, load, traces, the end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socketserver
import sys
import threading
import time
import types
from pathlib import Path

import pytest
import service_runtime
import uvicorn
from service_runtime import context, tokens, tracing, transport
from service_runtime.breaker import Breaker
from service_runtime.client import Client
from service_runtime.errors import DeadlineExceeded, NotSent, RemoteCallError
from service_runtime.gateway import _entered
from service_runtime.operations import Operation
from service_runtime.serve import drain, graceful
from service_runtime.server import Host, build_app
from service_runtime.service import Service
from service_runtime.transport import HttpTransport, LocalAnswer
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

CALLS: list[int] = []


def grow(by):
    CALLS.append(by)
    return len(CALLS)


OPERATIONS = tuple(
    Operation(name=name, symbol=f"decompose_test_grow:{name}", callers=("two",), parameters=("by",))
    for name in ("grow",)
)


@pytest.fixture
def host(tmp_path, monkeypatch):
    module = types.ModuleType("decompose_test_grow")
    module.grow = grow
    monkeypatch.setitem(sys.modules, "decompose_test_grow", module)
    monkeypatch.setenv("SERVICE_NAME", "one")
    CALLS.clear()
    return Host(Service("one", tmp_path, {}, OPERATIONS))


@pytest.fixture
def client(host):
    with TestClient(build_app(host.service, host)) as made:
        yield made


def headers(**more):
    return {"Authorization": "Bearer " + tokens.issue("two", "one"), "X-Chain": "1", **more}


def ask(client, **more):
    return client.post("/operations/grow", json={"args": [1]}, headers=headers(**more))


def test_a_repeat_with_the_same_key_is_answered_from_the_record(client):
    first = ask(client, **{"Idempotency-Key": "k"})
    again = ask(client, **{"Idempotency-Key": "k"})

    assert (first.json(), again.json(), CALLS) == ({"result": 1}, {"result": 1}, [1])
    assert ask(client, **{"Idempotency-Key": "other"}).json() == {"result": 2}


def test_a_repeat_that_reaches_another_process_is_refused(client):
    answer = ask(client, **{"Idempotency-Key": "k", "X-Instance": "an earlier one"})

    assert answer.status_code == 409
    assert CALLS == []


def test_a_call_whose_deadline_has_passed_is_not_begun(client):
    assert ask(client, **{"X-Deadline": str(time.time() - 1)}).status_code == 504
    assert CALLS == []


def test_too_many_calls_are_told_to_come_back(client, host):
    host.metrics.in_flight = 10_000

    answer = ask(client)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")


def test_a_chain_that_is_too_long_is_cut(client):
    assert ask(client, **{"X-Chain": "99"}).status_code == 508


def test_calls_are_counted(client):
    ask(client)

    assert (
        'service_calls_total{service="one",operation="/operations/grow",status="200"} 1' in client.get("/metrics").text
    )


def test_the_document_is_served(client):
    assert "/operations/grow" in client.get("/openapi.json").json()["paths"]


def test_a_trace_goes_on_at_the_callee():
    context.request_id.set("a" * 32)

    tracing.adopt({"traceparent": tracing.header()})

    assert context.request_id.get() == "a" * 32


class Flaky:
    """A transport that fails, then answers; remembers what it was sent."""

    def __init__(self, *failures):
        self.failures = list(failures)
        self.sent: list[dict[str, str]] = []

    def send(self, path, given, chunks, timeout_s):
        self.sent.append(dict(given))
        if self.failures:
            raise self.failures.pop(0)
        answer = LocalAnswer(200, "application/json", iter([json.dumps({"result": 7}).encode()]))
        answer.instance = "p1"
        return answer


def client_over(transport):
    made = Client("one", transport)
    made._instance = "p1"
    return made


def test_a_call_that_was_not_sent_is_sent_again():
    transport = Flaky(NotSent("refused"), NotSent("refused"))

    assert Client("one", transport).call("grow", {"by": 1}) == 7
    assert len(transport.sent) == 3


def test_a_lost_answer_is_asked_for_again_under_the_same_key():
    transport = Flaky(ConnectionResetError())

    assert client_over(transport).call("grow", {"by": 1}) == 7
    first, second = transport.sent
    assert first["Idempotency-Key"] == second["Idempotency-Key"]
    assert second["X-Instance"] == "p1"


def test_a_lost_answer_of_an_unknown_process_is_not_repeated():
    transport = Flaky(ConnectionResetError())

    with pytest.raises(RemoteCallError):
        Client("one", transport).call("grow", {"by": 1})

    assert len(transport.sent) == 1


def test_a_deadline_is_passed_on_and_ends_the_calls_below_it():
    until = time.time() + 5
    token = context.deadline.set(until)
    transport = Flaky()
    try:
        Client("one", transport).call("grow", {"by": 1})
        context.deadline.set(time.time() - 1)
        with pytest.raises(DeadlineExceeded):
            Client("one", transport).call("grow", {"by": 1})
    finally:
        context.deadline.reset(token)

    assert float(transport.sent[0]["X-Deadline"]) <= until + 0.01


def test_ending_says_not_ready_first_and_goes_on_for_a_while(host, monkeypatch):
    monkeypatch.setenv("SERVICE_DRAIN_S", "0.05")
    ended = []
    server = types.SimpleNamespace(handle_exit=lambda number, frame: ended.append(number))
    host.is_ready = True

    drain(host, server)
    server.handle_exit(15, None)

    assert (host.is_ready, ended) == (False, [])
    time.sleep(0.3)
    assert ended == [15]


def test_two_attempts_at_once_share_one_run():
    from service_runtime.dispatch import Reply
    from service_runtime.once import Once

    runs = []

    async def work():
        runs.append(1)
        await asyncio.sleep(0.01)
        return Reply(200, "application/json", [b"{}"])

    async def both():
        once = Once()
        return await asyncio.gather(once.answer("k", "", work), once.answer("k", "", work))

    first, second = asyncio.run(both())
    assert first is second
    assert runs == [1]


def test_what_the_caller_sets_of_the_environment_reaches_a_callee_that_reads_it(host, monkeypatch):
    from service_runtime import surroundings

    monkeypatch.setattr(surroundings, "_read_by", {"one": ("MODEL_FOLDER",)})
    monkeypatch.setattr(surroundings, "_at_start", {})
    monkeypatch.setenv("MODEL_FOLDER", "new")
    monkeypatch.setenv("OTHER", "x")
    transport = Flaky()

    Client("one", transport).call("grow", {"by": 1})

    assert json.loads(transport.sent[0]["X-Environment"]) == {"MODEL_FOLDER": "new"}


def test_a_service_takes_only_variables_that_it_reads(tmp_path, client, host, monkeypatch):
    import dataclasses
    import os

    host.service = dataclasses.replace(host.service, environment=("MODEL_FOLDER", "GONE"))
    monkeypatch.setenv("GONE", "x")
    monkeypatch.delenv("MODEL_FOLDER", raising=False)

    ask(client, **{"X-Environment": json.dumps({"MODEL_FOLDER": "new", "GONE": None, "PATH": "evil"})})

    assert (os.environ.get("MODEL_FOLDER"), os.environ.get("GONE")) == ("new", None)
    assert os.environ["PATH"] != "evil"
    monkeypatch.delenv("MODEL_FOLDER", raising=False)


def test_the_secret_may_be_a_file(client, tmp_path, monkeypatch):
    file = tmp_path / "secret"
    file.write_text("a secret of at least sixteen letters\n")
    monkeypatch.delenv(tokens.SECRET_VARIABLE)
    monkeypatch.setenv(f"{tokens.SECRET_VARIABLE}_FILE", str(file))

    from_file = ask(client).status_code
    monkeypatch.setenv(tokens.SECRET_VARIABLE, "a secret of at least sixteen letters")
    assert (from_file, ask(client).status_code) == (200, 200)
    assert tokens.secret() == b"a secret of at least sixteen letters"


def test_a_secret_file_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv(tokens.SECRET_VARIABLE)
    monkeypatch.setenv(f"{tokens.SECRET_VARIABLE}_FILE", str(tmp_path / "absent"))

    with pytest.raises(PermissionError, match="absent"):
        tokens.secret()


@pytest.mark.parametrize(
    ("path", "value"), [("/objects/a b", "x"), ("/x", "a\r\nX-Chain: 0"), ("/x\n", "x"), ("/x", "a\rb")]
)
def test_nothing_in_a_message_becomes_a_header_of_its_own(path, value):
    with pytest.raises(ValueError, match="line break"):
        transport._head("127.0.0.1", path, {"X-Folder": value}, 0)


class Clock:
    """Time that moves when it is told to."""

    def __init__(self):
        self.time = 100.0

    def __call__(self):
        return self.time


def is_open(breaker):
    try:
        breaker.admit()
    except NotSent:
        return True
    return False


def broken(clock, *outcomes):
    made = Breaker(clock)
    for failed in outcomes:
        made.note(failed=failed)
    return made


@pytest.mark.parametrize(
    ("outcomes", "opens"),
    [
        ([True] * 5, True),
        ([True] * 4, False),
        ([False] * 10 + [True] * 9, False),
        ([False] * 10 + [True] * 10, True),
        ([False, True] * 5, True),
        ([True] * 4 + [False] * 20 + [True] * 4, False),
    ],
)
def test_the_breaker_opens_when_half_of_the_last_calls_failed(outcomes, opens):
    assert is_open(broken(Clock(), *outcomes)) is opens


def test_one_call_a_pause_tries_whether_the_service_is_back():
    clock = Clock()
    breaker = broken(clock, *[True] * 5)

    clock.time += 1.1
    assert (is_open(breaker), is_open(breaker)) == (False, True)
    breaker.note(failed=True)
    clock.time += 1.1
    assert is_open(breaker) is False
    breaker.note(failed=False)
    assert (is_open(breaker), is_open(breaker)) == (False, False)


class Slow(socketserver.StreamRequestHandler):
    """Answers 503, or nothing at all."""

    answer = b""

    def handle(self):
        self.rfile.readline()
        if self.answer:
            self.wfile.write(self.answer)
        else:
            time.sleep(0.3)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"])
def test_time_outs_and_refusals_for_load_open_the_breaker(answer):
    handler = type("Handler", (Slow,), {"answer": answer})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sender = HttpTransport(f"http://127.0.0.1:{server.server_address[1]}")
        for _ in range(5):
            with contextlib.suppress(OSError):
                sender.send("/x", {}, [b""], 0.05 if not answer else 5.0).read()
        server.shutdown()

    with pytest.raises(NotSent, match="moment ago"):
        sender.send("/x", {}, [b""], 1.0)


def test_a_body_that_is_refused_on_its_way_in_is_refused_in_our_words(host):
    sent = []

    async def receive():
        raise HTTPException(408, "the body came too slowly")

    async def send(message):
        sent.append(message)

    raw = [(name.lower().encode(), value.encode()) for name, value in headers().items()]
    scope = {"type": "http", "method": "POST", "path": "/operations/grow", "headers": raw}
    asyncio.run(host.call(scope, receive, send))

    assert sent[0]["status"] == 408
    assert b"too slowly" in sent[1]["body"]


def test_nothing_of_the_runtime_needs_fastapi():
    files = Path(service_runtime.__file__).parent.glob("*.py")

    assert [
        file.name for file in files if "import fastapi" in file.read_text() or "from fastapi" in file.read_text()
    ] == []


@pytest.mark.parametrize("is_async", [True, False])
def test_a_web_application_of_an_older_framework_lives_too(is_async):
    told = []

    async def lifespan(app):
        told.append("begun")
        yield
        told.append("ended")

    def lifespan_of_old(app):
        told.append("begun")
        yield
        told.append("ended")

    async def life():
        async with _entered((lifespan if is_async else lifespan_of_old)(None)):
            assert told == ["begun"]

    asyncio.run(life())
    assert told == ["begun", "ended"]


def test_a_server_of_an_older_release_is_not_told_what_it_does_not_know():
    assert graceful(uvicorn.Config) == {"timeout_graceful_shutdown": 25}
    assert graceful(lambda app, host, port: None) == {}
