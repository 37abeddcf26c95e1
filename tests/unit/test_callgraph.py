"""`api.callgraph`: the calls alone, remembered by content."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from decompose import api, source
from decompose.graph import callgraph, link

MAIN = "from tools import helper\n\n\ndef run():\n    return helper()\n\n\nrun()\n"
TOOLS = "def helper():\n    return 1\n\n\ndef other():\n    return 2\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "system"
    root.mkdir()
    (root / "main.py").write_text(MAIN)
    (root / "tools.py").write_text(TOOLS)
    return root


def test_it_is_the_call_graph_of_the_full_analysis(tree: Path, tmp_path: Path) -> None:
    found = api.callgraph(tree, state=tmp_path / "state")

    assert json.loads(found) == callgraph(link(source.scan(tree)))
    assert json.loads(found)["main.run"] == ["tools.helper"]


def test_an_unchanged_tree_is_not_read_again(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = api.callgraph(tree, state=tmp_path / "state")
    monkeypatch.setattr(source, "scan", None)

    assert api.callgraph(tree, state=tmp_path / "state") == first


def test_after_a_change_it_equals_a_cold_run_and_reads_only_the_changed_file(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.callgraph(tree, state=tmp_path / "state")
    (tree / "main.py").write_text(MAIN.replace("helper", "other"))
    read: list[str] = []
    original = source.scan.__globals__["read_file"]
    monkeypatch.setitem(
        source.scan.__globals__, "read_file", lambda path, data, **kw: read.append(path) or original(path, data, **kw)
    )

    again = api.callgraph(tree, state=tmp_path / "state")

    assert read == ["main.py"]
    assert again == api.callgraph(tree, cache=False)
    assert json.loads(again)["main.run"] == ["tools.other"]


def test_a_damaged_memory_is_an_empty_one(tree: Path, tmp_path: Path) -> None:
    first = api.callgraph(tree, state=tmp_path / "state")
    (tmp_path / "state" / "cache" / "callgraph.result").write_bytes(b"\xff\x00")

    assert api.callgraph(tree, state=tmp_path / "state") == first
