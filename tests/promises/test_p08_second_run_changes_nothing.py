"""P8: a second run on the same input changes no byte and touches no file of the first."""

from __future__ import annotations

from pathlib import Path

from command import contents, decompose
from toy import write_toy


def test_generating_and_proposing_again_leaves_every_byte(tmp_path: Path) -> None:
    write_toy(tmp_path / "toy")
    for words in (("propose", "toy"), ("propose", "toy"), ("generate", "toy")):  # the second one settles the first
        assert decompose(*words, cwd=tmp_path).returncode == 0
    plan, before = (tmp_path / "decompose.yaml").read_bytes(), contents(tmp_path / "services")
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "services" / "services").rglob("*")}

    for words in (("propose", "toy"), ("generate", "toy")):
        done = decompose(*words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr

    assert (tmp_path / "decompose.yaml").read_bytes() == plan
    assert contents(tmp_path / "services") == before
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
