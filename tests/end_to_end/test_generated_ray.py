"""The toy system as Ray Serve deployments: it starts, and answers as the monolith does."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import pytest
from tests.end_to_end.test_generated_toy import CLIENT, system

from decompose.parity import launch

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("services"),
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs ray (pip install 'decompose-ml[ray]')"),
]
__all__ = ["system"]


@pytest.fixture(scope="module")
def on_ray(system):
    out, work = system
    with launch(out, workdir=work, target="ray", timeout_s=300) as running:
        yield running


def test_calls_through_facades_give_what_the_monolith_gives(system, on_ray):
    _out, work = system
    script = work / "driver.py"
    script.write_text(CLIENT)
    environment = {**os.environ, **on_ray.environment}

    done = subprocess.run(
        [sys.executable, str(script)], cwd=work, env=environment, capture_output=True, text=True, timeout=120
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == "restocked 3\nequal\n"
