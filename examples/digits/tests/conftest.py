import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


@pytest.fixture
def cfg(tmp_path, monkeypatch):
    """A configuration whose files lie in a folder of the test's own."""
    from digits.config import load_config

    monkeypatch.chdir(tmp_path)
    return load_config(["epochs=2", "model=mlp"])


@pytest.fixture
def prepared(cfg):
    from digits.data import download, prepare

    download(cfg)
    prepare(cfg)
    return cfg
