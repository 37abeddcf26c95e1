"""Runs `decompose` under an audit hook and writes what the hook saw: `python watched.py ROOT REPORT WORDS...`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

ROOT = os.path.realpath(sys.argv[1])
REPORT = Path(sys.argv[2])
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGING = {
    "os.mkdir",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.truncate",
    "os.link",
    "os.symlink",
    "os.chmod",
    "os.utime",
}
STARTING = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"}
seen: list[list[str]] = []


def _is_inside(path: object) -> bool:
    return isinstance(path, (str, bytes)) and (os.path.realpath(os.fsdecode(path)) + os.sep).startswith(ROOT + os.sep)


def _is_this_process(address: object) -> bool:
    """Return whether an address is on this machine: `propose` measures what a local call costs, with itself."""
    return isinstance(address, tuple) and address[0] in ("127.0.0.1", "::1", "localhost")


def watch(event: str, values: tuple[object, ...]) -> None:
    """Note what the promises forbid."""
    if event == "exec" and _is_inside(getattr(values[0], "co_filename", "")):
        seen.append(["runs", str(values[0])])
    elif event == "pickle.find_class":
        seen.append(["unpickles", str(values)])
    elif event in ("socket.connect", "socket.sendto") and not _is_this_process(values[1]):
        seen.append(["connects", str(values[1])])
    elif event == "socket.getaddrinfo" and not _is_this_process(values):
        seen.append(["connects", str(values)])
    elif event in STARTING:
        seen.append(["starts", str(values[:2])])
    elif event == "open" and isinstance(values[2], int) and values[2] & WRITING and _is_inside(values[0]):
        seen.append(["writes", str(values[0])])
    elif event in CHANGING and any(_is_inside(value) for value in values[:2]):
        seen.append(["writes", str(values)])


if __name__ == "__main__":
    from decompose.cli.app import main

    sys.addaudithook(watch)
    code: object = 0
    try:
        main(sys.argv[3:])
    except SystemExit as end:
        code = end.code
    told = list(seen)
    REPORT.write_text(json.dumps(told))
    sys.exit(code)  # type: ignore[arg-type]
