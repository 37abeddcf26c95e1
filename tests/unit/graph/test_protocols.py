"""Classes that stand in for a protocol by having its methods."""

from __future__ import annotations

from pathlib import Path

from decompose import graph, source

CODE = """
from typing import Protocol

class Reads(Protocol):
    def read(self): ...

class ReadsToo(Protocol):
    def read(self): ...

class File:
    def read(self):
        return 1

def use(one: Reads, two: ReadsToo):
    one.read()
    two.read()
"""


def test_protocols_with_the_same_methods_do_not_stand_in_for_each_other(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(CODE)

    found = graph.link_calls(source.scan(tmp_path))

    assert {e.target for e in found.edges if e.kind == "call" and e.source == "m:use"} == {"m:File.read"}
