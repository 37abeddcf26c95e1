"""A small system is operated: its pipeline run by one command, its model rolled back while it serves, its streams held."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request

import pytest
from ruamel.yaml import YAML

from decompose import api
from decompose.ir.plan import Plan, ServicePlan

PREP = """
import json

def prepare():
    with open("settings.json") as stream:
        settings = json.load(stream)
    with open("data/train.json", "w") as stream:
        json.dump({"rate": settings["rate"]}, stream)

if __name__ == "__main__":
    prepare()
"""
TRAIN = """
import json

def train():
    with open("data/train.json") as stream:
        rate = json.load(stream)["rate"]
    with open("models/model.json", "w") as stream:
        json.dump({"rate": rate}, stream)
    with open("models/card.json", "w") as stream:
        json.dump({"trained_with": rate}, stream)
    print("trained with", rate)

if __name__ == "__main__":
    train()
"""
WEB = """
import json
from fastapi import FastAPI

app = FastAPI()
with open("models/model.json") as stream:
    MODEL = json.load(stream)


@app.post("/predict")
def predict(row: dict):
    with open("models/card.json") as stream:
        card = json.load(stream)
    return {"rate": MODEL["rate"], "card": card["trained_with"]}
"""
FEED = """
MADE = []

def rows(count):
    for number in range(count):
        MADE.append(number)
        yield "x" * 100_000

def made():
    return len(MADE)
"""
SOURCES = {"prep.py": PREP, "train.py": TRAIN, "web.py": WEB, "feed.py": FEED}
KINDS = {"prep": "job", "train": "job", "web": "service", "feed": "service"}
READER = """
import time
from feed import made, rows

stream = rows(2000)
first = [next(stream) for _ in range(3)]
time.sleep(1.0)
print(made())
stream.close()
"""


class System:
    """The generated workspace and a working directory."""

    def __init__(self, folder):
        monolith = folder / "monolith"
        monolith.mkdir()
        for path, text in SOURCES.items():
            (monolith / path).write_text(text)
        self.out, self.work = folder / "out", folder / "work"
        graph = api.analyze(monolith)
        services = tuple(ServicePlan(name=name, kind=kind, members=(f"{name}:*",)) for name, kind in KINDS.items())
        api.write_tree(api.generate(Plan(system="toy", services=services), graph, root=monolith), self.out)
        for name in ("data", "models"):
            (self.work / name).mkdir(parents=True)
        self.set_rate(1)

    def set_rate(self, rate):
        (self.work / "settings.json").write_text(json.dumps({"rate": rate}))

    def command(self, *words):
        where = ["--workdir", str(self.work)]
        done = subprocess.run(
            [sys.executable, str(self.out / "run.py"), *words, *where], capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    made = System(tmp_path_factory.mktemp("operate"))
    made.first = made.command("pipeline")
    return made


@pytest.fixture(scope="module")
def running(system):
    ready = system.work.parent / "ready.json"
    command = [
        sys.executable,
        str(system.out / "run.py"),
        "up",
        "--workdir",
        str(system.work),
        "--ready-file",
        str(ready),
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 90
    while not ready.exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.1)
    if not ready.exists():
        process.terminate()
        pytest.fail(process.communicate()[1])
    drain = threading.Thread(target=process.stderr.read, daemon=True)
    drain.start()
    yield json.loads(ready.read_text())
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


def test_the_pipeline_runs_in_the_order_of_its_data_and_is_not_repeated(system):
    again = system.command("pipeline")

    steps = json.loads((system.out / "system.json").read_text())["pipeline"]
    assert [(s["name"], s["after"]) for s in steps] == [("prep", []), ("train", ["prep"])]
    assert "train            | trained with 1" in system.first
    assert again.count("unchanged since") == 2
    assert json.loads((system.work / "models/model.json").read_text()) == {"rate": 1}
    assert "done" in system.command("jobs", "list")


def test_steps_in_folders_of_their_own_hand_over_by_the_store(system, tmp_path):
    exported = YAML(typ="safe").load(system.out / "pipelines" / "kubeflow.yaml")
    executors = exported["deploymentSpec"]["executors"]
    variables = {
        "SERVICE_STORE": str(tmp_path / "store"),
        "SERVICE_TOKEN_SECRET": "only for this test",
        "SERVICE_OPEN": "1",
    }
    variables["PYTHONPATH"] = os.pathsep.join(map(str, (system.out / "packages").glob("*/src")))

    for step in ("prep", "train"):
        work = tmp_path / step
        for name in ("data", "models"):
            (work / name).mkdir(parents=True)
        container = executors[f"exec-{step}"]["container"]
        words = [*container["command"], *container["args"], "--workdir", str(work)]
        words = [word.replace("/app/", f"{system.out}/").replace("{{$.pipeline_job_uuid}}", "1") for word in words]
        if step == "prep":
            (work / "settings.json").write_text('{"rate": 7}')
        done = subprocess.run([sys.executable, *words[1:]], cwd=work, env={**os.environ, **variables}, timeout=120)
        assert done.returncode == 0

    assert json.loads((tmp_path / "train/data/train.json").read_text()) == {"rate": 7}
    assert json.loads((tmp_path / "train/models/card.json").read_text()) == {"trained_with": 7}
    assert not list((tmp_path / "prep/models").iterdir())


def test_a_model_is_rolled_back_and_forward_under_load(system, running):
    system.set_rate(2)
    url = running["services"]["web"]["url"].removesuffix("/_service") + "/predict"
    seen, over = [], threading.Event()

    def ask():
        while not over.is_set():
            request = urllib.request.Request(url, b"{}", {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=30) as answer:
                seen.append((answer.status, *json.loads(answer.read()).values()))

    def await_rate(rate):
        until = time.monotonic() + 30
        while not (seen and seen[-1][1] == rate) and time.monotonic() < until:
            time.sleep(0.05)
        assert seen[-1][1] == rate

    clients = [threading.Thread(target=ask) for _ in range(3)]
    for thread in clients:
        thread.start()
    try:
        await_rate(1)
        system.command("pipeline", "--fresh")
        await_rate(2)
        for _ in range(2):
            system.command("models", "promote", "models", "1")
            await_rate(1)
            system.command("models", "rollback", "models")
            await_rate(2)
    finally:
        over.set()
        for thread in clients:
            thread.join()

    assert set(seen) == {(200, 1, 1), (200, 2, 2)}
    assert "models\n" in system.command("models", "list")
    assert "are whole" in system.command("models", "check")


def test_a_slow_reader_holds_the_producer_back(system, running):
    (system.work / "reader.py").write_text(READER)
    (system.work / "feed.py").write_bytes((system.out / "harness/feed.py").read_bytes())

    done = subprocess.run(
        [sys.executable, "reader.py"], cwd=system.work, env={**os.environ, **running["environment"]},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert 3 <= int(done.stdout) < 200, "of 2,000 items of 100 kB only what the buffers hold may be made ahead"


def test_the_running_system_describes_itself(system, running):
    done = subprocess.run(
        [sys.executable, str(system.out / "run.py"), "openapi", "--ready-file", str(system.work.parent / "ready.json")],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip

    paths = json.loads(done.stdout)["paths"]
    assert "requestBody" in paths["/predict"]["post"]
    assert "/operations/made" in paths
