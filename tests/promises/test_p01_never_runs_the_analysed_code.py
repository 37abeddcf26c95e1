"""P1: nothing of the analysed tree is imported, run or unpickled, and no tool is made to do so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from traps import write_traps

from decompose.evidence import read_history

OWN_WORKER = ["unpickles", "('concurrent.futures.process', '_ResultItem')"]
"""What a process of ours that reads files hands back."""
WATCHED = Path(__file__).with_name("watched.py")


@pytest.mark.parametrize("verb", ["analyze", "generate", "review"])
def test_no_trap_of_the_tree_goes_off(verb: str, tmp_path: Path) -> None:
    root, marks = tmp_path / "toy", tmp_path / "marks"
    marks.mkdir()
    write_traps(root, marks)
    words = [verb, "toy", *(["--html", "page.html"] if verb == "review" else [])]

    done = subprocess.run(
        [sys.executable, WATCHED, root, tmp_path / "seen.json", *words],
        cwd=tmp_path, capture_output=True, text=True, timeout=150, env=os.environ | {"HOME": str(tmp_path)},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert os.listdir(marks) == []
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert [e for e in seen if e[0] in ("runs", "unpickles", "writes", "connects") and e != OWN_WORKER] == []
    started = [entry[1] for entry in seen if entry[0] == "starts"]
    allowed = ("'git', ", "graphviz-pure', '-T", "/dot', '-T", "'-m', 'decompose.")
    assert [words for words in started if not any(word in words for word in allowed)] == []


def test_the_history_of_a_hostile_repository_runs_none_of_its_commands(tmp_path: Path) -> None:
    """The settings of a repository name programs; `git log` runs one for each signed commit, and to fetch what lacks."""
    root, mark = tmp_path / "toy", tmp_path / "mark"
    root.mkdir()
    (root / "x.py").write_text("x = 1\n")

    def git(*words: str, given: bytes = b"") -> bytes:
        names = ("-c", "user.name=a", "-c", "user.email=a@b.invalid")
        return subprocess.run(["git", *names, *words], cwd=root, input=given, capture_output=True, check=True).stdout

    git("init", "--quiet")
    git("add", "x.py")
    git("commit", "--quiet", "--message", "one")
    head, _, message = git("cat-file", "commit", "HEAD").partition(b"\n\n")
    signature = b"\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"
    signed = git("hash-object", "-t", "commit", "-w", "--stdin", given=head + signature + b"\n\n" + message)
    git("update-ref", "HEAD", signed.decode().strip())
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\nmkdir -p {mark}\n")
    trap.chmod(0o755)
    for name in ("gpg.program", "core.fsmonitor", "core.pager", "diff.external", "core.sshCommand"):
        git("config", name, str(trap))
    git("config", "log.showSignature", "true")

    history = read_history(root)

    assert history is not None and history.commits == 1
    assert not mark.exists()
    subprocess.run(["git", "log"], cwd=root, capture_output=True, check=False)
    assert mark.exists(), "the trap works"


def test_the_watch_sees_a_run_a_write_and_an_unpickling(tmp_path: Path) -> None:
    """The test above could pass with a hook that is blind."""
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "x.py").write_text("open(__file__ + '.out', 'w').close()\n")
    code = (
        "import sys, runpy, pickle, json\n"
        f"sys.argv = ['w', {str(tmp_path / 'toy')!r}, 'r']\n"
        f"w = runpy.run_path({str(WATCHED)!r}, run_name='w')\n"
        "sys.addaudithook(w['watch'])\n"
        f"runpy.run_path({str(tmp_path / 'toy' / 'x.py')!r})\n"
        "pickle.loads(b'cos\\nmkdir\\n.')\n"
        "print(json.dumps(sorted({k for k, _ in w['seen']})))\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)

    assert json.loads(done.stdout) == ["runs", "unpickles", "writes"], done.stderr
