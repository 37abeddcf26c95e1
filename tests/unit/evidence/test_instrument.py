"""Counting by rewriting: the program means the same, calls are counted, libraries are left alone."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from decompose.evidence import instrument

MODULE = '''"""A module."""
from __future__ import annotations

import threading


class Base:
    def hello(self):
        return "base"


class Child(Base):
    def hello(self):
        """Docstring."""
        return super().hello() + "!"


def fails(value):
    try:
        raise ValueError(value)
    finally:
        value.append(1)


def counter():
    count = 0

    def more():
        nonlocal count
        count += 1
        return count

    return more


def gen(n):
    for i in range(n):
        got = yield i
        if got:
            return "early"


async def later():
    return 5


def nothing():
    pass


def in_thread():
    found = []
    thread = threading.Thread(target=lambda: found.append(Child().hello()))
    thread.start()
    thread.join()
    return found
'''
MAIN = """
import asyncio
import mod
more = mod.counter()
more()
seen = []
try:
    mod.fails(seen)
except ValueError:
    pass
g = mod.gen(9)
next(g)
print(mod.Child().hello(), more(), seen, list(mod.gen(3)), asyncio.run(mod.later()), mod.nothing(), mod.in_thread())
print(mod.Child.hello.__doc__, __name__, __file__.endswith("main.py"))
"""


def _run(folder: Path, *words: str) -> str:
    done = subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mod.py").write_text(MODULE)
    (tmp_path / "main.py").write_text(MAIN)
    return tmp_path


def test_a_rewritten_program_does_the_same_and_its_calls_are_counted(folder: Path) -> None:
    tracer = Path(instrument.__file__).with_name("tracer.py")
    script = ["script", "main.py"]

    traced = _run(folder, str(tracer), str(folder), str(folder / "trace.json"), "[]", *script)

    assert traced == _run(folder, "main.py")
    calls = json.loads((folder / "trace.json").read_text())["calls"]
    counts: dict[str, int] = {}
    for call in calls:
        counts[call["callee"]] = counts.get(call["callee"], 0) + call["calls"]
    expected = {"mod:Child.hello": 2, "mod:Base.hello": 2, "mod:counter.more": 2, "mod:gen": 2, "mod:later": 1}
    assert {name: counts.get(name) for name in expected} == expected
    pairs = {(call["caller"], call["callee"]) for call in calls}
    assert ("mod:Child.hello", "mod:Base.hello") in pairs
    assert ("main:<module>", "mod:counter") in pairs


def test_lines_of_a_rewritten_file_stay_where_they_were() -> None:
    text = b'"""Doc."""\ndef f():\n    """Doc."""\n    x = 1\n    return x / 0\n'

    code = instrument.rewritten(text, "file.py")

    names = {c.co_name: c for c in code.co_consts if hasattr(c, "co_name")}
    lines = {line for *_, line in names["f"].co_lines() if line}
    assert {4, 5} <= lines <= {2, 3, 4, 5}
    assert code.co_consts[0] == "Doc."


def test_what_lies_inside_another_function_is_not_its_own() -> None:
    (outer,) = ast.parse("def f():\n    def g():\n        yield 1\n    return g").body

    assert not any(isinstance(node, ast.Yield) for node in instrument.own(outer))
