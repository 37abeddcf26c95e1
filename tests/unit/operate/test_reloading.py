"""A service goes over to other versions while requests come in: none fails, none sees parts of two versions."""

from __future__ import annotations

import asyncio
import sys
import textwrap

import httpx
import pytest
from service_runtime import handover as module
from service_runtime import reloading, view
from service_runtime.door import Door
from service_runtime.gateway import OWN_PREFIX, Gateway
from service_runtime.handover import Artifact, Handover
from service_runtime.modules import SourceFinder, declare
from service_runtime.registries import open_store
from service_runtime.server import Host, build_app
from service_runtime.service import Service

APP = """
import asyncio, json, pathlib

MODEL = pathlib.Path("{root}/m/model.txt").read_text()  # kept from the import on

async def app(scope, receive, send):
    await receive()
    before = pathlib.Path("{root}/m/threshold.txt").read_text()
    await asyncio.sleep(0.003)
    after = pathlib.Path("{root}/m/threshold.txt").read_text()
    body = json.dumps([MODEL, before, after]).encode()
    await send({{"type": "http.response.start", "status": 200, "headers": []}})
    await send({{"type": "http.response.body", "body": body}})
"""


class Running:
    """One service inside this process."""

    def __init__(self, folder):
        self.root = folder / "work"
        (self.root / "m").mkdir(parents=True)
        source = folder / "src"
        source.mkdir()
        (source / "served.py").write_text(textwrap.dedent(APP).format(root=self.root))
        self.store = open_store(str(folder / "store"))
        self.finder = SourceFinder(source, {"served": "served.py"}, (), self.root)
        artifacts = (Artifact("m", "m/model.txt"), Artifact("m", "m/threshold.txt"))
        service = Service("toy", source, {"served": "served.py"}, web="served:app", preload=("served",))
        self.handover = Handover(self.store, artifacts, self.root, "toy")
        self.host = Host(service, self.handover)
        own = build_app(service, self.host)
        self.host.gateway = Gateway("served:app", own)
        self.door = Door(self.host.gateway, self.host.gate, self.handover, OWN_PREFIX)
        self.reloader = self.host.reloader

    def publish(self, text, threshold=None):
        folder = self.root.parent / "incoming" / text
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in (("model", text), ("threshold", threshold or text)):
            (folder / name).write_text(content)
        files = {f"m/{name}.txt": folder / name for name in ("model", "threshold")}
        return self.store.publish("m", files, kept={})

    async def start(self):
        self.host.take_over()
        self.host.load()
        await self.host.gateway.start()

    async def change(self):
        return await self.reloader.change(self.handover.missing())


@pytest.fixture
def running(tmp_path, monkeypatch):
    made = Running(tmp_path)
    declare(made.finder.paths)
    monkeypatch.setattr(sys, "meta_path", [made.finder, *sys.meta_path])
    monkeypatch.setattr(reloading, "PATIENCE_S", 0.5)
    monkeypatch.setattr(reloading, "POLL_S", 0.01)
    sys.modules.pop("served", None)
    yield made
    sys.modules.pop("served", None)


def test_twenty_changes_under_load_mix_nothing(running):
    async def scenario():
        for text in ("one", "two"):
            running.publish(text)
        await running.start()
        seen, done = [], asyncio.Event()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(running.door), base_url="http://toy") as client:

            async def ask():
                while not done.is_set():
                    answer = await client.get("/predict")
                    seen.append((answer.status_code, tuple(answer.json())))

            askers = [asyncio.create_task(ask()) for _ in range(8)]
            for turn in range(20):
                running.store.promote("m", 1 + turn % 2)
                assert await running.change()
                await asyncio.sleep(0.01)
            done.set()
            await asyncio.gather(*askers)
        return seen

    seen = asyncio.run(scenario())

    assert {status for status, _ in seen} == {200}
    assert {values for _, values in seen} == {("one",) * 3, ("two",) * 3}
    assert running.reloader.changes >= 19


def test_a_version_that_does_not_load_is_not_served(running):
    async def scenario():
        running.publish("one")
        await running.start()
        running.publish("two")
        source = running.finder.source / "served.py"
        good = source.read_text()
        source.write_text(good + '\nassert MODEL != "two"  # grown\n')
        is_served = await running.change()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(running.door), base_url="http://toy") as client:
            return is_served, (await client.get("/predict")).json()

    assert asyncio.run(scenario()) == (False, ["one", "one", "one"])


def test_a_request_that_comes_back_to_the_service_is_let_in(running):
    async def scenario():
        gate = running.host.gate
        async with gate.passing("r1"):
            closing = asyncio.create_task(_closed(gate))
            await asyncio.sleep(0.01)
            async with asyncio.timeout(0.2):
                async with gate.passing("r1"):
                    pass
            stranger = asyncio.create_task(gate.enter("r2"))
            await asyncio.sleep(0.01)
            assert not stranger.done()
        assert await closing
        await stranger

    asyncio.run(scenario())


async def _closed(gate):
    async with gate.closed(1.0) as is_quiet:
        return is_quiet


@pytest.mark.parametrize("token", ["", "forged"])
def test_strangers_cannot_speak_for_runs_or_the_store(running, monkeypatch, token):
    monkeypatch.setenv("SERVICE_SHARED_WORKDIR", "1")

    async def scenario():
        running.publish("one")
        await running.start()
        headers = {"authorization": f"Bearer {token}", "x-run": "../../evil/1", "x-artifacts": "{"}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(running.door), base_url="http://toy") as client:
            return await client.get("/predict", headers=headers)

    assert asyncio.run(scenario()).status_code == 200


def test_what_a_request_writes_is_published_before_its_answer(tmp_path, monkeypatch):
    store = open_store(str(tmp_path / "store"))
    (tmp_path / "work").mkdir()
    handover = Handover(store, (Artifact("m", "m.txt", is_written=True),), tmp_path / "work", "toy")
    monkeypatch.setattr(module, "_heard", {})
    monkeypatch.setattr(module, "active", [handover])
    versions = []

    async def app(scope, receive, send):
        (tmp_path / "work" / "m.txt").write_text("1")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        versions.append(len(store.history("m").versions))
        await send({"type": "http.response.body", "body": b""})

    async def scenario():
        from service_runtime.gate import Gate

        door = Door(app, Gate(), handover)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://toy") as client:
            return await client.post("/write", headers={"x-chain": "1"})

    answer = asyncio.run(scenario())

    assert versions == [1]
    assert answer.headers["x-artifacts"] == '{"m": 1}'


def test_what_a_start_puts_in_place_is_there_for_all_before_the_service_is_ready(tmp_path, monkeypatch):
    written = (Artifact("registry", "registry/index.json", is_written=True, is_kept=True),)
    trainer = tmp_path / "earlier"
    (trainer / "registry").mkdir(parents=True)
    (trainer / "registry/index.json").write_text("1")
    store = open_store(str(tmp_path / "store"))
    Handover(store, written, trainer, "one").publish()
    shared = tmp_path / "work"
    shared.mkdir()
    monkeypatch.setattr(view, "active", [view.View(shared, shared / ".services/views/one", ["data/x.csv"])])
    handover = Handover(store, written, view.active[0].folder, "one", is_shared=True, base=shared)

    Host(Service("one", tmp_path, {}, ()), handover).take_over()

    assert (shared / "registry/index.json").read_text() == "1"
