"""Messages that are made to hurt: each is refused, costs next to no memory, and the service goes on."""

from __future__ import annotations

import gzip
import http.client
import json
import pickle
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from shop import Shop, token

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("services")]
MB = 1_000_000
ROOM_MB = 16
"""What a refused message may cost."""
TARGETS = [("orders", "/operations/quick"), ("ledger", "/operations/record"), ("web", "/order"), ("batch", "/runs")]
DEEP = b"[" * 20_000 + b"]" * 20_000


@pytest.fixture(scope="module")
def all_of_it(shop: Shop) -> Shop:
    shop.start("web", "batch")
    return shop


@pytest.fixture(autouse=True)
def still_there(all_of_it: Shop) -> Iterator[None]:
    """Whatever was sent, no service dies of it, and the next good call is answered."""
    yield
    assert all(process.poll() is None for process in all_of_it.running.values())
    assert all_of_it.ask("orders", "quick", x=1) == (200, {"result": 2})


def post(shop: Shop, service: str, path: str, body: object, **headers: str) -> int:
    """Return the status of the answer; a service may hang up on a body that it has refused."""
    prefix, shop.prefix[service] = shop.prefix[service], "" if service == "web" else shop.prefix[service]
    try:
        return shop.post(service, path, body, {name.replace("_", "-"): value for name, value in headers.items()})[0]
    except (BrokenPipeError, ConnectionResetError):
        return 413
    finally:
        shop.prefix[service] = prefix


@pytest.mark.parametrize(("service", "path"), TARGETS)
@pytest.mark.parametrize("announced", [True, False])
def test_a_body_of_200_mib_is_refused_and_not_kept(service: str, path: str, announced: bool, all_of_it: Shop) -> None:
    body = b'{"arguments": {"x": "' + b"x" * (200 << 20) + b'"}}'
    all_of_it.forget_peak(service)
    before = all_of_it.resident_mb(service)

    status = post(
        all_of_it, service, path, body if announced else iter([body[at : at + MB] for at in range(0, len(body), MB)])
    )

    assert status == 413
    assert all_of_it.resident_mb(service) - before < ROOM_MB


@pytest.mark.parametrize(("service", "path"), TARGETS)
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(DEEP, id="20,000 lists"),
        pytest.param(b'{"arguments": {"x": ' + DEEP + b"}}", id="20,000 lists inside"),
        pytest.param(b'{"a":' * 20_000 + b"1" + b"}" * 20_000, id="20,000 objects"),
        pytest.param(b'{"arguments": {"x": ' + b"9" * 1_000_000 + b"}}", id="a million digits"),
        pytest.param(b'{"arguments": {"x": "\\ud800', id="cut short"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"17", id="a number"),
    ],
)
def test_a_body_that_is_no_message_is_refused(service: str, path: str, body: bytes, all_of_it: Shop) -> None:
    all_of_it.forget_peak(service)
    before = all_of_it.resident_mb(service)
    allowed = (400, 404, 413, 422) if body or service != "batch" else (202,)  # nothing asks for the entry that there is

    assert post(all_of_it, service, path, body) in allowed
    assert all_of_it.resident_mb(service) - before < ROOM_MB


@pytest.mark.parametrize(("service", "path"), [target for target in TARGETS if target[0] != "web"])
@pytest.mark.parametrize(
    "message",
    [
        {"arguments": 17}, {"args": {"x": 1}, "arguments": []}, {"release": 3}, {"release": [[1, 2]]},
        {"entry": 17, "argv": 3}, {"arguments": {"x": {"$": "ref", "v": "x"}}},
        {"arguments": {"x": {"$": "nothing"}}}, {"arguments": {"x": {"$": 3}}},
    ],
    ids=str,
)  # fmt: skip
def test_a_message_of_the_wrong_shape_is_refused(
    service: str, path: str, message: dict[str, object], all_of_it: Shop
) -> None:
    assert post(all_of_it, service, path, json.dumps(message)) in (400, 404, 422)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_are_none_are_refused(word: str, all_of_it: Shop) -> None:
    body = f'{{"arguments": {{"x": {word}}}}}'.encode()

    assert post(all_of_it, "orders", "/operations/quick", body) == 422


@pytest.mark.parametrize(("service", "path"), TARGETS)
def test_a_compressed_body_is_not_unpacked(service: str, path: str, all_of_it: Shop) -> None:
    bomb = gzip.compress(b'{"arguments": {"x": "' + b"0" * (100 << 20) + b'"}}')
    all_of_it.forget_peak(service)
    before = all_of_it.resident_mb(service)

    assert 400 <= post(all_of_it, service, path, bomb, Content_Encoding="gzip") < 500
    assert all_of_it.resident_mb(service) - before < ROOM_MB


