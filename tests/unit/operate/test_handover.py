"""Files between two services with working directories of their own, and in one that they share."""

from __future__ import annotations

import pytest
from service_runtime import handover as module
from service_runtime.handover import Artifact, Handover
from service_runtime.registries import open_store


@pytest.fixture
def system(tmp_path):
    """A trainer and a server, each in a folder of its own."""

    def make(name, root, *patterns, reads=(), is_written=False, is_shared=False, is_kept=False):
        (tmp_path / root).mkdir(exist_ok=True)
        artifacts = tuple(Artifact("models", p, is_written=is_written, is_kept=is_kept) for p in patterns)
        artifacts += tuple(Artifact("models", pattern) for pattern in reads)
        store = open_store(str(tmp_path / "store"))
        return Handover(store, artifacts, tmp_path / root, name, is_shared=is_shared)

    return make


@pytest.fixture
def pair(system):
    trainer = system("trainer", "a", "models/*.txt", "models/net", is_written=True)
    return trainer, system("server", "b", "models/*.txt", "models/net")


def write(handover, path, text):
    target = handover.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)


def read(handover):
    return {p.relative_to(handover.root).as_posix(): p.read_text() for p in handover.root.rglob("*") if p.is_file()}


def test_what_one_writes_the_other_finds(pair):
    trainer, server = pair
    write(trainer, "models/a.txt", "1")
    write(trainer, "models/net/layers/0.bin", "2")
    write(trainer, "notes.txt", "not shared")

    assert trainer.publish() == ["models"]
    server.pull()

    assert read(server) == {"models/a.txt": "1", "models/net/layers/0.bin": "2"}
    assert trainer.publish() == []
    assert server.missing() == {}


def test_going_back_restores_every_file_and_takes_new_ones_away(pair):
    trainer, server = pair
    write(trainer, "models/a.txt", "1")
    trainer.publish()
    write(trainer, "models/a.txt", "2")
    write(trainer, "models/b.txt", "2")
    trainer.publish()
    server.pull()

    open_store(str(trainer.root.parent / "store")).roll_back("models")
    server.pull()

    assert read(server) == {"models/a.txt": "1"}
    assert server.served == {"models": 1}


def test_content_that_no_version_has_is_left_alone(pair):
    trainer, server = pair
    write(trainer, "models/a.txt", "1")
    trainer.publish()
    write(server, "models/a.txt", "mine")
    write(server, "models/mine.txt", "mine")

    server.pull()

    assert read(server) == {"models/a.txt": "mine", "models/mine.txt": "mine"}


def test_a_pinned_version_comes_back_after_a_publication(pair):
    trainer, _server = pair
    write(trainer, "models/a.txt", "1")
    trainer.publish()
    trainer.store.pin("models", 1)
    write(trainer, "models/a.txt", "2")

    trainer.publish()
    trainer.pull()

    assert read(trainer) == {"models/a.txt": "1"}
    assert len(trainer.store.history("models").versions) == 2


def test_files_of_other_writers_stay_in_the_version(system):
    one = system("one", "a", "models/one.txt", is_written=True)
    two = system("two", "b", "models/two.txt", is_written=True)
    write(one, "models/one.txt", "1")
    one.publish()
    write(two, "models/two.txt", "2")
    two.publish()

    assert set(two.store.history("models").current.files) == {"models/one.txt", "models/two.txt"}


def test_a_writer_that_is_behind_neither_undoes_nor_misses_what_another_wrote(system):
    one = system("one", "a", "models/one.txt", is_written=True)
    two = system("two", "b", "models/two.txt", reads=("models/one.txt",), is_written=True)
    write(one, "models/one.txt", "1")
    one.publish()
    two.pull()
    write(one, "models/one.txt", "2")
    one.publish()
    write(two, "models/two.txt", "x")
    two.publish()

    two.pull()

    assert read(two) == {"models/one.txt": "2", "models/two.txt": "x"}
    assert two.store.history("models").current.files["models/one.txt"].startswith("d4")


