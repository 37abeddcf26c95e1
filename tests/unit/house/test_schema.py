"""The published schemas are those of the records, and real files fit them."""

import json
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

import decompose
from decompose import api
from decompose.errors import ConfigError
from decompose.ir.codec import encode_graph

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("record", ["plan", "graph"])
def test_the_published_schema_is_the_current_one(record: str) -> None:
    published = (ROOT / "docs" / "schema" / f"{record}.schema.json").read_bytes()

    assert published == api.schema(record), f"decompose schema {record} -o docs/schema/{record}.schema.json"


def test_a_written_plan_and_graph_fit_their_schemas(tmp_path: Path) -> None:
    system = decompose.analyze(ROOT / "examples" / "demand", cache=False)
    decompose.write_plan(decompose.propose(system), tmp_path / "decompose.yaml")

    plan = YAML(typ="safe").load((tmp_path / "decompose.yaml").read_text())
    jsonschema.validate(plan, json.loads(api.schema("plan")))
    jsonschema.validate(json.loads(encode_graph(system)), json.loads(api.schema("graph")))


def test_a_slip_in_a_plan_does_not_fit() -> None:
    schema = json.loads(api.schema("plan"))

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"servises": []}, schema)


def test_an_unknown_record_is_told() -> None:
    with pytest.raises(ConfigError, match="no record `plans`"):
        api.schema("plans")
