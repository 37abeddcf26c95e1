"""P11: what is generated can be read, starts, answers its health probe, and takes nothing but typed messages."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import pickle
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command import decompose as run
from ruamel.yaml import YAML

from decompose import api
from decompose.ir.plan import Plan, ServicePlan
from decompose.parity.launch import Running, launch

SOURCES = {
    "maths.py": "def double(x):\n    return 2 * x\n",
    "main.py": "from maths import double\n\ndef quadruple(x):\n    return double(double(x))\n",
}

OPERATIONS = {"maths": "double", "main": "quadruple"}
OPEN = {"SERVICE_OPEN": "1", "SERVICE_TOKEN_SECRET": "a secret that only these tests know"}
CONTENT_TYPES = (
    "application/json",
    "application/octet-stream",
    "application/vnd.service.frames",
    "application/x-pickle",
    "application/yaml",
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("running")
    (folder / "toy").mkdir()
    (folder / "work").mkdir()
    for path, text in SOURCES.items():
        (folder / "toy" / path).write_text(text)
    services = tuple(ServicePlan(name=name, members=(f"{name}:*",)) for name in ("maths", "main"))
    graph = api.analyze(folder / "toy", cache=False)
    api.write_tree(api.generate(Plan(system="toy", services=services), graph, root=folder / "toy"), folder / "out")
    with launch(folder / "out", workdir=folder / "work", timeout_s=90, environment=OPEN) as started:
        yield started


def test_every_generated_file_is_read_by_its_own_tool(workspace: Path) -> None:
    read: dict[str, Callable[[bytes], object]] = {
        ".py": lambda data: compile(data, "generated", "exec"),
        ".toml": lambda data: tomllib.loads(data.decode()),
        ".json": json.loads,
        ".yaml": lambda data: list(YAML(typ="safe").load_all(data)),
    }
    count = dict.fromkeys(read, 0)
    for path in sorted(workspace.rglob("*")):
        if path.suffix in read and path.is_file():
            read[path.suffix](path.read_bytes())
            count[path.suffix] += 1

    assert min(count.values()) > 0, count


def test_every_service_starts_and_answers_its_probe(running: Running) -> None:
    assert set(running.services) == {"maths", "main"}
    for service in running.services.values():
        with urllib.request.urlopen(f"{service.url}/readyz", timeout=10) as answer:
            assert answer.status == 200


def _call(running: Running, service: str, body: bytes, content_type: str = "application/json") -> bytes:
    """Return the answer of a service to a caller with a good token."""
    claims = f"client~{service}~{int(time.time()) + 200}"
    signed = hmac.new(OPEN["SERVICE_TOKEN_SECRET"].encode(), claims.encode(), hashlib.sha256).hexdigest()
    request = urllib.request.Request(
        f"{running.services[service].url}/operations/{OPERATIONS[service]}",
        data=body, headers={"content-type": content_type, "authorization": f"Bearer {claims}~{signed}"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=20) as answer:
        return bytes(answer.read())


@pytest.mark.parametrize("service", ["maths", "main"])
def test_no_service_inner_or_outer_unpickles_a_body(service: str, running: Running, tmp_path: Path) -> None:
    mark = tmp_path / "mark"

    class Bomb:
        def __reduce__(self) -> tuple[object, ...]:
            return os.mkdir, (str(mark),)

    assert b"42" in _call(
        running, service, json.dumps({"arguments": {"x": 21 if service == "maths" else 10.5}}).encode()
    )
    bombs = [
        pickle.dumps(Bomb()),
        pickle.dumps(Bomb(), protocol=0),
        f"!!python/object/apply:os.mkdir ['{mark}']".encode(),
    ]
    for body in bombs:
        for content_type in CONTENT_TYPES:
            with pytest.raises(urllib.error.HTTPError) as refused:
                _call(running, service, body, content_type)
            assert 400 <= refused.value.code < 500, content_type
    for tree in (
        {"$": "function", "v": "os:mkdir"},
        {"$": "object", "c": "subprocess:Popen", "v": {"args": ["mkdir", str(mark)]}},
        {"$": "reduce", "f": "os:mkdir", "a": [str(mark)]},
    ):
        with pytest.raises(urllib.error.HTTPError) as refused:
            _call(running, service, json.dumps({"arguments": {"x": tree}}).encode())
        assert 400 <= refused.value.code < 500, refused.value.read()

    assert not mark.exists()


def test_no_code_of_the_runtime_names_an_unsafe_loader(workspace: Path) -> None:
    unsafe = ("pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve")
    for path in sorted((workspace / "packages").rglob("*.py")):
        for line in path.read_text().splitlines():
            words = line.split("#")[0].replace(".", " ").replace(",", " ").split()
            assert not (words[:1] in (["import"], ["from"]) and set(words) & set(unsafe)), f"{path}: {line}"


def test_a_plan_that_cannot_become_services_fails_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "toy").mkdir()
    for path, text in SOURCES.items():
        (tmp_path / "toy" / path).write_text(text)
    (tmp_path / "decompose.yaml").write_text(
        "version: 1\nsystem: toy\nroot: toy\nservices:\n  - name: one\n    members: ['nowhere:nothing']\n"
    )

    done = run("generate", "toy", cwd=tmp_path)

    assert done.returncode == 2, done.stdout + done.stderr
    assert "nowhere:nothing" in done.stderr
    assert not (tmp_path / "services").exists()
