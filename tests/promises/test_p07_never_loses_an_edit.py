"""P7: no line that a person wrote into the services is lost when they are generated again."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from command import contents
from command import decompose as run

from decompose.ir.filetree import FileTree
from decompose.scaffold import write

LINES = [f"value_{number} = {number}\n" for number in range(30)]


@pytest.mark.parametrize("seed", range(30))
def test_every_written_line_survives_any_sequence_of_renders(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    out, render, written = tmp_path / "out", list(LINES), []
    write(FileTree({"m.py": "".join(render).encode()}), out)
    for turn in range(6):
        lines = (out / "m.py").read_text().splitlines(keepends=True)
        mine = f"mine_{turn} = {chance.random()}\n"
        lines.insert(chance.randrange(len(lines) + 1), mine)
        written.append(mine)
        (out / "m.py").write_text("".join(lines))
        for _ in range(chance.randrange(4)):
            render[chance.randrange(len(render))] = f"theirs_{turn} = {chance.random()}\n"

        write(FileTree({"m.py": "".join(render).encode()}), out)

        held = "".join(path.read_text() for path in sorted(out.glob("m.py*")))
        assert [line for line in written if line not in held] == []


def test_an_edit_of_a_generated_service_survives_the_next_generation(workspace: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    for path, data in contents(workspace.parent).items():
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_bytes(data)
    code = next(iter(sorted((work / "services" / "services").rglob("src/**/*.py"))))
    code.write_text(code.read_text() + "\nMINE = 'my own line'\n")
    gone = work / "services" / "README.md"
    gone.unlink()
    (work / "services" / "notes.txt").write_text("mine")
    (work / "toy" / "shop" / "ingest.py").write_text(
        "def load_orders():\n    return 1\n\ndef clean(x):\n    return x\n"
    )

    done = run("generate", "toy", cwd=work)

    assert done.returncode in (0, 1), done.stderr
    assert "MINE = 'my own line'" in code.read_text()
    assert not gone.exists()
    assert (work / "services" / "notes.txt").read_text() == "mine"
