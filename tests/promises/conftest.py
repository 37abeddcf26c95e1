"""Makes what hardening and promises share importable, and one generated workspace for the tests that only read it."""

import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent.parent / "hardening"), str(Path(__file__).parent)]


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the generated services of the small monolith; nobody may write there."""
    from command import decompose
    from toy import write_toy

    work = tmp_path_factory.mktemp("workspace")
    write_toy(work / "toy")
    done = decompose("generate", "toy", cwd=work)
    assert done.returncode == 0, done.stderr
    return work / "services"
