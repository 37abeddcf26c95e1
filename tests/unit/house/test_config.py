from pathlib import Path

import pytest

from decompose.config import Settings, read_settings
from decompose.errors import ConfigError
from decompose.plugins import PARTITIONERS, load_plugin


def test_a_project_without_settings_gets_the_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()


def test_settings_are_read_from_the_table(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.decompose]\nknowledge = ["ours.toml"]\n')

    assert read_settings(tmp_path).knowledge == ("ours.toml",)


def test_an_unknown_key_is_named_with_the_nearest_known_one(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.decompose]\nknowlege = ["ours.toml"]\n')

    with pytest.raises(ConfigError, match=r"tool\.decompose\.knowlege") as caught:
        read_settings(tmp_path)

    assert caught.value.hint == "did you mean `knowledge`?"


def test_a_broken_pyproject_of_the_analysed_tree_does_not_stop_the_work(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.decompose\n")

    assert read_settings(tmp_path) == Settings()


def test_an_unknown_plugin_is_named() -> None:
    with pytest.raises(ConfigError, match="no `nowhere`"):
        load_plugin(PARTITIONERS, "nowhere")
