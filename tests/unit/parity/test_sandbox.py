import os

import pytest

from decompose.errors import SourceError, WriteError
from decompose.parity.sandbox import child_environment, copy_tree, install_probe, overlay


def _tree(folder):
    for path in (
        "a.py",
        "data/x.csv",
        ".git/config",
        "venv/pyvenv.cfg",
        "venv/lib.py",
        "p/__pycache__/a.pyc",
        "out/run.py",
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    return folder


def test_code_and_data_come_along_environments_and_outputs_do_not(tmp_path):
    root = _tree(tmp_path / "root")

    copy = copy_tree(root, tmp_path / "copy", without=[root / "out"])

    found = sorted(p.relative_to(copy).as_posix() for p in copy.rglob("*") if p.is_file())
    assert found == ["a.py", "data/x.csv"]


def test_links_are_followed_so_that_the_original_is_out_of_reach(tmp_path):
    root = _tree(tmp_path / "root")
    (tmp_path / "outside.csv").write_text("1")
    (root / "link.csv").symlink_to(tmp_path / "outside.csv")
    (root / "loop").symlink_to(root)
    (root / "dangling").symlink_to(root / "nothing")

    copy = copy_tree(root, tmp_path / "copy")
    (copy / "link.csv").write_text("2")

    assert (tmp_path / "outside.csv").read_text() == "1"
    assert not (copy / "loop").exists()


def test_a_pipe_in_the_tree_does_not_hang_the_copy(tmp_path):
    root = _tree(tmp_path / "root")
    os.mkfifo(root / "pipe")

    assert not (copy_tree(root, tmp_path / "copy") / "pipe").exists()


def test_facades_replace_what_they_stand_for(tmp_path):
    root = _tree(tmp_path / "root")
    (tmp_path / "harness").mkdir()
    (tmp_path / "harness/a.py").write_text("facade")

    overlay(root, tmp_path / "harness")

    assert (root / "a.py").read_text() == "facade"


def test_missing_folders_are_named(tmp_path):
    with pytest.raises(SourceError, match="nowhere"):
        copy_tree(tmp_path / "nowhere", tmp_path / "copy")
    with pytest.raises(WriteError, match="harness"):
        overlay(tmp_path, tmp_path / "harness")


def test_the_probe_is_importable_under_its_own_name(tmp_path):
    folder = install_probe(tmp_path)

    assert (folder / "decompose_probe/compare.py").is_file()


def test_python_paths_are_joined_not_replaced(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/mine")

    found = child_environment({"PYTHONPATH": "/theirs", "A": "1"}, python_path=[tmp_path])

    assert found["PYTHONPATH"].split(os.pathsep) == [str(tmp_path), "/theirs", "/mine"]
    assert found["A"] == "1"
