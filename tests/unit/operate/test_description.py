"""One OpenAPI document: what was generated, completed by what runs."""

from __future__ import annotations

import json

import pytest
from service_runtime import description
from tests.unit.scaffold.monoliths import blueprint_of, graph_of

from decompose.scaffold import emit

WEB = """
from fastapi import FastAPI
from calc import add

app = FastAPI()


@app.get("/sum/{a}")
def total(a: int):
    return add(a, 1)
"""
SOURCES = {"web.py": WEB, "calc.py": "def add(a, b=2):\n    return a + b\n"}


@pytest.fixture
def document():
    graph = graph_of(SOURCES)
    blueprint = blueprint_of(graph, {"front": ("web",), "calc": ("calc",)})
    return json.loads(emit(blueprint, graph, {p: t.encode() for p, t in SOURCES.items()}).text("openapi.json"))


def test_every_service_is_in_one_valid_document(document):
    operation = document["paths"]["/operations/add"]["post"]

    assert [tag["name"] for tag in document["tags"]] == ["front", "calc"]
    assert "/_service/readyz" in document["paths"]
    assert "/readyz" in document["paths"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert body["arguments"] == {"$ref": "#/components/schemas/calc.AddArguments"}
    assert "calc.AddArguments" in document["components"]["schemas"]
    validator = pytest.importorskip("openapi_spec_validator", reason="openapi-spec-validator is not installed")
    validator.validate(document)


def test_running_applications_complete_it(document, monkeypatch):
    live = {
        "info": {"title": "Shop"},
        "paths": {"/sum/{a}": {"get": {"responses": {"200": {"$ref": "#/components/schemas/Total"}}}}},
        "components": {"schemas": {"Total": {"type": "integer"}}},
    }
    own = {"paths": {"/operations/add": {"post": {"operationId": "typed"}}}}
    answers = {"http://front/openapi.json": live, "http://calc/openapi.json": own}
    monkeypatch.setattr(description, "_fetched", lambda url: answers.get(url, {}))

    whole = description.described(document, {"front": "http://front/_service", "calc": "http://calc"})

    route = whole["paths"]["/sum/{a}"]
    assert route["get"]["tags"] == ["front"]
    assert route["get"]["responses"]["200"] == {"$ref": "#/components/schemas/front.Total"}
    assert whole["components"]["schemas"]["front.Total"] == {"type": "integer"}
    assert whole["paths"]["/operations/add"]["post"]["operationId"] == "typed"
