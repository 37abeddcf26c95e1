"""The MLflow registry as artifact store, against a real MLflow server on this machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

pytest.importorskip("mlflow", reason="MLflow is not installed (extra `mlflow` of the runtime)")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mlflow")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder}/db", "--artifacts-destination", str(folder / "files")]
    process = subprocess.Popen(command, cwd=folder, start_new_session=True, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/health", timeout=1)
            break
        except OSError:
            assert process.poll() is None, "the MLflow server ended"
            time.sleep(0.5)
    yield f"mlflow+{address}"
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def open_store(url):
    from service_runtime.registries import open_store

    return open_store(url)


@pytest.fixture
def publish(url, tmp_path):
    def publish(name, **texts):
        files = {}
        for stem, text in texts.items():
            file = tmp_path / f"{stem}.txt"
            file.write_text(text)
            files[f"models/{stem}.txt"] = file
        return open_store(url).publish(name, files, kept={}, by="trainer")

    return publish


def test_versions_are_registered_and_move(url, publish):
    import mlflow

    numbers = [publish("models/a", m=text).number for text in ("1", "2", "3")]
    store = open_store(url)
    store.promote("models/a", 1)

    client = mlflow.MlflowClient(url.removeprefix("mlflow+"), url.removeprefix("mlflow+"))
    assert numbers == [1, 2, 3]
    assert store.sets() == ["models/a"]
    assert client.get_model_version_by_alias("models%2Fa", "current").version in (1, "1")
    assert [store.roll_back("models/a").number for _ in range(2)] == [3, 2]


def test_a_pin_outlives_publications(url, publish):
    publish("pinned", m="1")
    open_store(url).pin("pinned", 1)
    publish("pinned", m="2")

    history = open_store(url).history("pinned")

    assert (history.current.number, len(history.versions)) == (1, 2)


def test_an_alias_moved_in_mlflow_is_a_promotion(url, publish):
    import mlflow

    for text in ("1", "2"):
        publish("moved", m=text)
    address = url.removeprefix("mlflow+")
    mlflow.MlflowClient(address, address).set_registered_model_alias("moved", "current", "1")

    assert open_store(url).history("moved").current.number == 1


def test_files_go_from_one_service_to_the_other(url, tmp_path):
    from service_runtime.handover import Artifact, Handover

    artifact = Artifact("net", "net/*.txt", is_written=True)
    for name in ("a", "b"):
        (tmp_path / name / "net").mkdir(parents=True)
    trainer = Handover(open_store(url), (artifact,), tmp_path / "a", "trainer")
    server = Handover(open_store(url), (artifact,), tmp_path / "b", "server")
    (tmp_path / "a/net/one.txt").write_text("1")
    trainer.publish()
    (tmp_path / "a/net/two.txt").write_text("2")
    trainer.publish()

    server.pull()
    both = {p.name: p.read_text() for p in (tmp_path / "b/net").iterdir()}
    trainer.store.roll_back("net")
    server.pull()

    assert both == {"one.txt": "1", "two.txt": "2"}
    assert [p.name for p in (tmp_path / "b/net").iterdir()] == ["one.txt"]