def test_of_two_writers_that_start_beside_finished_files_both_publish_theirs(system):
    trainer = system("trainer", "shared", "models/model.txt", is_written=True, is_shared=True)
    preparer = system("preparer", "shared", "models/scaler.txt", is_written=True, is_shared=True, is_kept=True)
    write(trainer, "models/model.txt", "1")
    write(trainer, "models/scaler.txt", "2")

    for each in (trainer, preparer):
        each.pull()
        each.publish()
    server = system("server", "elsewhere", "models/*.txt")
    server.pull()

    assert read(server) == {"models/model.txt": "1", "models/scaler.txt": "2"}


def test_in_a_shared_folder_old_content_is_no_news(system):
    writer = system("writer", "a", "models/*.txt", is_written=True, is_shared=True)
    reader = system("reader", "a", "models/*.txt", is_shared=True, is_kept=True)
    for text in "12":
        write(writer, "models/a.txt", text)
        writer.publish()
    reader.store.promote("models", 1)

    reader.pull()
    published = writer.publish()

    assert read(reader)["models/a.txt"] == "1"
    assert published == []


def test_in_a_shared_folder_old_content_that_the_code_wrote_again_is_news(system):
    writer = system("writer", "a", "models/*.txt", is_written=True, is_shared=True)
    for text in "121":
        write(writer, "models/a.txt", text)
        writer.publish()

    history = writer.store.history("models")

    assert [v.files["models/a.txt"][:2] for v in history.versions] == ["6b", "d4", "6b"]
    assert history.current.number == 3


def test_a_service_that_missed_two_moves_publishes_neither(system):
    writer = system("writer", "a", "models/*.txt", is_written=True, is_shared=True)
    reader = system("reader", "a", "models/*.txt", is_shared=True, is_kept=True)
    for text in "12":
        write(writer, "models/a.txt", text)
        writer.publish()
    reader.store.promote("models", 1)
    reader.pull()
    reader.store.promote("models", 2)

    assert writer.publish() == []
    assert writer.store.history("models").current.number == 2


def test_a_file_that_is_still_being_written_waits(pair):
    trainer, _ = pair
    write(trainer, "models/a.txt", "1")
    with (trainer.root / "models/a.txt").open("a") as stream:
        stream.write("2")
        stream.flush()
        while_open = trainer.publish()

    assert while_open == []
    assert trainer.publish() == ["models"]


def test_a_path_of_a_version_cannot_leave_the_folder(system, tmp_path):
    server = system("server", "b", "models/*", "*/*/*")
    (tmp_path / "evil").write_text("x")
    server.store.publish("models", {"models/../../evil": tmp_path / "evil"}, kept={})

    with pytest.raises(PermissionError):
        server.pull()


def test_a_caller_that_knows_more_makes_the_callee_catch_up(pair, monkeypatch):
    trainer, server = pair
    write(trainer, "models/a.txt", "1")
    monkeypatch.setattr(module, "_heard", {})
    monkeypatch.setattr(module, "active", [trainer])

    headers = module.before_call()
    is_behind = server.is_behind(headers[module.HEADER])
    server.pull()

    assert is_behind
    assert read(server) == {"models/a.txt": "1"}
    assert not server.is_behind(headers[module.HEADER])


def test_what_a_callee_published_is_told_to_those_called_after_it(pair, monkeypatch):
    trainer, server = pair
    write(trainer, "models/a.txt", "1")
    trainer.publish()
    monkeypatch.setattr(module, "_heard", {})
    monkeypatch.setattr(module, "active", [])

    module.after_call(trainer.lengths())
    headers = module.before_call()

    assert server.is_behind(headers[module.HEADER])


def test_only_files_that_the_service_shares_are_news(pair):
    trainer, server = pair
    write(trainer, "models/a.txt", "1")
    trainer.publish()
    first = trainer.store.history("models").current
    other = trainer.store.publish("models", {"other/b.txt": trainer.root / "models/a.txt"}, kept=first.files)

    assert not server.is_news(first, other)
    assert server.is_news(None, first)
