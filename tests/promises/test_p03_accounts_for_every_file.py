"""P3: every source file is analysed, degraded or skipped, and what is not analysed has its reason."""

from __future__ import annotations

import os
from pathlib import Path

from hard_files import all_hazards, write_corpus, write_odd_files

import decompose


def test_every_file_has_one_outcome_and_every_gap_a_reason(tmp_path: Path) -> None:
    chosen = [hazard for number, hazard in enumerate(all_hazards()) if number % 3 == 0]
    write_corpus(tmp_path / "tree", chosen)
    write_odd_files(tmp_path / "tree" / "odd")

    graph = decompose.analyze(tmp_path / "tree", cache=False)

    outcomes = [file.path for file in graph.files]
    assert len(outcomes) == len(set(outcomes))
    assert _sources(tmp_path / "tree") <= set(outcomes)
    assert all(file.reason for file in graph.files if file.outcome != "analysed")
    assert {file.outcome for file in graph.files} == {"analysed", "degraded", "skipped"}


def test_what_is_left_out_on_purpose_is_named(tmp_path: Path) -> None:
    files = {
        "app.py": "", "generated.py": "", ".gitignore": "generated.py\n", "venv/lib/x.py": "", "node_modules/y/z.py": "",
        "virtualenv/__init__.py": "def create(): pass\n", "virtualenv/run.py": "from virtualenv import create\ncreate()\n",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    graph = decompose.analyze(tmp_path, cache=False)

    assert {file.path: (file.outcome, file.reason) for file in graph.files} == {
        "app.py": ("analysed", ""),
        "virtualenv/__init__.py": ("analysed", ""),
        "virtualenv/run.py": ("analysed", ""),
        "generated.py": ("skipped", "ignored by .gitignore"),
        "venv": ("skipped", "code of others"),
        "node_modules": ("skipped", "code of others"),
    }


def _sources(root: Path) -> set[str]:
    """Return every entry that looks like source, links and pipes too, without asking the product."""
    found = set()
    for folder, folders, files in os.walk(os.fsencode(root)):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in (*files, *links):
            if name.endswith((b".py", b".pyw", b".ipynb")) or name in links:
                path = os.fsdecode(os.path.relpath(os.path.join(folder, name), os.fsencode(root)))
                found.add(path.encode("utf-8", "backslashreplace").decode())
    return found
