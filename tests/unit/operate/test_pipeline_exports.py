"""The exported pipeline is what Kubeflow Pipelines and Airflow take, as their own SDKs say.

`KFP_PYTHON` and `AIRFLOW_PYTHON` may name interpreters that have them; `benchmarks/operate/sdks.sh` makes such ones.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import msgspec
import pytest
from ruamel.yaml import YAML
from tests.unit.scaffold.monoliths import blueprint_of, graph_of

from decompose.ir.blueprint import JobStep
from decompose.scaffold import emit

SOURCES = {"load.py": "print('load')\n", "train.py": "print('train')\n"}
KFP = """
import json, sys
from kfp import components
spec = components.load_component_from_file(sys.argv[1]).pipeline_spec
tasks = {name: list(task.dependent_tasks) for name, task in spec.root.dag.tasks.items()}
container = spec.deployment_spec["executors"]["exec-train"]["container"]
print(json.dumps([tasks, list(container["command"]), list(container["args"])[:2]]))
"""
AIRFLOW = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("exported", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
tasks = {task.task_id: sorted(task.upstream_task_ids) for task in module.dag.tasks}
train = module.dag.get_task("train")
print(json.dumps([module.dag.dag_id, tasks, train.bash_command, train.env]))
"""


@pytest.fixture
def tree():
    graph = graph_of(SOURCES)
    blueprint = blueprint_of(
        graph, {"data_prep": ("load",), "training": ("train",)}, kinds=dict.fromkeys(("data_prep", "training"), "job")
    )
    steps = (
        JobStep(service="data_prep", entry="load:<module>", outputs=("asset:raw/a.csv",)),
        JobStep(service="training", entry="train:<module>", after=("load:<module>",), inputs=("asset:raw/a.csv",)),
    )
    return emit(msgspec.structs.replace(blueprint, pipeline=steps), graph, {p: t.encode() for p, t in SOURCES.items()})


def answer(library, script, tree, name, tmp_path):
    """Return what the SDK says of an exported file, run where the SDK is."""
    python = os.environ.get(f"{library.upper()}_PYTHON", sys.executable)
    if subprocess.run([python, "-c", f"import {library}"], capture_output=True).returncode:
        pytest.skip(f"{library} is not installed for {python}")
    path = tmp_path / name
    path.write_bytes(tree.files[f"pipelines/{name}"])
    environment = {**os.environ, "AIRFLOW_HOME": str(tmp_path / "airflow"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        [python, "-c", script, str(path)], env=environment, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_kubeflow_takes_the_pipeline(tree, tmp_path):
    assert answer("kfp", KFP, tree, "kubeflow.yaml", tmp_path) == [
        {"load": [], "train": ["load"]},
        ["python", "-P", "/app/services/training/app.py"],
        ["--run", "train"],
    ]


def test_airflow_takes_the_dag(tree, tmp_path):
    dag, tasks, command, variables = answer("airflow", AIRFLOW, tree, "airflow_dag.py", tmp_path)

    assert (dag, tasks) == ("toy", {"load": [], "train": ["load"]})
    assert "--run-id {{ run_id | replace(':', '-') | replace('+', '-') }}-\"$STEP\"" in command
    assert variables == {"SERVICE": "training", "ENTRY": "train", "STEP": "train"}


def test_the_dag_is_python_and_names_every_step(tree):
    text = tree.text("pipelines/airflow_dag.py")

    compile(text, "dag", "exec")
    assert '"after": ("load",)' in text


def test_a_step_starts_what_its_image_holds(tree):
    exported = YAML(typ="safe").load(tree.text("pipelines/kubeflow.yaml"))
    command = exported["deploymentSpec"]["executors"]["exec-train"]["container"]["command"]

    assert f"\nENTRYPOINT {json.dumps(command)}\n" in tree.text("services/training/Dockerfile")


def test_the_launcher_knows_the_pipeline(tree):
    steps = json.loads(tree.text("system.json"))["pipeline"]

    assert [(s["name"], s["service"], s["after"], s["inputs"], s["outputs"]) for s in steps] == [
        ("load", "data_prep", [], [], ["raw/a.csv"]),
        ("train", "training", ["load"], ["raw/a.csv"], []),
    ]
    assert 'jobs={\n        "train": Job(' in tree.text("services/training/app.py")


def test_without_jobs_there_is_no_pipeline(tree):
    graph = graph_of(SOURCES)
    without = emit(
        blueprint_of(graph, {"a": ("load",), "b": ("train",)}), graph, {p: t.encode() for p, t in SOURCES.items()}
    )

    assert not [path for path in without if path.startswith("pipelines/")]
    assert [path for path in tree if path.startswith("pipelines/")]
