"""Files are read wherever an executor runs: threads, a Dask cluster, Ray; the graph is the same, whatever it loses."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import decompose
from decompose import api
from decompose.errors import DecomposeError
from decompose.source import workers

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "hardening"))

from toy import write_toy

pytestmark = [pytest.mark.slow]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("executors") / "toy"
    filler = {
        f"many/m{n}.py": f"from shop.train import train\ndef f{n}():\n    return train()\n" * 60 for n in range(80)
    }
    return write_toy(root, extra=filler)


@pytest.fixture(scope="module")
def expected(tree: Path) -> decompose.CodeGraph:
    return decompose.analyze(tree, cache=False)


def test_threads_give_the_same_graph(tree: Path, expected: decompose.CodeGraph) -> None:
    with ThreadPoolExecutor(3) as pool:
        assert decompose.analyze(tree, cache=False, executor=pool) == expected


def test_a_dask_cluster_gives_the_same_graph(tree: Path, expected: decompose.CodeGraph, scheduler: str) -> None:
    seen: list[tuple[int, int]] = []
    with api.open_executor(f"dask://{scheduler}") as pool:
        found = decompose.analyze(tree, cache=False, executor=pool, progress=lambda *counts: seen.append(counts))

    assert found == expected
    assert seen[-1] == (len(expected.files), len(expected.files))


def test_the_command_takes_the_address(
    tree: Path, expected: decompose.CodeGraph, scheduler: str, tmp_path: Path
) -> None:
    words = ["analyze", str(tree), "--json", "--no-cache", "--executor", f"dask://{scheduler}"]

    done = subprocess.run(
        [sys.executable, "-m", "decompose", *words], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["digest"] == expected.digest


@pytest.fixture(scope="module")
def ray_head() -> Iterator[str]:
    """Run a Ray of one node that asks for a token, and give its address; it ends when its standard input does."""
    pytest.importorskip("ray")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "token")
        patch.setenv("RAY_AUTH_TOKEN", secrets.token_hex(16))
        patch.setenv("RAY_raylet_start_wait_time_s", "120")
        yield from _ray_head()


def _ray_head() -> Iterator[str]:
    code = (
        "import ray, sys\n"
        "made = ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=100_000_000)\n"
        "print('at', made.address_info['gcs_address'], flush=True)\n"
        "sys.stdin.read()\n"
        "ray.shutdown()\n"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, "RAY_USAGE_STATS_ENABLED": "0"}, **pipes
    ) as head:
        said = head.stdout.readline().split()
        if said[:1] != ["at"]:
            pytest.skip(f"Ray does not start on this machine: {head.communicate(timeout=60)[1][-300:]}")
        yield said[1]
        head.stdin.close()


@pytest.mark.parametrize("name", ["churn", "many"])
def test_a_ray_cluster_gives_the_command_the_same_bytes(name: str, tree: Path, ray_head: str, tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2] / "examples" / "churn" if name == "churn" else tree
    graphs = []
    for place, words in {"here": [], "ray": ["--executor", f"ray://{ray_head}"]}.items():
        (tmp_path / place).mkdir()
        command = [sys.executable, "-m", "decompose", "analyze", str(root), "--no-cache", *words]
        subprocess.run(command, cwd=tmp_path / place, capture_output=True, timeout=180, check=True)
        graphs.append((tmp_path / place / ".decompose" / "graph.json").read_bytes())

    assert graphs[0] == graphs[1]


@pytest.mark.parametrize("address", ["dask://", "spark://x", "processes", "dask:127.0.0.1"])
def test_an_address_of_no_kind_is_refused(address: str) -> None:
    with pytest.raises(DecomposeError, match="no executor"), api.open_executor(address):
        pass


def test_a_scheduler_that_does_not_answer_is_said() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(DecomposeError, match="no Dask scheduler answers"), api.open_executor("dask://127.0.0.1:9"):
        pass


class Losing(Executor):
    """Loses every second task: it fails, or never comes back."""

    def __init__(self, *, hangs: bool) -> None:
        self.hangs = hangs
        self.count = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.count += 1
        if self.count % 2:
            future.set_result(fn(*args, **kwargs))
        elif not self.hangs:
            future.set_exception(RuntimeError("the worker is gone"))
        return future


@pytest.mark.parametrize("hangs", [False, True])
def test_what_an_executor_loses_is_read_here(
    hangs: bool, tree: Path, expected: decompose.CodeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "PATIENCE_S", 0.2)
    monkeypatch.setattr(workers, "PATIENCE_S_PER_MB", 0.1)
    monkeypatch.setattr(sys.modules["decompose.source.scan"], "CHUNK_BYTES", 20_000)
    monkeypatch.setattr(workers, "read_alone", lambda files, read, lose: iter([read(files)]))
    pool = Losing(hangs=hangs)

    assert decompose.analyze(tree, cache=False, executor=pool) == expected
    assert pool.count > 2


def test_runs_at_once_share_a_cache(tree: Path, expected: decompose.CodeGraph, tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, decompose\n"
        "print(decompose.analyze(sys.argv[1], state=pathlib.Path(sys.argv[2])).digest)\n"
    )
    command = [sys.executable, "-c", code, str(tree), str(tmp_path)]
    found: list[str] = []

    def run() -> None:
        found.append(
            subprocess.run(command, capture_output=True, text=True, timeout=120, env=os.environ).stdout.strip()
        )

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    read: list[int] = []
    again = api.analyze(tree, state=tmp_path, executor=Counting(read))
    assert found == [expected.digest] * 3
    assert again == expected
    assert read == [], "everything is in the cache that they shared"


class Counting(ThreadPoolExecutor):
    """Notes what is submitted."""

    def __init__(self, seen: list[int]) -> None:
        super().__init__(1)
        self.seen = seen

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.seen.append(len(args[0]))
        return super().submit(fn, *args, **kwargs)
