"""What the documentation tells people to type works, page by page, in the order in which it stands there."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    "tutorial.md",
    "how-to/notebooks.md",
    "how-to/torch.md",
    "how-to/ci-gate.md",
    "how-to/scale-out.md",
    "how-to/review.md",
    "how-to/install.md",
)


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_run_in_order(page: str, tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    lines = [line for block in blocks(page, "console") for line in block.splitlines()]
    commands = [line.removeprefix("$ ").partition("  #")[0] for line in lines if line.startswith("$ ")]
    programs = blocks(page, "python")
    assert commands or programs

    for command in commands:
        name, *words = shlex.split(command)
        assert name == "decompose", command
        done = subprocess.run(
            [sys.executable, "-m", "decompose", *words], cwd=tmp_path, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    for program in programs:
        subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, timeout=600)
