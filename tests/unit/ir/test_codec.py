import errno
from pathlib import Path

import pytest

from decompose.errors import RecordError, WriteError
from decompose.ir import codec
from decompose.ir.findings import Span
from decompose.ir.graph import CodeGraph, Edge, Site, Unit


def small_graph() -> CodeGraph:
    return CodeGraph(
        name="shop",
        digest="0" * 32,
        modules=(),
        units=(Unit(symbol="shop:f", kind="function", module="shop", span=Span(path="shop.py", line=3)),),
        edges=(Edge(source="shop:f", target="shop:g", kind="call", sites=(Site(path="shop.py", line=4),)),),
    )


def test_a_graph_reads_back_as_it_was_written() -> None:
    graph = small_graph()

    assert codec.decode_graph(codec.encode_graph(graph), path=Path("graph.json")) == graph


def test_the_same_graph_gives_the_same_bytes() -> None:
    assert codec.encode_graph(small_graph()) == codec.encode_graph(small_graph())


def test_a_graph_of_another_version_is_refused_with_both_versions() -> None:
    data = codec.encode_graph(small_graph()).replace(b'"digest"', b'"schema_version": 99, "digest"', 1)

    with pytest.raises(RecordError, match=r"graph\.json: graph of schema version 99, this program reads 1"):
        codec.decode_graph(data, path=Path("graph.json"))


def test_damaged_json_is_refused_with_the_file_named() -> None:
    with pytest.raises(RecordError, match=r"graph\.json: not a stored graph"):
        codec.decode_graph(b'{"name": ', path=Path("graph.json"))


def test_a_write_that_fails_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "plan.yaml"
    target.write_bytes(b"old")

    def no_space(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", no_space)
    with pytest.raises(WriteError, match="No space left") as caught:
        codec.write_atomic(target, b"new")

    assert "free some space" in caught.value.hint
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_an_interrupted_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        codec.write_atomic(tmp_path / "graph.json", b"half")

    assert list(tmp_path.iterdir()) == []


def test_permission_bits_of_an_existing_file_are_kept(tmp_path: Path) -> None:
    target = tmp_path / "run.py"
    target.write_bytes(b"old")
    target.chmod(0o750)

    codec.write_atomic(target, b"new")

    assert target.stat().st_mode & 0o777 == 0o750
