"""A view of a shared working directory: links, with copies of what others change."""

from __future__ import annotations

import os

import pytest
from service_runtime.view import View


@pytest.fixture
def shared(tmp_path):
    root = tmp_path / "work"
    for path in ("models/net/a.bin", "models/notes.txt", "data/x.csv", "top.txt", ".services/store/x"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)
    return root


@pytest.fixture
def view(shared):
    return View(shared, shared / ".services/views/toy", ["models/net/*.bin", "root.bin"])


def listing(folder):
    found = {}
    for path, folders, files in os.walk(folder, followlinks=True):
        if ".services" in folders:
            folders.remove(".services")
        found |= {os.path.relpath(os.path.join(path, name), folder): name for name in files}
    return set(found)


def test_everything_is_there_but_the_files_of_others(view):
    assert listing(view.folder) == {"models/notes.txt", "data/x.csv", "top.txt"}
    assert not (view.folder / "models/net").is_symlink()
    assert (view.folder / "data").is_symlink()


def test_changes_in_place_are_changes_of_the_shared_directory(view, shared):
    (view.folder / "top.txt").write_text("changed")
    (view.folder / "data/new.csv").write_text("new")

    assert (shared / "top.txt").read_text() == "changed"
    assert (shared / "data/new.csv").read_text() == "new"


def test_what_the_service_makes_replaces_and_removes_is_handed_on(view, shared):
    (view.folder / "made.txt").write_text("made")
    (view.folder / "folder").mkdir()
    (view.folder / "folder/inside.txt").write_text("inside")
    (view.folder / "models/draft").write_text("replaced")
    os.replace(view.folder / "models/draft", view.folder / "models/notes.txt")
    os.remove(view.folder / "top.txt")

    view.refresh()

    assert (shared / "made.txt").read_text() == "made"
    assert (shared / "folder/inside.txt").read_text() == "inside"
    assert (shared / "models/notes.txt").read_text() == "replaced"
    assert not (shared / "top.txt").exists()
    assert listing(view.folder) == {"made.txt", "folder/inside.txt", "models/notes.txt", "data/x.csv"}


def test_what_others_make_and_remove_shows(view, shared):
    (shared / "later.txt").write_text("later")
    (shared / "top.txt").unlink()

    view.refresh()

    assert (view.folder / "later.txt").read_text() == "later"
    assert not os.path.lexists(view.folder / "top.txt")


def test_copies_stay_here_whatever_happens_there(view, shared):
    (view.folder / "models/net/a.bin").write_text("version 1")
    (view.folder / "root.bin").write_text("version 1")
    (shared / "models/net/a.bin").write_text("version 2")

    view.refresh()

    assert (view.folder / "models/net/a.bin").read_text() == "version 1"
    assert (shared / "models/net/a.bin").read_text() == "version 2"
    assert not (shared / "root.bin").exists()


def test_folders_have_two_names(view, shared):
    assert view.inside(str(shared)) == str(view.folder)
    assert view.outside(str(view.folder)) == str(shared)
    assert view.inside("/elsewhere") == view.outside("/elsewhere") == "/elsewhere"
