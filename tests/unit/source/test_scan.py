"""Facts are the same whether they were just read, come from the cache, or from another process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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
