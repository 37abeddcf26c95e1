"""What a run changed is put back, whatever it did to its files."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import service_runtime
from service_runtime.undo import Undo, undo_of

RUNTIME = str(Path(service_runtime.__file__).parent.parent)


def tree(root):
    return {
        p.relative_to(root).as_posix(): p.read_bytes()
        for p in sorted(root.rglob("*"))
        if p.is_file() and ".services" not in p.parts
    }


def run_in(root, code):
    """Run code as one attempt of a run, in a process of its own (an audit hook cannot be taken out again)."""
    script = (
        "import pathlib, os, shutil, sqlite3\nfrom service_runtime import context, undo\n"
        "undo.watch(pathlib.Path.cwd()); context.process_run[:] = ['s/r/1']\n"
    )
    environment = {**os.environ, "PYTHONPATH": RUNTIME}
    subprocess.run([sys.executable, "-c", script + textwrap.dedent(code)], cwd=root, env=environment, check=True)


CHANGES = {
    "written anew": "open('old.txt', 'w').write('new')",
    "appended to": "open('old.txt', 'a').write('more')",
    "changed in place": "f = open('old.txt', 'r+b'); f.seek(1); f.write(b'X'); f.close()",
    "made": "pathlib.Path('sub').mkdir(); pathlib.Path('sub/made.txt').write_text('x')",
    "removed": "os.remove('old.txt')",
    "replaced by renaming": "open('tmp', 'w').write('y'); os.replace('tmp', 'old.txt')",
    "copied over": "shutil.copyfile('other.bin', 'old.txt')",
    "moved away": "shutil.move('other.bin', 'gone.bin')",
    "a folder removed": "shutil.rmtree('folder')",
    "a database": "c = sqlite3.connect('db.sqlite'); c.execute('insert into t values (2)'); c.commit(); c.close()",
    "truncated": "os.truncate('old.txt', 1)",
    "written twice": "open('old.txt', 'w').write('a'); open('old.txt', 'w').write('b')",
    "opened by absolute path": "open(os.path.abspath('old.txt'), 'w').write('a')",
    "written in another thread": "import threading; t = threading.Thread(target=lambda: open('old.txt', 'w').write('t'));"
    " t.start(); t.join()",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_put_back(tmp_path, change):
    (tmp_path / "old.txt").write_text("old")
    (tmp_path / "other.bin").write_bytes(b"\x00\x01")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/inside.txt").write_text("in")
    database = sqlite3.connect(tmp_path / "db.sqlite")
    database.executescript("create table t (a); insert into t values (1)")
    database.close()
    before = tree(tmp_path)

    run_in(tmp_path, change)
    changed = tree(tmp_path)
    Undo(tmp_path, "s/r/1").undo()

    assert changed != before
    assert tree(tmp_path) == before


def test_files_that_native_code_writes_are_put_back_when_the_plan_knows_them(tmp_path):
    (tmp_path / "m").mkdir()
    (tmp_path / "m/old.bin").write_bytes(b"old")
    undo = Undo(tmp_path, "s/r/1")
    undo.note_patterns(["m/*.bin"])

    subprocess.run(["sh", "-c", "echo new > m/old.bin; echo new > m/new.bin"], cwd=tmp_path, check=True)
    Undo(tmp_path, "s/r/1").undo()

    assert tree(tmp_path) == {"m/old.bin": b"old"}


def test_undoing_twice_is_undoing_once(tmp_path):
    (tmp_path / "old.txt").write_text("old")
    run_in(tmp_path, "open('old.txt', 'w').write('new')")

    assert [Undo(tmp_path, "s/r/1").undo() for _ in range(2)] == [1, 1]
    assert (tmp_path / "old.txt").read_text() == "old"


def test_what_is_forgotten_is_not_undone(tmp_path):
    (tmp_path / "old.txt").write_text("old")
    run_in(tmp_path, "open('old.txt', 'w').write('new')")

    Undo(tmp_path, "s/r/1").forget()

    assert Undo(tmp_path, "s/r/1").undo() == 0
    assert (tmp_path / "old.txt").read_text() == "new"


def test_reading_is_not_noted(tmp_path):
    (tmp_path / "old.txt").write_text("old")

    run_in(tmp_path, "open('old.txt').read(); open(os.devnull, 'w').write('x')")

    assert Undo(tmp_path, "s/r/1").undo() == 0


def test_an_attempt_that_is_over_takes_no_more_calls(tmp_path):
    attempt = Undo(tmp_path, "s/r/1")
    with attempt.held() as is_alive:
        assert is_alive
    attempt.undo()

    with attempt.held() as is_alive:
        assert not is_alive


@pytest.mark.parametrize("name", ["../r/1", "s/../1", "s/r", "s/r/x", "/s/r/1", ""])
def test_a_name_cannot_lead_elsewhere(tmp_path, name):
    with pytest.raises(ValueError, match="names no attempt"):
        undo_of(tmp_path, name)


def test_nothing_is_left_of_a_folder_that_was_noted_and_moved(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x.txt").write_text("x")

    run_in(tmp_path, "os.rename('a', 'b'); open('b/x.txt', 'w').write('changed')")
    Undo(tmp_path, "s/r/1").undo()

    assert tree(tmp_path) == {"a/x.txt": b"x"}
