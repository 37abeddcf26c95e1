import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


@pytest.fixture
def cfg(tmp_path, monkeypatch):
    """A configuration whose files lie in a folder of the test's own."""
    from digits.config import load_config

    conf = tmp_path / "conf"
    shutil.copytree(ROOT / "conf", conf)
    text = (conf / "config.yaml").read_text()
    for folder in ("data/", "artifacts/"):
        text = text.replace(f": {folder}", f": {tmp_path}/{folder}")
    (conf / "config.yaml").write_text(text)
    monkeypatch.setenv("DIGITS_CONF", str(conf))
    return load_config(["epochs=2", "model=mlp"])


@pytest.fixture
def prepared(cfg):
    from digits.data import download, prepare

    download(cfg)
    prepare(cfg)
    return cfg
