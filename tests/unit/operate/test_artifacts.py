"""Versions of artifacts: published whole, moved, pinned, found damaged; in a folder and through fsspec."""

from __future__ import annotations

import threading
import uuid

import pytest
from service_runtime.blobs import LocalBlobs, digest_of
from service_runtime.errors import ArtifactError
from service_runtime.registries import open_store


@pytest.fixture(params=["folder", "fsspec"])
def url(request, tmp_path):
    if request.param == "folder":
        return str(tmp_path / "store")
    pytest.importorskip("fsspec", reason="fsspec is not installed")
    return f"memory://{uuid.uuid4().hex}"


@pytest.fixture
def publish(url, tmp_path):
    def publish(text, *, store=None, name="m"):
        file = tmp_path / uuid.uuid4().hex
        file.write_text(text)
        return (store or open_store(url)).publish(name, {"m/model.pkl": file}, kept={}, by="trainer")

    return publish


def test_a_publication_is_the_next_version_and_current(url, publish):
    numbers = [publish(text).number for text in ("one", "two")]

    history = open_store(url).history("m")
    assert numbers == [1, 2]
    assert history.current.number == 2
    assert [v.by for v in history.versions] == ["trainer", "trainer"]


def test_the_same_files_are_no_new_version(publish):
    assert publish("one") == publish("one")


def test_going_back_follows_the_trail(url, publish):
    for text in ("one", "two", "three"):
        publish(text)
    store = open_store(url)
    store.promote("m", 1)

    trail = [store.roll_back("m").number, store.roll_back("m").number, store.roll_back("m").number]

    assert trail == [3, 2, 1]
    with pytest.raises(ArtifactError, match="no earlier version"):
        store.roll_back("m")


def test_a_pin_outlives_publications(url, publish):
    publish("one")
    open_store(url).pin("m", 1)
    publish("two")

    pinned = open_store(url).history("m")
    open_store(url).unpin("m")
    publish("three")

    assert (pinned.current.number, len(pinned.versions), pinned.is_pinned) == (1, 2, True)
    assert open_store(url).history("m").current.number == 3


def test_a_version_that_does_not_exist_is_refused(url, publish):
    publish("one")

    with pytest.raises(ArtifactError, match="no version 2"):
        open_store(url).promote("m", 2)


def test_content_comes_back_and_damage_is_noticed(tmp_path, publish):
    store = open_store(str(tmp_path / "store"))
    digest = publish("one", store=store).files["m/model.pkl"]
    target = tmp_path / "target"

    store.fetch(digest, target)
    assert target.read_text() == "one"
    assert store.check(["m"], tmp_path / "scratch") == []
    (tmp_path / "store" / "objects" / digest[:2] / digest).write_text("other")
    with pytest.raises(ArtifactError, match="damaged"):
        store.fetch(digest, target)
    assert len(store.check(["m"], tmp_path / "scratch")) == 1


def test_publishers_at_once_get_versions_of_their_own(tmp_path, publish):
    url = str(tmp_path / "store")
    threads = [threading.Thread(target=publish, args=(f"v{i}",), kwargs={"store": open_store(url)}) for i in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    versions = open_store(url).history("m").versions
    assert [v.number for v in versions] == list(range(1, 9))
    assert len({v.files["m/model.pkl"] for v in versions}) == 8


def test_nothing_half_written_stays_when_a_copy_fails(tmp_path):
    blobs = LocalBlobs(tmp_path / "store")

    with pytest.raises(FileNotFoundError):
        blobs.keep(tmp_path / "absent")

    assert [p for p in (tmp_path / "store").rglob("*") if p.is_file()] == []


def test_names_of_sets_may_hold_anything(url, publish):
    for name in ("a/b c", ".hidden", "..", "ü"):
        publish("x", name=name)

    assert open_store(url).sets() == sorted(("a/b c", ".hidden", "..", "ü"))


def test_the_digest_is_sha_256(tmp_path):
    (tmp_path / "f").write_bytes(b"abc")

    assert digest_of(tmp_path / "f") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
