import json

import pytest

from churn import cli
from churn.pipeline import run_all, run_data, run_monitoring, run_scoring


def test_all_stages_in_order(config):
    result = run_all(config)

    assert result["rows"]["train"] == 180
    assert result["model"]["stage"] == "production"
    assert result["scores"]["rows"] == 80
    assert result["drift"]["level"] in ("ok", "warning", "alert")


def test_two_runs_give_the_same_scores(trained):
    first = run_scoring(trained)

    assert run_scoring(trained).digest == first.digest


def test_data_is_generated_only_once(config):
    run_data(config)
    stamp = config.data.database.stat().st_mtime_ns

    run_data(config)

    assert config.data.database.stat().st_mtime_ns == stamp


def test_monitoring_sees_every_column(trained):
    assert len(run_monitoring(trained).columns) == 12


@pytest.fixture
def project(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(
        "data: {customers: 120, prospects: 40}\n"
        "training: {candidates: [tree], folds: 2}\n"
        "evaluation: {min_roc_auc: 0.0}\n"
    )
    return ["--config", str(path), "--workdir", str(tmp_path)]


def test_command_line_stage_by_stage(project, capsys):
    for command in ("generate", "data", "features", "train"):
        assert cli.main([command, *project]) == 0
    capsys.readouterr()

    assert cli.main(["score", *project]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 40
    assert cli.main(["models", "--compare", "1", "1", *project]) == 0
    assert json.loads(capsys.readouterr().out)["difference"] == 0.0


def test_command_line_explains_failures(project, capsys):
    assert cli.main(["features", *project]) == 2
    assert "ingest has not run" in capsys.readouterr().err


def test_relative_workdir(project, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    assert cli.main(["generate", *project[:2]]) == 0
    assert (tmp_path / "data" / "crm.sqlite").exists()
    assert json.loads(capsys.readouterr().out)["customers"] == 160


def test_unknown_command(capsys):
    with pytest.raises(SystemExit):
        cli.main(["dance"])
