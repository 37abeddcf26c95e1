from pathlib import Path

import pytest

from churn.config import ProjectConfig, TrainingConfig, load_config, make_config
from churn.exceptions import ChurnError, ConfigError


def test_project_file_loads_with_absolute_paths(tmp_path):
    config = load_config(workdir=tmp_path)

    assert isinstance(config, ProjectConfig)
    assert config.data.database == tmp_path / "data" / "crm.sqlite"
    assert config.training.candidates == ("logistic", "forest", "boosting")


def test_files_are_read_once(tmp_path):
    assert load_config(workdir=tmp_path) is load_config(workdir=tmp_path)


def test_paths_are_relative_without_workdir():
    assert make_config({}).registry.root == Path("artifacts/registry")


def test_derived_paths_follow_the_section():
    assert TrainingConfig(output_dir=Path("out")).model_path == Path("out/model.joblib")


@pytest.mark.parametrize("content", [{"bogus": 1}, {"data": {"colour": "red"}}])
def test_unknown_keys_are_refused(content):
    with pytest.raises(ConfigError, match="unknown"):
        make_config(content)


def test_missing_file_is_an_error_of_ours(tmp_path):
    with pytest.raises(ChurnError, match=r"no such configuration: nowhere\.yaml"):
        load_config(tmp_path / "nowhere.yaml")


def test_file_without_mapping_is_refused(tmp_path):
    path = tmp_path / "list.yaml"
    path.write_text("- 1\n- 2\n")

    with pytest.raises(ConfigError, match="no mapping"):
        load_config(path)
