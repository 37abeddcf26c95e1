"""A verification that is ended leaves nothing running, whether it is asked to end or killed."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.unit.scaffold.monoliths import blueprint_of, graph_of

from decompose.scaffold import emit

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("services")]

SOURCES = {
    "shop/__init__.py": "",
    "shop/clean.py": "def clean(values):\n    return [v for v in values if v]\n",
    "shop/train.py": "from shop.clean import clean\n\n\ndef train(values):\n    return sum(clean(values))\n",
}
DRIVER = """
import os, time
from shop.train import train
print(train([1, 0, 2]), flush=True)
if "SERVICE_URL_ONE" in os.environ:  # across the services
    open("{begun}", "w").close()
    time.sleep(300)
"""


@pytest.fixture
def workspace(tmp_path):
    """A monolith and its workspace; its driver never ends across the services, where it makes a file first."""
    root, out, begun = tmp_path / "shop-root", tmp_path / "out", tmp_path / "begun"
    monolith = {path: text.encode() for path, text in SOURCES.items()}
    graph = graph_of(SOURCES)
    blueprint = blueprint_of(graph, {"one": ("shop.clean",), "two": ("shop.train",)})
    tree = emit(blueprint, graph, monolith)
    write(root, {**monolith, "drive.py": DRIVER.format(begun=begun).encode()})
    write(out, tree.files)
    return root, out, begun


def write(folder, files):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def processes_of(out):
    """Return the processes whose command line names the workspace."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if bytes(out) in (entry / "cmdline").read_bytes():
                found.add(int(entry.name))
    return found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=lambda how: how.name)
def test_nothing_is_left_running(workspace, how):
    root, out, begun = workspace
    words = ["verify", str(out), "--root", str(root), "--kind", "driver", "--driver", "python drive.py"]
    process = subprocess.Popen(
        [sys.executable, "-m", "decompose", *words],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # whatever started the tests
    )
    until = time.monotonic() + 120
    while not begun.exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.1)
    assert begun.exists(), process.communicate()
    assert len(processes_of(out)) >= 3

    process.send_signal(how)
    status = process.wait(60)
    until = time.monotonic() + 30
    while processes_of(out) and time.monotonic() < until:
        time.sleep(0.1)

    assert processes_of(out) == set()
    assert status == (-signal.SIGKILL if how is signal.SIGKILL else 130)