@pytest.mark.parametrize(("service", "path"), TARGETS)
def test_pickles_are_never_opened(service: str, path: str, all_of_it: Shop, tmp_path: Path) -> None:
    import os

    class Bomb:
        def __reduce__(self) -> tuple[object, ...]:
            return os.mkdir, (str(tmp_path / "mark"),)

    for kind in (
        "application/octet-stream",
        "application/x-pickle",
        "application/vnd.service.frames",
        "application/json",
    ):
        for body in (pickle.dumps(Bomb()), b"SVC1" + pickle.dumps(Bomb(), protocol=0)):
            refused = (
                501 if service == "web" else 500
            )  # the monolith's own framework answers 500 to bytes that are no text
            assert 400 <= post(all_of_it, service, path, body, Content_Type=kind) < refused

    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Deadline", "soon"), ("X-Deadline", "nan"), ("X-Deadline", "inf"), ("X-Deadline", "-1"), ("X-Chain", "deep"),
        ("X-Chain", "9" * 5_000), ("X-Chain", "-5"), ("X-Environment", "{"), ("X-Folder", "\\x"), ("X-Folder", "../../.."),
        ("traceparent", "00-zz-zz-zz"), ("X-Run", "../../../etc"), ("X-Artifacts", "{"), ("X-Request-Id", "x" * 10_000),
        ("X-Session", "s" * 10_000), ("Idempotency-Key", "k" * 10_000), ("Authorization", "Bearer " + "~" * 1_000),
        ("Authorization", "Bearer a~orders~99999999999999999999999~00"), ("Content-Type", "application/json" * 200),
        ("Content-Length", "-1"), ("Content-Length", "many"), ("Transfer-Encoding", "gzip"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("service", ["orders", "batch"])
def test_a_header_that_makes_no_sense_is_no_fault_of_the_service(
    service: str, name: str, value: str, all_of_it: Shop
) -> None:
    path, body = {
        "orders": ("/operations/quick", '{"arguments": {"x": 1}}'),
        "batch": ("/operations/main", "{}"),
    }[service]
    head = {
        "Host": "x", "Content-Type": "application/json", "Content-Length": str(len(body)),
        "Authorization": f"Bearer {token(service)}", name: value,
    }  # fmt: skip
    text = f"POST {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in head.items()) + "\r\n" + body
    with socket.create_connection(("127.0.0.1", all_of_it.ports[service]), timeout=30) as line:
        line.sendall(text.encode())
        answer = line.recv(200)

    assert not answer or int(answer.split()[1]) < 500 or answer.split()[1] in (b"504", b"508"), answer


@pytest.mark.parametrize("service", ["orders", "web"])
def test_headers_without_end_are_cut_off(service: str, all_of_it: Shop) -> None:
    all_of_it.forget_peak(service)
    before = all_of_it.resident_mb(service)
    sent = 0
    with socket.create_connection(("127.0.0.1", all_of_it.ports[service]), timeout=30) as line:
        line.sendall(b"POST /operations/quick HTTP/1.1\r\nHost: x\r\n")
        try:
            for number in range(100_000):
                line.sendall(f"X-Header-{number}: {'v' * 300}\r\n".encode())
                sent = number
        except OSError:
            pass

    assert sent < 99_999, "the service took a hundred thousand headers"
    assert all_of_it.resident_mb(service) - before < ROOM_MB


def test_many_slow_clients_do_not_keep_others_out(all_of_it: Shop) -> None:
    """Slowloris: more lines than the service takes at once, each with a request that never ends."""
    lines = []
    try:
        for number in range(600):
            line = socket.create_connection(("127.0.0.1", all_of_it.ports["orders"]), timeout=10)
            head = f"POST /operations/quick HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token('orders')}\r\n"
            line.sendall(
                (
                    head if number % 2 else f"{head}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{{"
                ).encode()
            )
            lines.append(line)
        until = time.monotonic() + 40
        while time.monotonic() < until:
            try:
                if all_of_it.ask("orders", "quick", timeout_s=5, x=1)[0] == 200:
                    break
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.5)
        else:
            pytest.fail("600 slow clients keep everybody out")
    finally:
        for line in lines:
            line.close()


def test_what_is_refused_says_why(all_of_it: Shop) -> None:
    status, body, headers = all_of_it.post("orders", "/operations/quick", b"x" * 10)

    assert status == 422
    assert headers["content-type"] == "application/problem+json"
    assert json.loads(body)["detail"]
