"""The toy system as Ray Serve deployments: it starts, and answers as the monolith does."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from tests.end_to_end.test_generated_toy import CLIENT, system

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("services"),
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs ray (pip install 'decompose-ml[ray]')"),
]
__all__ = ["system"]


@pytest.fixture(scope="module")
def on_ray(system):
    out, work = system
    ready = work / "ray.json"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [
        sys.executable,
        str(out / "run_ray.py"),
        "up",
        "--workdir",
        str(work),
        "--ready-file",
        str(ready),
        "--port",
        port,
    ]
    with (work / "ray.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + 240
        while not ready.exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.2)
        try:
            assert ready.exists(), (work / "ray.log").read_text()[-4000:]
            yield json.loads(ready.read_text())
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0


def test_calls_through_facades_give_what_the_monolith_gives(system, on_ray):
    _out, work = system
    script = work / "driver.py"
    script.write_text(CLIENT)
    environment = {**os.environ, **on_ray["environment"]}

    done = subprocess.run(
        [sys.executable, str(script)], cwd=work, env=environment, capture_output=True, text=True, timeout=120
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == "restocked 3\nequal\n"
