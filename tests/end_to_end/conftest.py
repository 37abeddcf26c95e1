"""Lets the tests of this folder import the systems that are built beside them, and start services side by side."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True, scope="module")
def any_port() -> Iterator[None]:
    """Let launchers take any free ports: two workers that start at once must not want the same ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SERVICE_ANY_PORT", "1")
        yield


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Run a Dask scheduler and two worker processes on the loopback."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as cluster:
        yield cluster.scheduler_address.removeprefix("tcp://")
