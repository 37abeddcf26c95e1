"""No path and no link leads what is written out of the output folder, or what is read out of the analysed tree."""

from __future__ import annotations

from pathlib import Path

import pytest

import decompose
from decompose.errors import WriteError
from decompose.ir.filetree import FileTree
from decompose.scaffold import write

LEADING_OUT = [
    "../x", "a/../../x", "/x", "//x", "a/b/../../../x", "..", ".", "", "a\0b",
    ".generated/x", ".generating/x", "decompose.lock",
    *("a/" * depth + "../" * (depth + beyond) + "x" for depth in range(6) for beyond in (1, 2, 5)),
    *(f"{head}/{tail}" for head in ("..", "a/../..", "./..", "a/./../..")
      for tail in ("x", "etc/passwd", "a/../x", ".ssh/id", "..")),
]  # fmt: skip


@pytest.mark.parametrize("path", LEADING_OUT)
def test_a_path_that_leads_out_is_refused_before_anything_is_written(path: str, tmp_path: Path) -> None:
    with pytest.raises(WriteError):
        write(FileTree({"good": b"1", path: b"2"}), tmp_path / "out")

    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("is_relative", [True, False])
def test_a_link_in_the_output_is_not_followed(depth: int, is_relative: bool, tmp_path: Path) -> None:
    out, outside = tmp_path / "out", tmp_path / "outside"
    outside.mkdir()
    write(FileTree({"good": b"1"}), out)
    parts = ["a", "b", "c"][:depth]
    (out / Path(*parts[:-1])).mkdir(parents=True, exist_ok=True)
    (out / Path(*parts)).symlink_to(Path(*[".."] * depth, "outside") if is_relative else outside)

    with pytest.raises(WriteError):
        write(FileTree({"good": b"2", "/".join([*parts, "x"]): b"2"}), out)

    assert list(outside.iterdir()) == []
    assert (out / "good").read_bytes() == b"1"


def test_a_link_in_the_place_of_a_file_is_not_written_through(tmp_path: Path) -> None:
    out, precious = tmp_path / "out", tmp_path / "precious"
    write(FileTree({"x": b"1"}), out)
    precious.write_bytes(b"1")
    (out / "x").unlink()
    (out / "x").symlink_to(precious)

    write(FileTree({"x": b"2"}), out)

    assert precious.read_bytes() == b"1"


def test_links_of_the_tree_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "private.py").write_text("PRIVATE_NAME = 1\ndef private(): pass\n")
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "good.py").write_text("def f(): pass\n")
    (tree / "file.py").symlink_to(tmp_path / "outside" / "private.py")
    (tree / "folder").symlink_to(tmp_path / "outside", target_is_directory=True)
    (tree / "settings.yaml").symlink_to(tmp_path / "outside" / "private.py")

    graph = decompose.analyze(tree, cache=False)

    assert [module.name for module in graph.modules] == ["good"]
    assert {file.path: file.outcome for file in graph.files}["file.py"] == "skipped"
