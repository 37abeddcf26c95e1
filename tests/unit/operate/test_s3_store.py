"""The artifact store in a bucket, against a local server that speaks S3."""

from __future__ import annotations

import threading
import uuid

import pytest
from service_runtime.handover import Artifact, Handover
from service_runtime.registries import open_store

pytest.importorskip("s3fs", reason="s3fs is not installed")
pytest.importorskip("moto", reason="moto is not installed")


@pytest.fixture(scope="module")
def bucket():
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (
            ("AWS_ACCESS_KEY_ID", "any"),
            ("AWS_SECRET_ACCESS_KEY", "any"),
            ("AWS_ENDPOINT_URL", f"http://{host}:{port}"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
        ):
            patch.setenv(name, value)
        import s3fs

        s3fs.S3FileSystem(skip_instance_cache=True).mkdir("models")
        yield "s3://models"
    server.stop()


@pytest.fixture
def url(bucket):
    return f"{bucket}/{uuid.uuid4().hex}"


def test_versions_go_through_a_bucket(url, tmp_path):
    trainer, server = (
        Handover(open_store(url), (Artifact("m", "m/*.bin", is_written=is_writer),), tmp_path / name, name)
        for name, is_writer in (("trainer", True), ("server", False))
    )
    (tmp_path / "trainer/m").mkdir(parents=True)
    for content in (b"one", b"two"):
        (tmp_path / "trainer/m/w.bin").write_bytes(content)
        trainer.publish()
    server.pull()
    newest = (tmp_path / "server/m/w.bin").read_bytes()
    open_store(url).roll_back("m")
    server.pull()

    assert newest == b"two"
    assert (tmp_path / "server/m/w.bin").read_bytes() == b"one"
    assert open_store(url).sets() == ["m"]


def test_publishers_at_once_get_versions_of_their_own(url, tmp_path):
    def publish(text):
        (tmp_path / text).write_text(text)
        open_store(url).publish("m", {"m.txt": tmp_path / text}, kept={})

    threads = [threading.Thread(target=publish, args=(f"v{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    versions = open_store(url).history("m").versions
    assert len({v.files["m.txt"] for v in versions}) == len(versions) == 4
