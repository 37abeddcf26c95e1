"""A topic stays a topic: producer and consumer talk to the monolith's own broker, which holds the producer back."""

from __future__ import annotations

import contextlib
import json
import multiprocessing.managers
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import urllib.request

import pytest

from decompose import api
from decompose.ir.plan import Plan, ServicePlan

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("services")]

FEED = """
import json
from fastapi import FastAPI
from kafka import KafkaProducer

app = FastAPI()


@app.post("/orders")
def orders(count: int):
    producer = KafkaProducer(bootstrap_servers="localhost:9092")
    for number in range(count):
        producer.send("orders", json.dumps({"id": number, "price": 2.5 * number}).encode())
    producer.flush()
    return {"sent": count}
"""
SCORE = """
import json
import sys
from kafka import KafkaConsumer


def score(count):
    consumer, total = KafkaConsumer("orders", bootstrap_servers="localhost:9092"), 0.0
    for number, message in enumerate(consumer, 1):
        total += json.loads(message.value)["price"]
        if number == count:
            break
    with open("total.json", "w") as stream:
        json.dump(total, stream)


if __name__ == "__main__":
    score(int(sys.argv[1]))
"""
CLIENT = """
import collections, multiprocessing.managers, os

class Broker(multiprocessing.managers.BaseManager):
    pass

Broker.register("topic")
Message = collections.namedtuple("Message", "topic value")

def _topic():
    host, port = os.environ["TEST_BROKER"].split(":")
    broker = Broker((host, int(port)), b"test")
    broker.connect()
    return broker.topic()

class KafkaProducer:
    def __init__(self, **options):
        self._topic = _topic()

    def send(self, topic, value):
        self._topic.put((topic, value))

    def flush(self):
        pass

class KafkaConsumer:
    def __init__(self, *topics, **options):
        self._topic = _topic()

    def __iter__(self):
        while True:
            yield Message(*self._topic.get())
"""
ROOM = 5
COUNT = 40


class Broker(multiprocessing.managers.BaseManager):
    """A broker of one topic that has room for few messages; the `kafka` of the test speaks to it."""


@pytest.fixture
def topic(tmp_path, monkeypatch):
    held = queue.Queue(ROOM)
    Broker.register("topic", callable=lambda: held)
    server = Broker(("127.0.0.1", 0), b"test").get_server()

    def serve():
        with contextlib.suppress(SystemExit):  # its way to end
            server.serve_forever()

    threading.Thread(target=serve, daemon=True).start()
    (tmp_path / "client").mkdir()
    (tmp_path / "client" / "kafka.py").write_text(CLIENT)
    monkeypatch.setenv("TEST_BROKER", f"{server.address[0]}:{server.address[1]}")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "client"), os.environ.get("PYTHONPATH", "")]))
    yield held
    server.stop_event.set()


@pytest.fixture
def workspace(tmp_path):
    root = tmp_path / "monolith"
    root.mkdir()
    (root / "feed.py").write_text(FEED)
    (root / "score.py").write_text(SCORE)
    kinds = {"feed": "gateway", "score": "job"}
    services = tuple(ServicePlan(name=name, kind=kind, members=(f"{name}:*",)) for name, kind in kinds.items())
    tree = api.generate(Plan(system="toy", services=services), api.analyze(root), root=root)
    api.write_tree(tree, tmp_path / "out")
    (tmp_path / "work").mkdir()
    return tmp_path / "out"


@pytest.fixture
def web(workspace, topic):
    """The address of the running producer."""
    ready = workspace.parent / "ready.json"
    words = [sys.executable, str(workspace / "run.py"), "up", "--workdir", str(workspace.parent / "work")]
    process = subprocess.Popen(
        [*words, "--ready-file", str(ready)], stderr=subprocess.DEVNULL, env={**os.environ, "SERVICE_ANY_PORT": "1"}
    )
    until = time.monotonic() + 90
    while not ready.exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.1)
    assert ready.exists()
    yield json.loads(ready.read_text())["services"]["feed"]["url"].removesuffix("/_service")
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def test_messages_go_through_the_broker_and_a_full_one_holds_the_producer_back(workspace, topic, web):
    system = json.loads((workspace / "system.json").read_text())
    answers = []

    def ask():
        request = urllib.request.Request(f"{web}/orders?count={COUNT}", b"", method="POST")
        with urllib.request.urlopen(request, timeout=120) as answer:
            answers.append(json.loads(answer.read()))

    asked = threading.Thread(target=ask)
    asked.start()
    until = time.monotonic() + 60
    while not topic.full() and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(1.0)
    held, early = topic.qsize(), list(answers)

    words = [sys.executable, str(workspace / "run.py"), "jobs", "run", "score", "score"]
    done = subprocess.run(
        [*words, "--workdir", str(workspace.parent / "work"), "--", str(COUNT)],
        env={**os.environ, "SERVICE_ANY_PORT": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    asked.join(60)

    assert system["topics"] == [{"name": "orders", "producers": ["feed"], "consumers": ["score"]}]
    assert {service["name"]: service["depends_on"] for service in system["services"]} == {"feed": [], "score": []}
    assert (held, early) == (ROOM, [])
    assert answers == [{"sent": COUNT}]
    assert json.loads((workspace.parent / "work" / "total.json").read_text()) == sum(2.5 * n for n in range(COUNT))
