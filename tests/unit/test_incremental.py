"""However files were edited in between, a run that remembers equals one that does not, byte for byte."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from decompose import api
from decompose.ir.codec import encode_graph

NAMES = ("a.py", "b.py", "pkg/c.py", "conf.yaml", "pyproject.toml")
PIECES = (
    "def f(x, y=1): return g(x) if x else y\n",
    "def g(h, *rest, **more): return h(*rest)\n",
    "from a import *\n",
    "import b, pkg.c as c\n",
    "from pkg.c import K, f as other\n",
    "class K:\n    kind = 'positional'\n    def m(self): return self.n()\n    def n(self): return open('x.csv').read()\n",
    "class L(__import__('a').K):\n    def n(self): return other(self.m)\n",
    "value = K().m()\nf(lambda: value)\n",
    "# only a comment\n",
    "def broken(:\n",
)
EDITS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.none() | st.lists(st.sampled_from(PIECES), max_size=4)), min_size=1, max_size=4
)


def write(tree: Path, name: str, pieces: list[str] | None) -> None:
    path = tree / name
    path.parent.mkdir(exist_ok=True)
    if pieces is None:
        path.unlink(missing_ok=True)
    elif name.endswith(".py"):
        path.write_text("".join(pieces))
    else:
        path.write_text("[tool.decompose]\n" if name.endswith(".toml") else f"target: pkg.c.K\ncount: {len(pieces)}\n")


@settings(max_examples=15, deadline=None)
@given(st.lists(EDITS, min_size=1, max_size=3))
def test_a_run_after_edits_equals_a_cold_run(rounds: list[list[tuple[str, list[str] | None]]]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        tree, state = Path(scratch, "tree"), Path(scratch, "state")
        tree.mkdir()
        write(tree, "main.py", ["import a, b\n", "a.f(b)\n"])
        for edits in rounds:
            for name, pieces in edits:
                write(tree, name, pieces)

            warm, calls = api.analyze(tree, state=state), api.callgraph(tree, state=state)

            assert encode_graph(warm) == encode_graph(api.analyze(tree, cache=False))
            assert calls == api.callgraph(tree, cache=False) == api.callgraph(tree, state=state)
