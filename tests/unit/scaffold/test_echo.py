"""What a program prints at its service reaches whoever started it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from decompose.resources import template_root

_RUN = """
import sys
from service_runtime import echo
from service_runtime.dispatch import Dispatcher
from service_runtime.wire import pack, unpack
echo.install()
content_type, chunks = pack({"do": "main", "class": "prog", "arguments": {"argv": ["prog"]}}, [])
reply = Dispatcher("one", symbols={"prog": ("two",)}).answer("/objects", "two", content_type, b"".join(map(bytes, chunks)))
answer = unpack(reply.content_type, b"".join(map(bytes, reply.chunks)))[0]
print("ANSWER", answer["result"], [entry for entry in answer.get("echo", ()) if entry[0] != "log"], file=sys.__stdout__)
"""


@pytest.mark.parametrize(
    ("code", "status", "carried"),
    [
        ("print('a')\n", 0, [["out", "a\n"]]),
        ("import sys\nsys.stdout.buffer.write(b'a')\n", 0, [["out", "a"]]),
        ("import threading\nt = threading.Thread(target=print, args='a')\nt.start()\nt.join()\n", 0, [["out", "a\n"]]),
        ("import sys\nsys.exit('no')\n", 1, [["err", "no\n"]]),
        ("import sys\nsys.exit(3)\n", 3, []),
        ("import sys\nsys.exit()\n", 0, []),
        ("import subprocess\nsubprocess.run(['echo', 'a'], check=True)\n", 0, []),
    ],
)
def test_a_program_is_heard_where_it_was_started(tmp_path, code, status, carried):
    (tmp_path / "prog.py").write_text(code)
    path = os.pathsep.join([str(template_root() / "packages" / "runtime" / "src"), str(tmp_path)])

    done = subprocess.run(
        [sys.executable, "-c", _RUN],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )

    assert f"ANSWER {status} {carried}\n" in done.stdout, done.stderr


@pytest.fixture
def entries(monkeypatch):
    """What a call notes, and a way to note it."""
    from service_runtime import echo

    noted: list = []
    token = echo.sink.set(noted)
    yield noted, echo
    echo.sink.reset(token)


def test_a_warning_given_thousands_of_times_takes_one_entry_and_is_given_as_often(entries):
    noted, echo = entries

    for row in range(3000):
        echo._note("warning", "builtins:UserWarning", "slow", "rows.py", 3)
        echo._note("log", "rows", 20, f"row {row % 2}", "rows.py", 4, "read")
    with pytest.warns(UserWarning, match="slow") as given:
        echo.replay([entry for entry in noted if entry[0] == "warning"])

    assert len(given) == 3000
    assert sum(entry[0] == "warning" for entry in noted) < 3000 / 20


def test_more_than_can_be_carried_is_said(entries, monkeypatch, capsys):
    noted, echo = entries
    monkeypatch.setattr(echo, "LIMIT", 3)

    for kind in ("out", "err", "out", "err", "out"):
        echo._note(kind, f"{kind}\n")
    echo.replay(noted)

    assert len(noted) == 4
    shown = capsys.readouterr()
    assert shown.out == "out\nout\n"
    assert shown.err.startswith("err\n… what is printed and logged from here on")
