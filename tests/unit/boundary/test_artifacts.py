"""Which files go through the artifact store, and in which sets."""

from __future__ import annotations

import pytest
from tests.unit.boundary.stages import resolved

from decompose.ir.symbols import path_pattern

PREP = """
import joblib, pandas as pd

def prepare(name):
    frame = pd.read_csv("raw.csv")
    frame.to_csv("data/train.csv")
    frame.to_csv("data/notes.csv")
    frame.to_csv("private/scratch.csv")
    frame.to_csv(f"{name}/anywhere.csv")
"""
TRAIN = """
import json, joblib, pandas as pd

def train(version):
    frame = pd.read_csv("data/train.csv")
    pd.read_csv("data/notes.csv")
    joblib.dump(frame, f"models/v{version}/model.joblib")
    with open("models/card.json", "w") as stream:
        json.dump({}, stream)
"""
SERVE = """
import joblib, pandas as pd

def answer(version, name):
    pd.read_csv(f"{name}/anywhere.csv")
    return joblib.load(f"models/v{version}/model.joblib")
"""


@pytest.fixture(scope="module")
def blueprint(tmp_path_factory):
    sources = {"prep.py": PREP, "train.py": TRAIN, "serve.py": SERVE}
    return resolved(tmp_path_factory.mktemp("system"), sources, {"prep": "job", "train": "job", "serve": "service"})


def test_files_that_cross_are_versioned_with_what_is_written_beside_them(blueprint):
    sets = {s.name: {f.pattern: (f.writers, f.readers) for f in s.files} for s in blueprint.artifacts}

    assert sets == {
        "data": {
            "data/notes.csv": (("prep",), ("train",)),
            "data/train.csv": (("prep",), ("train",)),
        },
        "models": {
            "models/card.json": (("train",), ()),
            "models/v*/model.joblib": (("train",), ("serve",)),
        },
    }


def test_a_hand_over_without_a_known_place_is_said(blueprint):
    found = [f for f in blueprint.findings if f.code == "DC409"]

    assert [(f.symbol, f.span.path) for f in found] == [("asset:{name}/anywhere.csv", "prep.py")]


@pytest.mark.parametrize(
    ("symbol", "pattern"),
    [
        ("asset:models/{name}.pt", "models/*.pt"),
        ("asset:./models//a.pt", "models/a.pt"),
        ("asset:{}.pkl", "*.pkl"),
        ("asset:{root}/models/a.pt", ""),
        ("asset:{}", ""),
        ("asset:../a.pt", ""),
        ("asset:/data/a.pt", ""),
        ("asset:~/a.pt", ""),
        ("asset:s3://bucket/a.pt", ""),
        ("asset:a[1].pt", ""),
        ("table:orders", ""),
        ("asset:.", ""),
    ],
)
def test_paths_become_patterns(symbol, pattern):
    assert path_pattern(symbol) == pattern


def test_steps_stand_after_what_writes_their_inputs(tmp_path):
    main = '\n\nif __name__ == "__main__":\n    {}\n'
    sources = {
        "a_train.py": TRAIN + main.format("train(1)"),
        "prep.py": PREP + main.format('prepare("x")'),
        "helper.py": "def needs(words):\n    return words\n",
    }

    steps = resolved(tmp_path, sources, {"a_train": "job", "prep": "job", "helper": "job"}).pipeline

    assert [(s.entry, s.after) for s in steps] == [
        ("prep:<module>", ()),
        ("a_train:<module>", ("prep:<module>",)),
    ]
    assert "asset:raw.csv" in steps[0].inputs
    assert "asset:data/train.csv" in steps[0].outputs


def test_streams_are_handed_over_by_their_broker_and_are_no_steps(tmp_path):
    main = '\n\nif __name__ == "__main__":\n    {}()\n'
    send = "from kafka import KafkaProducer\n\ndef send():\n    KafkaProducer().send('orders', b'1')\n"
    take = "from kafka import KafkaConsumer\n\ndef take():\n    for m in KafkaConsumer('orders'):\n        print(m)\n"
    sources = {"send.py": send + main.format("send"), "take.py": take + main.format("take")}

    blueprint = resolved(tmp_path, sources, {"send": "job", "take": "job"})

    assert [(h.asset, h.writers, h.readers) for h in blueprint.handoffs] == [("topic:orders", ("send",), ("take",))]
    assert [s.entry for s in blueprint.pipeline] == ["send:<module>"]
    assert blueprint.artifacts == ()
