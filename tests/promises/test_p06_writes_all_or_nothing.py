"""P6: what is written is whole, old or new, when the process is killed and when the disk is full; a rerun finishes."""

from __future__ import annotations

import errno
import os
import signal
import sys
from pathlib import Path

import pytest

from decompose.errors import WriteError
from decompose.ir.codec import write_atomic
from decompose.ir.filetree import FileTree
from decompose.scaffold import write

OLD = {f"services/s{n}/app.py": b"old\n" * 50 for n in range(12)} | {"gone.py": b"old\n"}
NEW = {f"services/s{n}/app.py": b"new\n" * 50 for n in range(12)} | {"added/here.py": b"new\n"}
CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod")


def _files(out: Path) -> dict[str, bytes]:
    """Return what is generated, without the record of the generator."""
    return {path: (out / path).read_bytes() for path in {*OLD, *NEW} if (out / path).exists()}


def _die_before(point: int, tree: FileTree, out: Path) -> bool:
    """Write in a child that kills itself before its `point`-th change to the disk; return whether it lived."""
    child = os.fork()
    if child == 0:
        left = point

        def watch(event: str, values: tuple[object, ...]) -> None:
            nonlocal left
            is_written = event == "open" and isinstance(values[2], int) and values[2] & (os.O_WRONLY | os.O_RDWR)
            left -= bool(is_written or event in CHANGES)
            if left < 0 and event != "os.kill":
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        write(tree, out)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize("point", range(50))
def test_kill_9_leaves_every_file_old_or_new_and_the_next_run_finishes(point: int, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(FileTree(OLD), out)

    assert not _die_before(point, FileTree(NEW), out)

    for path, content in _files(out).items():
        assert content in (OLD.get(path), NEW.get(path)), path
    write(FileTree(NEW), out)
    assert _files(out) == NEW


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EIO])
@pytest.mark.parametrize("call", [1, 2, 5])
def test_a_disk_that_refuses_leaves_the_old_services(
    code: int, call: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    write(FileTree(OLD), out)
    real, calls = os.fsync, 0

    def full(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls >= call:
            raise OSError(code, os.strerror(code))
        real(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(WriteError):
            write(FileTree(NEW), out)

    assert _files(out) == OLD
    write(FileTree(NEW), out)
    assert _files(out) == NEW


def test_a_record_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "graph.json"
    write_atomic(file, b"old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises((WriteError, OSError)):
        write_atomic(file, b"new")

    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["graph.json"]
