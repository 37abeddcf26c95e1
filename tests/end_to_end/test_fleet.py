"""Several repositories become one graph: calls go through installed names and over HTTP, data through assets."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import decompose
from decompose.errors import SourceError

SOURCES = {
    "features/pyproject.toml": '[project]\nname = "shop-features"\nversion = "1.0"\n',
    "features/src/shopfeatures/__init__.py": "from shopfeatures.build import build\n",
    "features/src/shopfeatures/build.py": """
import pandas as pd

def build(path):
    frame = pd.read_csv(path)
    frame.to_parquet("s3://lake/features.parquet")
    return frame
""",
    "features/helpers.py": "def tidy(x):\n    return x\n",
    "trainer/utils.py": "def log(x):\n    print(x)\n",
    "trainer/train.py": """
import pandas as pd
import requests
from helpers import tidy
from shopfeatures import build
from utils import log

BASE = "http://web-app:8000"

def train():
    build("data.csv")
    log(pd.read_parquet("s3://lake/features.parquet"))

def ask(row, number):
    tidy(row)
    requests.post("https://api.example.com/predict", json=row)
    requests.get(f"{BASE}/predict")
    requests.get(f"{BASE}/items/{number}")
    return requests.post("http://web-app:8000/predict", json=row).json()
""",
    "web-app/utils.py": "def log(x):\n    print(x)\n",
    "web-app/app.py": """
from fastapi import FastAPI
from shopfeatures.build import build
from utils import log
import trainer

app = FastAPI()

@app.post("/predict")
def predict(row: dict):
    log(row)
    return 1

@app.get("/items/{item}")
def item(item: int):
    return item
""",
}


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    for name, text in SOURCES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret.py").write_text("def never_read(): pass\n")
    return tmp_path


def calls(graph: decompose.CodeGraph) -> set[tuple[str, str, str, str]]:
    return {(e.source, e.target, e.confidence, e.reason) for e in graph.edges if e.kind == "call"}


def graph_of(fleet: Path) -> decompose.CodeGraph:
    return decompose.analyze([fleet / name for name in ("web-app", "trainer", "features")], cache=False)


def test_only_the_repositories_are_read_and_each_resolves_its_own_names(fleet: Path) -> None:
    graph = graph_of(fleet)

    assert {file.path.partition("/")[0] for file in graph.files} == {"features", "trainer", "web-app"}
    found = calls(graph)
    assert ("trainer.train:train", "trainer.utils:log", "certain", "direct") in found
    assert ("web-app.app:predict", "web-app.utils:log", "certain", "direct") in found
    targets = {target for source, target, _, _ in found if source.startswith("trainer.")}
    assert "web-app.utils:log" not in targets


def test_a_call_crosses_to_the_repository_that_is_installed(fleet: Path) -> None:
    graph = graph_of(fleet)

    assert ("trainer.train:train", "features.src.shopfeatures.build:build", "certain", "direct") in calls(graph)


def test_a_script_of_another_repository_is_not_importable_nor_is_its_folder(fleet: Path) -> None:
    (fleet / "features" / "src" / "deep").mkdir()
    (fleet / "features" / "src" / "deep" / "alone.py").write_text("def f(): pass\n")
    (fleet / "trainer" / "more.py").write_text("from alone import f\nf()\n")

    graph = graph_of(fleet)

    imports = {(e.source, e.target) for e in graph.edges if e.kind == "import"}
    assert ("web-app.app", "trainer") not in imports
    assert not any(target == "features.src.deep.alone:f" for _, target, _, _ in calls(graph))


def test_a_request_reaches_the_one_route_that_fits(fleet: Path) -> None:
    graph = graph_of(fleet)

    over_http = {(source, target) for source, target, doubt, why in calls(graph) if why == "http"}
    assert over_http == {("trainer.train:ask", "web-app.app:predict"), ("trainer.train:ask", "web-app.app:item")}
    site = next(e for e in graph.edges if e.reason == "http" and e.target.endswith(":predict")).sites[0]
    assert "/predict" in SOURCES["trainer/train.py"].splitlines()[site.line - 1]


def test_the_command_counts_what_lies_between(fleet: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "decompose", "analyze", "features", "trainer", "web-app", "--json"],
        cwd=fleet, capture_output=True, text=True, timeout=120,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    between = json.loads(done.stdout)["repositories"]
    assert between["trainer -> features"]["call"] == 2
    assert between["trainer -> web-app"]["call"] == 2
    assert between["features -> trainer"] == {"asset": 1}


def test_the_order_of_the_repositories_does_not_matter(fleet: Path) -> None:
    one = decompose.analyze([fleet / "features", fleet / "trainer"], cache=False)
    other = decompose.analyze([fleet / "trainer", fleet / "features"], cache=False)

    assert one == other


def test_a_repository_in_a_repository_is_refused(fleet: Path) -> None:
    with pytest.raises(SourceError, match="stands in"):
        decompose.analyze([fleet / "features", fleet / "features" / "src"], cache=False)
