"""A job runs to its end once: killed and taken up again it leaves what it would have left, repeated it does nothing."""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path

import pytest
import service_runtime
from service_runtime import jobs, pipeline
from service_runtime.errors import JobError

APP = """
from pathlib import Path
from service_runtime.serve import serve
from service_runtime.service import Job, Service

serve(Service(
    name="toy", source=Path(__file__).parent / "src", modules={"work": "work.py", "fails": "fails.py"},
    entries={"work": "work:<module>", "fails": "fails:<module>"},
    jobs={"work": Job(inputs=("in.txt",), outputs=("out/log.txt", "out/model.bin"), is_closed=True, environment=("MODE",))},
))
"""
WORK = """
import json, os, pathlib, sys, time

text = open("in.txt").read()
pathlib.Path("out").mkdir(exist_ok=True)
count = json.loads(pathlib.Path("count.json").read_text()) if pathlib.Path("count.json").exists() else 0
pathlib.Path("count.json").write_text(json.dumps(count + 1))  # read, changed and written: a second time would show
for i in range(10):
    with open("out/log.txt", "a") as stream:
        stream.write(f"{text} {i} {' '.join(sys.argv[1:])}\\n")
    time.sleep(0.01)
time.sleep(60 if "HOLD" in os.environ else 0)
pathlib.Path(f"out/model.bin").write_bytes(text.encode() * (count + 1))
print("worked", os.environ.get("MODE", ""))
"""


@pytest.fixture
def system(tmp_path):
    service = tmp_path / "workspace" / "services" / "toy"
    (service / "src").mkdir(parents=True)
    (service / "app.py").write_text(APP)
    (service / "src/work.py").write_text(WORK)
    (service / "src/fails.py").write_text("print('before')\nraise SystemExit(3)\n")
    root = tmp_path / "root"
    root.mkdir()
    (root / "in.txt").write_text("text")
    return service / "app.py", root


ENVIRONMENT = {"PYTHONPATH": str(Path(service_runtime.__file__).parent.parent), "PYTHONDONTWRITEBYTECODE": "1"}


def perform(system, run_id, *, entry="work", environment=None, kill_after_s=None, argv=()):
    app, root = system
    process = jobs.start(app, jobs.Run(run_id, "toy", entry, argv), root, ENVIRONMENT | (environment or {}))
    if kill_after_s is not None:
        until = time.monotonic() + 20
        while jobs.find(root, "toy", run_id).status == "waiting" and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(kill_after_s)
        process.kill()
    process.wait()
    return jobs.find(root, "toy", run_id)


def artifacts(root):
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.glob("[!.]*/*")) if p.is_file()} | {
        p.name: p.read_bytes() for p in root.glob("[!.]*") if p.is_file()
    }


def test_killed_at_random_points_it_leaves_the_same_files(system):
    _, root = system
    whole = perform(system, "whole")
    expected = artifacts(root)
    for path in expected.keys() - {"in.txt"}:
        (root / path).unlink()
    points = random.Random(5)

    statuses = [perform(system, "again", kill_after_s=points.uniform(0, 0.12)).status for _ in range(3)]
    ended = perform(system, "again")

    assert whole.status == ended.status == "done"
    assert "killed" in statuses
    assert ended.attempt > 1
    assert artifacts(root) == expected


def test_an_attempt_that_was_killed_before_it_noted_anything_is_undone_by_the_notes_before_it(system):
    _, root = system
    whole = perform(system, "whole")
    expected = artifacts(root)
    for path in expected.keys() - {"in.txt"}:
        (root / path).unlink()
    perform(system, "again", environment={"HOLD": "1"}, kill_after_s=0.5)
    record = root / ".services/runs/toy/again/run.json"
    (root / "out").mkdir(exist_ok=True)
    (root / "out/model.bin").write_bytes(b"of the first attempt, put in place again by a service that started")
    record.write_text(json.dumps({**json.loads(record.read_text()), "status": "running", "attempt": 2}))

    ended = perform(system, "again")

    assert (whole.status, ended.status, ended.attempt) == ("done", "done", 3)
    assert artifacts(root) == expected


def test_a_run_that_is_done_is_not_repeated(system):
    _, root = system
    perform(system, "one")
    before = artifacts(root)

    again, equal = perform(system, "one"), perform(system, "two")

    assert (again.attempt, equal.same_as) == (1, "one")
    assert artifacts(root) == before


@pytest.mark.parametrize("change", ["input", "code", "environment", "words", "output"])
def test_what_decides_the_outcome_makes_it_another_run(system, change):
    app, root = system
    perform(system, "one")
    if change == "input":
        (root / "in.txt").write_text("other")
    elif change == "code":
        (app.parent / "src/work.py").write_text(WORK + "# changed\n")
    elif change == "output":
        (root / "out/model.bin").unlink()

    environment = {"MODE": "other"} if change == "environment" else {}
    two = perform(system, "two", environment=environment, argv=("word",) if change == "words" else ())

    assert (two.status, two.same_as) == ("done", "")


def test_a_failed_run_says_why_and_keeps_its_log(system):
    _, root = system

    run = perform(system, "bad", entry="fails")

    assert (run.status, run.error) == ("failed", "exit status 3")
    assert "before" in jobs.log_of(root, "toy", "bad")


def test_the_pipeline_is_taken_up_after_the_step_that_was_done(system, capfd):
    app, root = system
    steps = [pipeline.Step("first", "toy", "work"), pipeline.Step("second", "toy", "fails", ("first",))]
    workspace = app.parents[2]

    first = pipeline.run_steps(steps, workspace, root, ENVIRONMENT)
    (app.parent / "src/fails.py").write_text("print('mended')\n")
    second = pipeline.run_steps(steps, workspace, root, ENVIRONMENT)

    shown = capfd.readouterr().err
    assert (first, second) == (False, True)
    assert shown.count("worked") == 1
    assert "first            | done before" in shown
    assert "second           | mended" in shown
    assert json.loads((root / "count.json").read_text()) == 1
    assert [run.status for run in jobs.list_runs(root)] == ["done", "done"]


def test_services_that_a_step_needs_are_those_that_its_service_calls():
    system = {
        "services": [
            {"name": "a", "depends_on": ["b"]},
            {"name": "b", "depends_on": ["c"]},
            {"name": "c", "depends_on": []},
            {"name": "d", "depends_on": ["a"]},
        ]
    }

    assert pipeline.needed(system, [pipeline.Step("x", "a", "e")]) == {"b", "c"}


@pytest.mark.parametrize("run_id", ["", ".", "../x", "a/b", ".hidden"])
def test_an_id_cannot_lead_elsewhere(tmp_path, run_id):
    with pytest.raises(JobError):
        jobs.folder_of(tmp_path, "toy", run_id)


def test_an_unknown_run_is_an_error(tmp_path):
    with pytest.raises(JobError, match="no run"):
        jobs.find(tmp_path, "toy", "x")
    assert os.listdir(tmp_path) == []
