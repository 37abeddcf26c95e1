import itertools
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from decompose.ir.findings import Span
from decompose.ir.graph import CodeGraph, EntryPoint, Unit
from decompose.parity.load import Request, arrivals, ask, offer, saturate
from decompose.parity.neighbours import stretch, watched
from decompose.parity.workload import draft


def _unit(symbol, detail="", framework="fastapi"):
    entry = EntryPoint(kind="route", framework=framework, detail=detail) if detail else None
    module = symbol.partition(":")[0]
    return Unit(symbol=symbol, kind="function", module=module, span=Span(f"{module}.py"), entry=entry)


def _workspace(folder, web):
    app = folder / "services" / "web" / "app.py"
    app.parent.mkdir(parents=True)
    app.write_text(f'SERVICE = Service(\n    name="web",\n    web="{web}",\n)\n')
    return folder


def _graph(*units):
    return CodeGraph(name="toy", digest="0", modules=(), units=units, edges=())


def test_pages_without_parameters_are_asked(tmp_path):
    graph = _graph(
        _unit("site:home", "GET /"), _unit("site:item", "GET /items/{number}"), _unit("site:add", "POST /items")
    )

    found = draft(_workspace(tmp_path, "site:app"), graph)

    assert found is not None
    assert [(request.entry, request.path) for request in found.requests] == [("site:home", "/")]
    assert found.service == "web"
    assert found.serve[:4] == ("python", "-m", "uvicorn", "site:app")


def test_a_function_that_makes_the_application_is_named_as_such(tmp_path):
    graph = _graph(_unit("site:make_app"), _unit("site:make_app.home", "GET /"))

    found = draft(_workspace(tmp_path, "site:make_app"), graph)

    assert found is not None and "--factory" in found.serve


def test_flask_is_served_by_flask(tmp_path):
    graph = _graph(_unit("site:home", "GET /", framework="flask"))

    found = draft(_workspace(tmp_path, "site:app"), graph)

    assert found is not None and found.serve[:5] == ("python", "-m", "flask", "--app", "site:app")


def test_without_a_web_application_nothing_is_drafted(tmp_path):
    assert draft(tmp_path, _graph(_unit("site:home", "GET /"))) is None


class _Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.send_response(500 if self.path == "/broken" else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def address():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_answers_come_back_with_status_and_body(address):
    requests = (
        Request(entry="get"),
        Request(entry="post", method="POST", body="é"),
        Request(entry="b", path="/broken"),
    )

    (got, text), (posted, echoed), (broken, _) = ask(address, requests)

    assert (got.status, text, got.is_ok) == (200, b"ok", True)
    assert (posted.status, echoed.decode()) == (201, "é")
    assert not broken.is_ok


def test_nobody_at_home_is_an_answer_without_status():
    ((answer, body),) = ask("http://127.0.0.1:9", (Request(entry="gone"),))

    assert (answer.status, answer.is_ok, body) == (0, False, b"")


def test_arrivals_are_a_poisson_stream_that_the_seed_decides():
    kinds = (Request(entry="a"), Request(entry="b"))

    found = arrivals(kinds, rate_per_s=200.0, seconds=20.0, seed=3)

    assert found == arrivals(kinds, rate_per_s=200.0, seconds=20.0, seed=3)
    assert 3700 < len(found) < 4300
    gaps = [later - sooner for (sooner, _), (later, _) in itertools.pairwise(found)]
    mean = sum(gaps) / len(gaps)
    assert sum((gap - mean) ** 2 for gap in gaps) / len(gaps) == pytest.approx(mean**2, rel=0.15)


def test_all_that_was_due_is_answered_in_order(address):
    found = offer(address, (Request(entry="a"),), rate_per_s=100.0, seconds=0.3, seed=1)

    assert len(found) == len(arrivals((Request(entry="a"),), rate_per_s=100.0, seconds=0.3, seed=1))
    assert [answer.at_s for answer in found] == sorted(answer.at_s for answer in found)
    assert all(answer.is_ok for answer in found)


def test_a_stream_can_be_ended_early(address):
    assert offer(address, (Request(entry="a"),), rate_per_s=100.0, seconds=60.0, until=lambda: True) == []


def test_users_that_ask_again_at_once_find_the_capacity(address):
    rate, failed = saturate(address, (Request(entry="a"), Request(entry="b", path="/broken")), users=4, seconds=0.3)

    assert rate > 10
    assert failed == pytest.approx(0.5, abs=0.1)


def test_what_we_do_ourselves_is_no_neighbour():
    others: list[float] = []

    with watched((), others):
        sum(i * i for i in range(300_000))

    assert all(share >= 0 for share in others)


def test_work_never_takes_less_than_its_processor_time():
    assert 1.0 <= stretch(0.05) < 100
