"""The recorder and the replayer in an interpreter of their own, on a module made for it."""

import sys
from pathlib import Path

from decompose.parity import Tolerance, replay
from decompose.parity.probe.calls import read
from decompose.parity.sandbox import install_probe

MODULE = """
import sys


class Box:
    def __init__(self, content):
        self.content = content

    def grow(self, by=1):
        self.content += by
        return self


def make(content):
    return Box(content)


def unpack(box):
    return box.content


def leave(status):
    sys.exit(status)


def numbers(n):
    yield from range(n)


def show(function):
    return function(1)
"""
DRIVER = """
import mod

box = mod.make(3)
box.grow(2)
assert mod.unpack(box) == 5
assert list(mod.numbers(3)) == [0, 1, 2]
mod.show(lambda x: x)
try:
    mod.leave(4)
except SystemExit:
    pass
"""
NAMES = ("Box", "Box.grow", "make", "unpack", "leave", "numbers", "show")


def _compared(folder: Path, changed: str):
    plan = replay.ReplayPlan(operations={"mod.py": {name: f"mod:{name}" for name in NAMES}})
    desk = replay.Desk(folder=folder, probe=install_probe(folder / "probe"), python=Path(sys.executable), timeout_s=60)
    plain, split = folder / "plain", folder / "split"
    for tree, text in ((plain, MODULE), (split, changed)):
        tree.mkdir()
        (tree / "mod.py").write_text(text)
        (tree / "drive.py").write_text(DRIVER)
    calls = folder / "calls.pkl"
    replay.record(plain, ["drive.py"], calls, plan=plan, desk=desk)
    outcomes = [replay.replay(t, calls, name=t.name, plan=plan, desk=desk) for t in (plain, split)]
    checks, notes = replay.compare(
        plain, calls, outcomes, plan=plan, desk=desk, tolerance=Tolerance(), places=replay.operation_places(plain, plan)
    )
    return {check.name.partition(" #")[0]: check for check in checks}, notes


def test_objects_generators_and_exits_are_made_again(tmp_path):
    checks, notes = _compared(tmp_path, MODULE)

    assert set(checks) == {"mod:make", "mod:Box.grow", "mod:unpack", "mod:numbers", "mod:leave"}
    assert {check.outcome for check in checks.values()} == {"equal"}
    assert any("`mod:show`" in note and "cannot be recorded" in note for note in notes)
    assert checks["mod:unpack"].evidence == "mod.py:18"


def test_each_kind_of_change_is_seen(tmp_path):
    changed = MODULE.replace("+= by", "+= by + 1").replace("sys.exit(status)", "return status")
    changed = changed.replace("yield from range(n)", "yield from range(n, 0, -1)")

    checks, _ = _compared(tmp_path, changed)

    wrong = {name for name, check in checks.items() if check.outcome == "different"}
    assert wrong == {"mod:Box.grow", "mod:unpack", "mod:leave", "mod:numbers"}
    assert checks["mod:Box.grow"].difference.startswith("attributes after the call['content']")
    assert "SystemExit" in checks["mod:leave"].difference


def test_calls_that_take_long_are_recorded_until_they_took_enough(tmp_path):
    desk = replay.Desk(
        folder=tmp_path, probe=install_probe(tmp_path / "probe"), python=Path(sys.executable), timeout_s=60
    )
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "slow.py").write_text("import time\n\n\ndef wait(seconds):\n    time.sleep(seconds)\n")
    (tree / "drive.py").write_text("import slow\n\nfor seconds in (0, 3.1, 0, 0):\n    slow.wait(seconds)\n")
    plan = replay.ReplayPlan(operations={"slow.py": {"wait": "slow:wait"}})

    replay.record(tree, ["drive.py"], tmp_path / "calls.pkl", plan=plan, desk=desk)

    records = list(read(str(tmp_path / "calls.pkl")))
    assert sum(isinstance(record, tuple) for record in records) == 2
    assert records[-1]["skipped"] == [["slow:wait", "more calls than are recorded", 2]]
