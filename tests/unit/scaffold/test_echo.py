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
