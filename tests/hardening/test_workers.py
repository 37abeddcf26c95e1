"""Worker processes: one that dies, hangs or is broken by its file costs exactly that file."""

from __future__ import annotations

import faulthandler
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import decompose
from decompose.ir.codec import encode_graph
from decompose.ir.facts import FileFacts
from decompose.source import parse, workers

scan = sys.modules["decompose.source.scan"]

FILES = 40


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a tree of files in small chunks, so that several workers are at work."""
    folder = tmp_path / "tree"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"m{number:02}.py").write_text(f"def f{number}():\n    return {number}\nf{number}()\n")
    return folder


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "MIN_FILES_FOR_WORKERS", 2)
    monkeypatch.setattr(scan, "CHUNK_BYTES", 200)
    monkeypatch.setattr(workers, "PATIENCE_S", 1.5)


def poison(monkeypatch: pytest.MonkeyPatch, deeds: dict[str, Any]) -> None:
    """Let reading some files do harm in the (forked) worker that reads them."""
    read = parse.read_file

    def harmful(path: str, data: bytes, **options: Any) -> FileFacts:
        if path in deeds:
            deeds[path]()
        return read(path, data, **options)

    monkeypatch.setattr(scan, "read_file", harmful)


def die() -> None:
    faulthandler.disable()
    os.kill(os.getpid(), signal.SIGSEGV)


def hang() -> None:
    time.sleep(600)


def hoard() -> None:
    bytearray(3 << 29)


@pytest.mark.parametrize(
    "deeds", [{"m07.py": hoard}, {"m07.py": die}, {"m07.py": hang}, {"m00.py": die, "m20.py": hang, "m39.py": die}]
)
def test_a_worker_that_dies_or_hangs_costs_exactly_its_file(
    deeds: dict[str, Any], tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison(monkeypatch, deeds)

    graph = decompose.analyze(tree, cache=False)

    lost = {file.path for file in graph.files if file.outcome == "skipped"}
    assert lost == set(deeds)
    assert len(graph.files) == FILES
    assert {finding.span.path for finding in graph.findings if finding.code == "DC107"} == set(deeds)


@pytest.mark.skipif(sys.platform != "linux" or sys.version_info >= (3, 14), reason="processes are not forked here")
def test_a_small_tree_is_read_under_limits_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "MIN_FILES_FOR_WORKERS", 120)
    monkeypatch.setattr(scan.threading, "active_count", lambda: 1)
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.py").write_text("x = 1\n")
    poison(monkeypatch, {"b.py": die})

    graph = decompose.analyze(tmp_path, cache=False)

    assert [file.path for file in graph.files if file.outcome == "skipped"] == ["b.py"]
    assert len(graph.files) == 3


def test_where_processes_are_not_forked_a_large_file_is_read_under_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan.multiprocessing, "get_start_method", lambda **_: "spawn")
    monkeypatch.setattr(scan, "MIN_FILES_FOR_WORKERS", 120)

    assert not scan._needs_workers([("a.py", b"x = 1\n")])
    assert scan._needs_workers([("a.py", b"x = 1\n"), ("b.py", b"x" * 300_000)])
    assert scan._needs_workers([("a.py", b"")] * 120)


def test_a_file_that_needs_more_memory_than_a_worker_may_have_costs_itself(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "MEMORY_LIMIT_BYTES", 200 << 20)
    monkeypatch.setattr(workers, "PATIENCE_S", 60)
    (tree / "m07.py").write_text("f(a, b)\n" * 200_000)

    graph = decompose.analyze(tree, cache=False)

    assert [file.path for file in graph.files if file.outcome == "skipped"] == ["m07.py"]
    assert {(x.code, x.span.path) for x in graph.findings if x.code in ("DC104", "DC107")} <= {
        ("DC104", "m07.py"),
        ("DC107", "m07.py"),
    }


def test_a_lost_file_is_read_again_next_time(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        poison(patch, {"m07.py": die})
        first = decompose.analyze(tree, state=tmp_path / "state")
    second = decompose.analyze(tree, state=tmp_path / "state")

    assert [file.path for file in first.files if file.outcome != "analysed"] == ["m07.py"]
    assert all(file.outcome == "analysed" for file in second.files)


def test_a_fault_of_ours_in_one_file_is_told_and_costs_that_file(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extract = parse.extract

    def faulty(syntax: Any, lines: int) -> Any:
        if any(getattr(part, "name", "") == "f7" for part in syntax.body):
            raise KeyError("surprise")
        return extract(syntax, lines)

    monkeypatch.setattr(parse, "extract", faulty)

    graph = decompose.analyze(tree, cache=False)

    assert [file.path for file in graph.files if file.outcome == "skipped"] == ["m07.py"]
    finding = next(finding for finding in graph.findings if finding.code == "DC108")
    assert finding.span.path == "m07.py"
    assert "surprise" in finding.message


class Lossy(Executor):
    """An executor that breaks on every third task, as a cluster may."""

    def __init__(self) -> None:
        self.tasks = 0

    def submit(self, call: Any, /, *words: Any, **options: Any) -> Future[Any]:
        self.tasks += 1
        future: Future[Any] = Future()
        if self.tasks % 3 == 0:
            future.set_exception(BrokenExecutor("a node went away"))
        else:
            future.set_result(call(*words, **options))
        return future


def test_any_executor_gives_the_same_graph_even_one_that_loses_tasks(tree: Path) -> None:
    alone = encode_graph(decompose.analyze(tree, cache=False))

    with ThreadPoolExecutor(3) as threads:
        assert encode_graph(decompose.analyze(tree, cache=False, executor=threads)) == alone
    assert encode_graph(decompose.analyze(tree, cache=False, executor=Lossy())) == alone


def test_workers_are_gone_when_the_run_is_interrupted(tree: Path) -> None:
    program = (
        "import time, sys, decompose\n"
        "scan = sys.modules['decompose.source.scan']\n"
        "scan.MIN_FILES_FOR_WORKERS, scan.CHUNK_BYTES = 2, 200\n"
        "read = scan.read_file\n"
        "def slow(path, data, **options):\n"
        "    print('busy', flush=True)\n"
        "    time.sleep(300)\n"
        "scan.read_file = slow\n"
        "decompose.analyze(sys.argv[1], cache=False)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tree)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        os.killpg(child.pid, signal.SIGINT)
        child.communicate(timeout=20)

    with pytest.raises(ProcessLookupError):
        os.killpg(child.pid, 0)
