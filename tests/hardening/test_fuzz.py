"""Damaged programs, a hundred for each seed: each is read, what can be read is linked, nothing is raised (R2).

`FUZZ_SEEDS=20` makes it two thousand.
"""

from __future__ import annotations

import os
import random
import sysconfig
from pathlib import Path

import pytest

import decompose

pytestmark = [pytest.mark.slow]
EACH = 100
WORDS = (
    b"lambda", b"yield", b"await", b"async ", b"def f(", b"class A(", b"*", b"**", b"[", b"]", b"(", b")", b"{", b"}", b":=", b"\n    ",
    b"\n", b"\t", b"'''", b'"', b"\\", b"f'{", b"global x\n", b"nonlocal y\n", b"return ", b"import ", b"from . import ", b"@",
    b"match x:\n case [", b"else:", b"try:\n", b"except* ", b"0x", b"1e999", b"\x00", b"\xff", b"\xed\xa0\x80", b"\r", b"\x0c", b"# coding: x\n",
)  # fmt: skip


def programs() -> list[bytes]:
    """Return small programs of the standard library."""
    folder = Path(sysconfig.get_path("stdlib"))
    found = sorted(path for path in folder.glob("*.py") if path.stat().st_size < 12_000)
    return [path.read_bytes() for path in found]


def damaged(chance: random.Random, texts: list[bytes]) -> bytes:
    """Return a program with pieces cut, doubled, moved over from another one, or replaced by words that matter."""
    text = bytearray(chance.choice(texts))
    for _ in range(chance.randrange(1, 9)):
        at = chance.randrange(len(text) + 1)
        end = min(len(text), at + chance.randrange(60))
        other = chance.choice(texts)
        begin = chance.randrange(len(other) + 1)
        text[at:end] = chance.choice(
            [b"", chance.choice(WORDS), text[at:end] * 2, other[begin : begin + 80], chance.randbytes(3)]
        )
    return bytes(text)


@pytest.mark.parametrize("seed", range(int(os.environ.get("FUZZ_SEEDS", "3"))))
def test_damaged_programs_give_a_graph(seed: int, tmp_path: Path) -> None:
    chance, texts = random.Random(seed), programs()
    assert len(texts) > 30
    for number in range(EACH):
        (tmp_path / f"m{number}.py").write_bytes(damaged(chance, texts))

    graph = decompose.analyze(tmp_path, cache=False)

    assert len(graph.files) == EACH
    assert any(file.outcome == "analysed" for file in graph.files)
