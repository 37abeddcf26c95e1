"""The Open Inference Protocol v2 on a service, spoken as JSON, with binary tensors, and by a public client."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import sys
import threading
import time

import httpx
import numpy as np
import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from service_runtime import tokens
from service_runtime.gateway import OWN_PREFIX, Gateway
from service_runtime.modules import declare
from service_runtime.oip_models import Model, Parameter
from service_runtime.oip_tensors import HEADER, TensorError, read_request, tensor_of, to_bytes
from service_runtime.operations import Operation
from service_runtime.server import Host, build_app
from service_runtime.service import Service


class Row(BaseModel):
    age: float
    plan: str
    active: bool = True


class Score(BaseModel):
    probability: float
    band: str


web = FastAPI()


@web.post("/predict", response_model=Score)
def predict(row: Row) -> Score:
    return Score(probability=row.age / 100, band=row.plan + ("+" if row.active else "-"))


@web.post("/predict/batch", response_model=list[Score])
def predict_batch(rows: list[Row]) -> list[Score]:
    return [predict(row) for row in rows]


def score(features, threshold=0.5):
    return (np.asarray(features).sum(axis=1) > threshold).astype("int64")


def label(frame):
    return frame.assign(total=frame["a"] + frame["b"])[["total"]]


def document(payload):
    return {"got": payload}


@pytest.fixture
def app(monkeypatch, tmp_path):
    monkeypatch.setenv("SERVICE_OPEN", "1")
    module = __name__
    declare([module])
    sys.modules.setdefault(module, sys.modules[score.__module__])
    functions = ("score", "label", "document")
    service = Service(
        "toy",
        tmp_path,
        {},
        operations=tuple(Operation(name, f"{module}:{name}") for name in functions),
        web=f"{module}:web",
        models=(
            Model(
                "score", f"{module}:score", (Parameter("features", "array"), Parameter("threshold", "scalar", False))
            ),
            Model("label", f"{module}:label", (Parameter("frame", "frame"),)),
            Model("document", f"{module}:document", (Parameter("payload"),)),
            Model("predict", path="/predict"),
            Model("predict_batch", path="/predict/batch"),
        ),
    )
    host = Host(service)
    own = build_app(service, host)
    host.gateway = Gateway(service.web, own, own_paths=("/v2",))
    host.gateway.load()
    asyncio.run(host.gateway.start())
    host.is_ready = True
    return host.gateway


def ask(app, method, path, **request):
    async def send():
        headers = {"Authorization": "Bearer " + tokens.issue("client", "toy"), **request.pop("headers", {})}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://toy") as client:
            return await client.request(method, path, headers=headers, **request)

    return asyncio.run(send())


def tensor(name, datatype, shape, data):
    return {"name": name, "datatype": datatype, "shape": shape, "data": data}


def test_health_and_metadata(app):
    assert ask(app, "GET", "/v2/health/live").json() == {"live": True}
    assert ask(app, "GET", f"{OWN_PREFIX}/v2/health/ready").json() == {"ready": True}
    assert ask(app, "GET", "/v2").json()["extensions"] == ["binary_tensor_data"]
    about = ask(app, "GET", "/v2/models/predict").json()
    assert {i["name"]: i["datatype"] for i in about["inputs"]} == {"age": "FP64", "plan": "BYTES", "active": "BOOL"}
    assert {o["name"]: o["datatype"] for o in about["outputs"]} == {"probability": "FP64", "band": "BYTES"}
    assert ask(app, "GET", "/v2/models/score/versions/1/ready").json() == {"name": "score", "ready": True}
    assert ask(app, "GET", "/v2/models/absent").status_code == 404
    assert ask(app, "GET", "/v2/models/score/versions/7").status_code == 404


@pytest.mark.parametrize("model", ["predict", "predict_batch"])
def test_a_route_answers_row_by_row(app, model):
    inputs = [tensor("age", "FP64", [2], [50, 20]), tensor("plan", "BYTES", [2], ["a", "b"])]

    answer = ask(app, "POST", f"/v2/models/{model}/infer", json={"id": "7", "inputs": inputs}).json()

    assert "error" not in answer, answer
    assert (answer["id"], answer["model_name"], answer["model_version"]) == ("7", model, "1")
    assert answer["outputs"] == [
        tensor("probability", "FP64", [2], [0.5, 0.2]),
        tensor("band", "BYTES", [2], ["a+", "b+"]),
    ]


def test_a_function_takes_arrays_frames_and_documents(app):
    def infer(model, *inputs):
        return ask(app, "POST", f"/v2/models/{model}/infer", json={"inputs": list(inputs)}).json()["outputs"]

    assert infer("score", tensor("features", "FP32", [2, 2], [[0.1, 0.2], [3, 4]])) == [
        tensor("output", "INT64", [2], [0, 1])
    ]
    frame = [tensor("a", "INT64", [2], [1, 2]), tensor("b", "INT64", [2], [10, 20])]
    assert infer("label", *frame) == [tensor("total", "INT64", [2], [11, 22])]
    sent = tensor("payload", "BYTES", [1], ['{"x": 1}'])
    assert json.loads(infer("document", sent)[0]["data"][0]) == {"got": {"x": 1}}


def test_what_is_no_request_is_refused(app):
    def status(model, content):
        return ask(app, "POST", f"/v2/models/{model}/infer", content=content).status_code

    assert status("score", b"{") == 400
    assert status("score", b"[]") == 400
    assert status("score", json.dumps({"inputs": []}).encode()) == 400
    assert status("score", json.dumps({"inputs": [tensor("features", "FP64", [3, 3], [1])]}).encode()) == 400
    assert status("predict", json.dumps({"inputs": [tensor("age", "BYTES", [1], ["x"])]}).encode()) == 400
    refused = ask(app, "POST", "/v2/models/score/infer", headers={"Authorization": ""}, json={"inputs": []})
    assert refused.status_code == 403


def test_the_web_application_keeps_its_routes(app):
    assert ask(app, "POST", "/predict", json={"age": 10, "plan": "p"}).json() == {"probability": 0.1, "band": "p+"}


@pytest.mark.parametrize("values", [[1, 2, 3], [1.5, float("inf")], [True, False], ["a", "ü", ""]])
def test_binary_tensors_come_back(values):
    made = tensor_of("x", values)
    raw = to_bytes(made)
    header = json.dumps(
        {
            "inputs": [
                {
                    "name": "x",
                    "datatype": made.datatype,
                    "shape": list(made.shape),
                    "parameters": {"binary_data_size": len(raw)},
                }
            ]
        }
    ).encode()

    read = read_request(header + raw, str(len(header))).inputs[0]

    assert list(read.values) == values


@pytest.mark.parametrize("header_length", ["-1", "x", "9999999"])
def test_a_wrong_header_length_is_refused(header_length):
    with pytest.raises(TensorError):
        read_request(b'{"inputs": [1]}' + struct.pack("<d", 1.0), header_length)


def test_a_public_client_is_answered(app):
    client_module = pytest.importorskip("tritonclient.http", reason="tritonclient[http] is not installed")
    import uvicorn

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    client = client_module.InferenceServerClient(f"127.0.0.1:{port}")
    headers = {"Authorization": "Bearer " + tokens.issue("client", "toy")}
    features = client_module.InferInput("features", [2, 2], "FP64")
    features.set_data_from_numpy(np.array([[0.0, 0.1], [1.0, 2.0]]))
    age = client_module.InferInput("age", [1], "FP64")
    age.set_data_from_numpy(np.array([40.0]))
    plan = client_module.InferInput("plan", [1], "BYTES")
    plan.set_data_from_numpy(np.array([b"gold"], dtype=object))

    is_up = (client.is_server_live(), client.is_server_ready(), client.is_model_ready("predict"))
    scores = client.infer("score", [features], headers=headers).as_numpy("output")
    answer = client.infer("predict", [age, plan])

    server.should_exit = True
    client.close()
    thread.join(10)
    assert is_up == (True, True, True)
    assert scores.tolist() == [0, 1]
    assert answer.as_numpy("probability").tolist() == [0.4]
    assert answer.as_numpy("band").tolist() == [b"gold+"]
    assert HEADER == "inference-header-content-length"
