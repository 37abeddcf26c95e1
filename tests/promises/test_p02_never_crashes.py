"""P2: whatever the input is, the answer is a graph with findings, or one clear message; never a traceback."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from command import assert_one_clear_message
from command import decompose as run
from hard_files import encodings, grammar, notebooks, write_corpus
from toy import FILES

import decompose


def test_a_tree_of_hard_files_gives_a_graph(tmp_path: Path) -> None:
    write_corpus(tmp_path / "tree", [*encodings(), *grammar(), *notebooks()])

    done = run("analyze", "tree", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / ".decompose" / "graph.json").stat().st_size > 10_000


@pytest.mark.parametrize("seed", range(4))
def test_damaged_code_gives_a_graph(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    for number in range(40):
        text = bytearray("".join(FILES.values()).encode())
        for _ in range(chance.randrange(1, 12)):
            at = chance.randrange(len(text))
            text[at : at + chance.randrange(4)] = chance.randbytes(chance.randrange(4))
        (tmp_path / f"m{number}.py").write_bytes(text)

    graph = decompose.analyze(tmp_path, cache=False)

    assert len(graph.files) == 40


@pytest.mark.parametrize(
    "words", [("analyze", "nowhere"), ("analyze", "empty"), ("generate", "toy", "--plan", "bad.yaml")]
)
def test_what_cannot_be_done_is_said_in_one_message(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "x.py").write_text("x = 1\n")
    (tmp_path / "bad.yaml").write_text("services: !!python/object/apply:os.getcwd []\n")

    assert_one_clear_message(run(*words, cwd=tmp_path), "hint:")
