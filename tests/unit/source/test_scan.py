"""Facts are the same whether they were just read, come from the cache, or from another process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from decompose import graph, source
from decompose.ir.codec import encode_graph

CODE = '''
class A:
    """One."""

    kind: str = "x"

    def run(self, a, *rest, b: int = 2, **more) -> int:
        with open(f"{a}.txt") as stream:
            return len(stream.read()) + b


def f(positional, /, second=1.5):
    return [A().run(x) for x in second if x] or None
'''


def test_where_facts_come_from_does_not_show(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "m.py").write_text(CODE)

    with ThreadPoolExecutor(1) as elsewhere:
        far = source.scan(tmp_path / "tree", executor=elsewhere)
    cold = source.scan(tmp_path / "tree", cache_dir=tmp_path / "cache")
    warm = source.scan(tmp_path / "tree", cache_dir=tmp_path / "cache")

    assert cold == warm == far
    assert encode_graph(graph.link(cold)) == encode_graph(graph.link(warm)) == encode_graph(graph.link(far))


def test_what_this_program_wrote_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(CODE)
    before = graph.link(source.scan(tmp_path)).digest
    (tmp_path / "decompose.yaml").write_text("version: 1\nsystem: m\n")
    (tmp_path / "services" / "a").mkdir(parents=True)
    (tmp_path / "services" / "a" / "app.py").write_text(CODE)
    for name in ("decompose.lock", "monolith.json"):
        (tmp_path / "services" / name).write_text("{}")

    system = graph.link(source.scan(tmp_path))

    assert system.digest == before
    assert [(file.path, file.outcome) for file in system.files] == [("m.py", "analysed"), ("services", "skipped")]


def test_a_folder_of_services_by_another_hand_is_read(tmp_path: Path) -> None:
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "app.py").write_text(CODE)
    (tmp_path / "services" / "decompose.lock").write_text("{}")

    assert [file.path for file in source.scan(tmp_path).outcomes] == ["services/app.py"]


@pytest.mark.parametrize(
    ("name", "is_read"),
    [("requirements.txt", True), ("requirement_gpu.txt", True), ("requirments_cpu.txt", True), ("notes.txt", False)],
)
def test_requirements_are_read_however_their_file_is_spelled(tmp_path, name, is_read):
    (tmp_path / "a.py").write_text("import numpy\n")
    (tmp_path / name).write_text("numpy==1.26\n")

    assert source.scan(tmp_path).requirements == (["numpy==1.26"] if is_read else [])


def test_lock_files_below_the_root_are_read(tmp_path):
    (tmp_path / "a.py").write_text("import numpy\n")
    (tmp_path / "part").mkdir()
    (tmp_path / "part/uv.lock").write_text('[[package]]\nname = "numpy"\nversion = "1.26"\n')

    assert [(lock.path, lock.pins) for lock in source.scan(tmp_path).locks] == [("part/uv.lock", {"numpy": "==1.26"})]
