"""`verify` on a toy system that really runs in several processes."""

import os
import sys
import tempfile
import time

import parity_toy
import pytest

from decompose.errors import ConfigError, LaunchError
from decompose.parity import launch, to_markdown, verify


def _by_name(equivalence):
    return {check.name.rpartition("::")[2]: check for check in equivalence.checks}


def _is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_suite_and_driver_agree_across_processes(tmp_path):
    root, out = parity_toy.build(tmp_path)

    result = verify(out, root=root, kind="tests+driver", driver=["python", "main.py"])

    checks = _by_name(result)
    assert result.is_equivalent, to_markdown(result)
    assert result.services_started == ("clean", "train")
    assert {n for n, c in checks.items() if c.outcome == "unreachable"} == {
        "test_patched_inside", "test_patched_by_fixture", "test_environment"
    }  # fmt: skip
    assert checks["artifacts/model.json"].outcome == "equal"
    assert checks["stdout"].outcome == "equal"
    assert not (root / "artifacts").exists()


def test_a_change_of_behaviour_is_named_by_test_and_file(tmp_path):
    change = {"shop/clean.py": lambda text: text.replace('sort_values("id")', 'sort_values("id", ascending=False)')}
    root, out = parity_toy.build(tmp_path, change)

    result = verify(out, root=root, kind=("tests", "driver"), driver=["python", "main.py"])

    checks = _by_name(result)
    assert not result.is_equivalent
    assert checks["test_dedupe"].outcome == "different"
    assert checks["artifacts/clean.csv"].outcome == "different"
    assert "row 1" in checks["artifacts/clean.csv"].difference


def test_a_service_that_dies_is_an_error(tmp_path):
    change = {
        "shop/train.py": lambda text: text.replace(
            "def sample(n, seed=7):", "def sample(n, seed=7):\n    import os; os._exit(1)"
        )
    }
    root, out = parity_toy.build(tmp_path, change)

    result = verify(out, root=root, kind="driver", driver=["python", "main.py"])

    checks = _by_name(result)
    assert checks["exit code"].outcome == "different"
    assert checks["service train"].outcome == "error"


def test_launch_reports_urls_and_leaves_nothing_running(tmp_path):
    _, out = parity_toy.build(tmp_path)

    with launch(out, workdir=tmp_path) as running:
        pids = [service.pid for service in running.services.values()]
        assert set(running.services) == {"clean", "train"}
        assert set(running.environment) == {"TOY_CLEAN", "TOY_TRAIN"}
        assert all(_is_running(pid) for pid in pids)

    assert not any(_is_running(pid) for pid in pids)


def test_one_service_can_be_killed_while_the_others_go_on(tmp_path):
    _, out = parity_toy.build(tmp_path)

    with launch(out, workdir=tmp_path) as running:
        running.kill("clean")
        time.sleep(0.5)
        alive = {name: running.is_alive(name) for name in running.services}

    assert alive == {"clean": False, "train": True}


def test_a_service_that_does_not_start_is_named_with_its_last_words(tmp_path):
    change = {"shop/train.py": lambda text: "raise RuntimeError('no weights here')\n" + text}
    _, out = parity_toy.build(tmp_path, change)

    with pytest.raises(LaunchError, match="`train`") as caught:
        launch(out, workdir=tmp_path)

    assert "no weights here" in str(caught.value)


def test_a_start_that_takes_too_long_is_given_up(tmp_path):
    change = {"shop/train.py": lambda text: "import time; time.sleep(60)\n" + text}
    _, out = parity_toy.build(tmp_path, change)

    with pytest.raises(LaunchError, match="not ready after 1 s"):
        launch(out, workdir=tmp_path, timeout_s=1)


def test_what_is_no_workspace_is_refused(tmp_path):
    with pytest.raises(LaunchError, match="no generated workspace"):
        launch(tmp_path)


def test_an_unknown_target_is_refused(tmp_path):
    _, out = parity_toy.build(tmp_path)

    with pytest.raises(ConfigError, match="no target `moon`"):
        launch(out, target="moon")


def test_an_unknown_kind_and_a_missing_driver_are_refused(tmp_path):
    root, out = parity_toy.build(tmp_path)

    with pytest.raises(ConfigError, match="no such kind"):
        verify(out, root=root, kind="magic")
    with pytest.raises(ConfigError, match="needs a command"):
        verify(out, root=root, kind="driver")


def test_an_interpreter_without_pytest_is_named(tmp_path):
    root, out = parity_toy.build(tmp_path)
    bare = tmp_path / "bare-python"
    bare.write_text(f'#!/bin/sh\nexec {sys._base_executable} -S -E "$@"\n')
    bare.chmod(0o755)

    with pytest.raises(LaunchError, match="pytest did not run"):
        verify(out, root=root, kind="tests", python=bare)


def test_nothing_temporary_is_left_behind(tmp_path, monkeypatch):
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    root, out = parity_toy.build(tmp_path)

    result = verify(out, root=root, kind="tests+driver", driver=["python", "main.py"])

    assert result.is_equivalent
    assert list(place.iterdir()) == []
