"""Re-generation: hand edits survive, a second run changes nothing, an interrupted one is finished."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from decompose.errors import WriteError
from decompose.ir.filetree import FileTree
from decompose.scaffold import write
from decompose.scaffold.journal import alone

OLD = "first\nsecond\nthird\nfourth\n"
NEW = "first\nsecond\nthird\nFOURTH\n"


def tree_of(**files):
    return FileTree({path.replace("__", "/"): text.encode() for path, text in files.items()})


def content_of(out):
    files = sorted(p for p in out.rglob("*") if p.is_file())
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in files}


def stamps_of(out):
    return {p: p.stat().st_mtime_ns for p in out.rglob("*")}


@pytest.fixture
def out(tmp_path):
    write(tree_of(x=OLD, y="2"), tmp_path / "out")
    return tmp_path / "out"


def test_a_second_write_touches_nothing(out):
    before = stamps_of(out)

    report = write(tree_of(x=OLD, y="2"), out)

    assert (report.written, report.unchanged) == ((), ("x", "y"))
    assert stamps_of(out) == before


def test_what_nobody_edited_is_replaced_and_what_is_generated_no_more_goes(out):
    report = write(tree_of(x=NEW), out)

    assert (report.written, report.removed) == (("x",), ("y",))
    assert (out / "x").read_text() == NEW
    assert not (out / "y").exists()


def test_an_edit_and_a_new_render_are_merged(out):
    (out / "x").write_text(OLD.replace("second", "mine"))

    report = write(tree_of(x=NEW, y="2"), out)

    assert report.merged == ("x",)
    assert (out / "x").read_text() == "first\nmine\nthird\nFOURTH\n"
    assert write(tree_of(x=NEW, y="2"), out).kept == ("x",)
    assert (out / "x").read_text() == "first\nmine\nthird\nFOURTH\n"


def test_an_edit_without_a_new_render_stays(out):
    (out / "x").write_text("mine")

    assert write(tree_of(x=OLD, y="2"), out).kept == ("x",)
    assert (out / "x").read_text() == "mine"


def test_a_conflict_leaves_the_file_and_puts_the_render_beside_it(out):
    (out / "x").write_text(OLD.replace("fourth", "mine"))

    report = write(tree_of(x=NEW, y="3"), out)

    assert report.conflicts == (("x", "x.new"),)
    assert (out / "x").read_text() == OLD.replace("fourth", "mine")
    assert (out / "x.new").read_text() == NEW
    assert (out / "y").read_text() == "3"


def test_a_conflict_stays_one_until_the_render_beside_it_is_gone(out):
    (out / "x").write_text("mine")
    write(tree_of(x=NEW, y="2"), out)
    before = content_of(out)

    assert write(tree_of(x=NEW, y="2"), out).conflicts == (("x", "x.new"),)
    assert content_of(out) == before

    (out / "x.new").unlink()

    assert write(tree_of(x=NEW, y="2"), out).kept == ("x",)


def test_a_conflict_that_was_settled_by_taking_the_render_is_over(out):
    (out / "x").write_text("mine")
    write(tree_of(x=NEW, y="2"), out)
    (out / "x").write_text(NEW)

    assert write(tree_of(x=NEW, y="2"), out).conflicts == ()
    assert not (out / "x.new").exists()


def test_the_render_beside_a_conflict_follows_unless_a_person_works_in_it(out):
    (out / "x").write_text("mine")
    write(tree_of(x=NEW, y="2"), out)
    write(tree_of(x="newer", y="2"), out)
    assert (out / "x.new").read_text() == "newer"

    (out / "x.new").write_text("half merged")
    write(tree_of(x="newest", y="2"), out)

    assert (out / "x.new").read_text() == "half merged"
    assert (out / "x").read_text() == "mine"


def test_a_file_that_already_stands_beside_is_not_overwritten(out):
    (out / "x").write_text("mine")
    (out / "x.new").write_text("mine too")

    assert write(tree_of(x=NEW, y="2"), out).conflicts == (("x", "x.new2"),)
    assert (out / "x.new").read_text() == "mine too"


def test_a_merge_that_would_not_compile_is_a_conflict(tmp_path):
    out = tmp_path / "out"
    write(tree_of(**{"m.py": "with x:\n    a()\n\n    b()\n"}), out)
    (out / "m.py").write_text("with x:\n\n    b()\n")

    report = write(tree_of(**{"m.py": "with x:\n    a()\n\n"}), out)

    assert report.conflicts == (("m.py", "m.py.new"),)


def test_a_deleted_file_stays_deleted(out):
    (out / "x").unlink()

    assert write(tree_of(x=NEW, y="2"), out).deleted == ("x",)
    assert not (out / "x").exists()
    assert write(tree_of(x=OLD, y="2"), out).deleted == ("x",)


def test_an_edited_file_that_is_generated_no_more_becomes_the_persons_own(out):
    (out / "y").write_text("mine")

    assert write(tree_of(x=OLD), out).conflicts == (("y", ""),)
    assert write(tree_of(x=OLD), out).conflicts == ()
    assert write(tree_of(x=OLD, y="3"), out).conflicts == (("y", "y.new"),)
    assert (out / "y").read_text() == "mine"


def test_a_persons_own_file_in_the_way_is_not_overwritten(out):
    (out / "z").write_text("mine")

    assert write(tree_of(x=OLD, y="2", z="theirs"), out).conflicts == (("z", "z.new"),)
    assert (out / "z").read_text() == "mine"


def test_a_damaged_store_costs_no_edit(out):
    (out / "x").write_text(OLD.replace("second", "mine"))
    for stored in (out / ".generated").iterdir():
        stored.write_text("damaged")

    assert write(tree_of(x=NEW, y="2"), out).conflicts == (("x", "x.new"),)
    assert "mine" in (out / "x").read_text()


def test_the_store_holds_only_what_the_lock_names(out):
    write(tree_of(x=NEW), out)

    assert {p.name for p in (out / ".generated").iterdir()} == set(
        json.loads((out / "decompose.lock").read_text())["files"].values()
    )


def test_a_foreign_folder_is_left_alone(tmp_path):
    (tmp_path / "mine").write_text("x")

    with pytest.raises(WriteError, match="not empty"):
        write(tree_of(x="1"), tmp_path)


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", ".generated/x", "decompose.lock"])
def test_a_path_that_leads_out_is_refused(tmp_path, path):
    with pytest.raises(WriteError, match="leads out"):
        write(FileTree({path: b""}), tmp_path / "out")


def test_a_link_that_leads_out_is_refused(out, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (out / "sub").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(WriteError, match="leads out"):
        write(tree_of(x=NEW, sub__z="1"), out)

    assert (out / "x").read_text() == OLD
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_file_becomes_a_folder(out):
    write(tree_of(x=OLD, y__z="1"), out)

    assert (out / "y" / "z").read_text() == "1"


def write_until(point: int, tree: FileTree, out: Path) -> bool:
    """Write in a child process that dies before its `point`-th change to the disk; return whether it lived."""
    child = os.fork()
    if child == 0:
        left = point

        def count(event, arguments):
            nonlocal left
            is_opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
            left -= bool(is_opened or event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"))
            if left < 0 and event != "os.kill":
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        write(tree, out)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_write_that_is_killed_at_any_point_is_finished_by_the_next_one(tmp_path):
    mine, merged = (text.replace("second", "mine").encode() for text in (OLD, NEW))
    new = FileTree({"x": NEW.encode(), "d/z": b"new", "e/f/g": b"new"})
    allowed = {"x": {mine, merged}, "y": {b"2", None}, "d/z": {b"old", b"new"}, "e/f/g": {None, b"new"}}
    point, is_done = 0, False
    while not is_done:
        out = tmp_path / f"out{point}"
        write(FileTree({"x": OLD.encode(), "y": b"2", "d/z": b"old"}), out)
        (out / "x").write_bytes(mine)

        is_done = write_until(point, new, out)

        for path, contents in allowed.items():
            assert ((out / path).read_bytes() if (out / path).exists() else None) in contents, (point, path)
        write(new, out)
        found = {path: text for path, text in content_of(out).items() if not path.startswith(".generated")}
        assert found.pop("decompose.lock")
        assert found == {"x": merged, "d/z": b"new", "e/f/g": b"new"}, point
        point += 1
    assert point > 20


def test_what_a_person_edits_between_the_kill_and_the_next_run_is_kept(out, monkeypatch):
    real, moved = os.replace, []

    def fail_once(self, target):
        if Path(self).name.isdecimal() and Path(target).name == "y":
            moved.append(target)
            raise OSError(28, "No space left on device", str(target))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", fail_once)
    with pytest.raises(WriteError, match="will be finished"):
        write(tree_of(x=NEW, y="3\n"), out)
    monkeypatch.undo()
    (out / "y").write_text("mine\n")

    report = write(tree_of(x=NEW, y="3\n"), out)

    assert moved
    assert (out / "y").read_text() == "mine\n"
    assert report.conflicts == (("y", "y.new"),)
    assert (out / "x").read_text() == NEW


def test_a_full_disk_before_the_journal_changes_nothing(out, monkeypatch):
    before = content_of(out)

    def fail(self, *args, **kwargs):
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(WriteError, match="No space"):
        write(tree_of(x=NEW, y="3"), out)
    monkeypatch.undo()

    assert {k: v for k, v in content_of(out).items() if not k.startswith(".generated")} == {
        k: v for k, v in before.items() if not k.startswith(".generated")
    }


def test_a_workspace_that_could_not_be_begun_is_not_left_behind(tmp_path, monkeypatch):
    def fail(self, *args, **kwargs):
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(WriteError):
        write(tree_of(x=NEW), tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_of_two_writers_at_once_one_is_told(out):
    before = content_of(out)

    with alone(out), pytest.raises(WriteError, match="another `decompose generate` writes here"):
        write(tree_of(x=NEW, y="3"), out)

    assert content_of(out) == before
    assert write(tree_of(x=NEW, y="3"), out).written == ("x", "y")


def test_a_writer_that_was_killed_holds_nothing_up(out):
    child = os.fork()
    if not child:
        with alone(out):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)

    assert write(tree_of(x=NEW, y="2"), out).written == ("x",)
