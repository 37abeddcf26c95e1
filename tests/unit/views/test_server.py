"""Who may ask the review server what, and that no edit is ever lost."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import view_graphs

from decompose import views
from decompose.errors import LaunchError, PlanError
from decompose.ir.plan import Plan
from decompose.views.server import etag


@dataclass
class File:
    """A plan file in memory."""

    text: str
    saves: list[str] = field(default_factory=list)

    def save(self, text: str) -> None:
        self.saves.append(text)
        self.text = text


@dataclass
class Client:
    """Asks one server."""

    server: views.ReviewServer
    key: str = ""

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=5)
        given = {"Host": f"127.0.0.1:{self.server.port}", "Authorization": f"Bearer {self.key}"} | headers
        connection.request(
            method, path, None if body is None else json.dumps(body), {k.replace("_", "-"): v for k, v in given.items()}
        )
        answer = connection.getresponse()
        result = (answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        connection.close()
        return result

    def enter(self) -> Client:
        status, _, body = self.ask("POST", "/session", X_Decompose_Token=self.server.token)
        assert status == 200
        self.key = json.loads(body)["key"]
        return self


@contextmanager
def running(file: File) -> Iterator[Client]:
    plan, where = view_graphs.shop_plan()
    graph = view_graphs.shop()

    def content(text: str) -> dict[str, object]:
        if "forbidden" in text:
            raise PlanError("no symbol `forbidden`", hint="take it out")
        return views.page_data(graph, plan=plan, membership=where)

    desk = views.Desk(
        name="shop",
        read=lambda: file.text,
        content=content,
        render=lambda edited, before: edited.model_dump_json(),
        save=file.save,
        repropose=lambda edited: edited.model_dump_json(),
    )
    server = views.ReviewServer(desk)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Client(server)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def file() -> File:
    return File("original")


@pytest.fixture
def client(file: File) -> Iterator[Client]:
    with running(file) as opened:
        yield opened


def plan_json(note: str = "") -> dict[str, object]:
    stored: dict[str, object] = view_graphs.shop_plan()[0].model_dump(mode="json")
    return stored | {"notes": [note]}


def test_the_page_itself_holds_nothing_of_the_system(client: Client) -> None:
    status, headers, body = client.ask("GET", "/")

    assert status == 200
    assert b"load_orders" not in body
    assert headers["x-frame-options"] == "DENY"
    assert "access-control-allow-origin" not in headers


def test_nothing_is_told_without_a_key(client: Client) -> None:
    for method, path in (("GET", "/data"), ("GET", "/plan"), ("PUT", "/plan"), ("POST", "/repropose")):
        assert client.ask(method, path)[0] == 401


def test_the_token_works_once(client: Client) -> None:
    token = client.server.token
    client.enter()

    assert client.ask("POST", "/session", X_Decompose_Token=token)[0] == 403
    assert client.ask("POST", "/session", X_Decompose_Token="")[0] == 403
    assert client.ask("GET", "/data")[0] == 200


def test_another_host_name_is_refused(client: Client) -> None:
    client.enter()

    assert client.ask("GET", "/data", Host="evil.example:80")[0] == 421
    assert client.ask("GET", "/", Host=f"127.0.0.1.evil.example:{client.server.port}")[0] == 421


def test_another_origin_is_refused(client: Client) -> None:
    client.enter()

    assert client.ask("GET", "/data", Origin="https://evil.example")[0] == 403
    assert client.ask("GET", "/data", Origin="null")[0] == 403
    assert client.ask("GET", "/data", Origin=f"http://127.0.0.1:{client.server.port}")[0] == 200


def test_no_path_leads_to_a_file(client: Client) -> None:
    client.enter()

    for path in ("/etc/passwd", "/../pyproject.toml", "/plan/../../x", "/data/", "/data?file=x"):
        assert client.ask("GET", path)[0] == 404


def test_it_listens_on_loopback_only(client: Client) -> None:
    assert client.server.server_address[0] == "127.0.0.1"


def test_a_save_reaches_the_file(client: Client, file: File) -> None:
    client.enter()
    status, headers, _ = client.ask("PUT", "/plan", plan_json("moved"), If_Match=etag("original"))

    assert status == 200
    assert Plan.model_validate_json(file.text).notes == ("moved",)
    assert headers["etag"] == etag(file.text)


def test_a_file_changed_meanwhile_is_never_overwritten(client: Client, file: File) -> None:
    client.enter()
    file.text = "somebody else's"

    status, _, body = client.ask("PUT", "/plan", plan_json(), If_Match=etag("original"))

    assert status == 409
    assert "has changed" in json.loads(body)["message"]
    assert file.text == "somebody else's"


def test_a_save_without_a_version_is_refused(client: Client, file: File) -> None:
    client.enter()

    assert client.ask("PUT", "/plan", plan_json())[0] == 409
    assert file.saves == []


def test_of_many_saves_at_once_one_wins_and_the_others_hear_of_it(client: Client, file: File) -> None:
    client.enter()

    def save(number: int) -> int:
        return client.ask("PUT", "/plan", plan_json(str(number)), If_Match=etag("original"))[0]

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(save, range(24)))

    assert statuses == [200] + [409] * 23
    assert len(file.saves) == 1


def test_a_hundred_interleavings_of_saves_and_edits_lose_nothing(client: Client, file: File) -> None:
    client.enter()
    lost = 0
    for number in range(100):
        version = etag(file.text)
        edit = f"edit {number}"
        if number % 2:
            file.text = edit
        status = client.ask("PUT", "/plan", plan_json(str(number)), If_Match=version)[0]
        lost += number % 2 and file.text != edit
        assert status == (409 if number % 2 else 200)

    assert lost == 0


def test_what_is_no_plan_is_refused_with_its_place(client: Client, file: File) -> None:
    client.enter()
    bad = plan_json() | {"services": [{"name": "Not A Name"}]}

    status, _, body = client.ask("PUT", "/plan", bad, If_Match=etag("original"))

    assert status == 422
    assert "services.0.name" in json.loads(body)["message"]
    assert file.saves == []


def test_a_plan_that_does_not_fit_the_graph_is_not_saved(client: Client, file: File) -> None:
    client.enter()

    status, _, body = client.ask("PUT", "/plan", plan_json("forbidden"), If_Match=etag("original"))

    assert status == 422
    assert "take it out" in json.loads(body)["message"]
    assert file.saves == []


def test_a_body_that_is_too_large_is_refused_unread(client: Client) -> None:
    client.enter()

    assert client.ask("PUT", "/plan", None, Content_Length="99999999999", If_Match=etag("original"))[0] == 413


def test_a_new_proposal_is_shown_and_not_saved(client: Client, file: File) -> None:
    client.enter()

    status, _, body = client.ask("POST", "/repropose", plan_json(), If_Match=etag("original"))

    assert status == 200
    assert json.loads(body)["plan"]["system"] == "shop"
    assert file.saves == []


def test_a_port_in_use_says_so(client: Client) -> None:
    with pytest.raises(LaunchError, match=f"port {client.server.port} cannot be opened"):
        views.ReviewServer(client.server.desk, client.server.port)
