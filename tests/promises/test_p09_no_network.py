"""P9: no verb connects to another machine or looks up a name, and no page refers to another host."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command import decompose
from toy import write_toy

WATCHED = Path(__file__).with_name("watched.py")


@pytest.mark.parametrize(
    "words",
    [
        ("analyze", "toy"),
        ("propose", "toy"),
        ("generate", "toy"),
        ("check", "toy"),
        ("review", "toy", "--html", "page.html"),
        ("export", "toy", "--format", "mermaid"),
    ],
    ids=lambda words: words[0],
)
def test_no_verb_connects(words: tuple[str, ...], tmp_path: Path) -> None:
    write_toy(tmp_path / "toy", extra={"shop/far.py": "import requests\nrequests.get('http://telemetry.invalid/x')\n"})

    if words[0] == "check":
        assert decompose("propose", "toy", cwd=tmp_path).returncode == 0

    done = subprocess.run(
        [sys.executable, WATCHED, tmp_path / "toy", tmp_path / "seen.json", *words],
        cwd=tmp_path, capture_output=True, text=True, timeout=150,
    )  # fmt: skip

    assert done.returncode in (0, 1), done.stderr
    assert [entry for entry in json.loads((tmp_path / "seen.json").read_text()) if entry[0] == "connects"] == []
    if (tmp_path / "page.html").exists():
        page = (tmp_path / "page.html").read_text()
        assert re.findall(r"""(?:src|href)=["']?(?:https?:)?//[^"' >]+""", page) == []
        assert "connect-src &#39;none&#39;" in page or "connect-src 'none'" in page


def test_the_watch_sees_a_connection() -> None:
    """The tests above could pass with a hook that is blind."""
    code = (
        f"import sys, runpy, socket\nsys.argv = ['w', '/nowhere', 'r']\nw = runpy.run_path({str(WATCHED)!r}, run_name='w')\n"
        "sys.addaudithook(w['watch'])\nsocket.socket().connect_ex(('0.0.0.0', 9))\nprint(w['seen'][0][0])\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)

    assert done.stdout == "connects\n", done.stderr
