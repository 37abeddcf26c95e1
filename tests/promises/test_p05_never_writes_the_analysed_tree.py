"""P5: the analysed tree is only read: no verb adds, changes or touches a file in it."""

from __future__ import annotations

import os
from pathlib import Path

from command import decompose
from toy import write_toy

VERBS = (
    ("analyze", "../toy"),
    ("propose", "../toy"),
    ("check", "../toy"),
    ("generate", "../toy"),
    ("review", "../toy", "--html", "page.html"),
)


def _state(root: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return what stands below a folder: mode, time of change, content."""
    out = {}
    for path in sorted([root, *root.rglob("*")]):
        status = path.lstat()
        out[os.fspath(path)] = (status.st_mode, status.st_mtime_ns, path.read_bytes() if path.is_file() else b"")
    return out


def test_no_verb_changes_a_file_of_the_tree(tmp_path: Path) -> None:
    root = write_toy(tmp_path / "toy")
    (tmp_path / "work").mkdir()
    before = _state(root)

    for words in VERBS:
        done = decompose(*words, cwd=tmp_path / "work")
        assert done.returncode in (0, 1), done.stderr

    assert _state(root) == before
    assert (tmp_path / "work" / "services" / "run.py").exists()
