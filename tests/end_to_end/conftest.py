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
