"""Small systems of our own with a web application, and plans to split them, for the benchmarks of `parity`."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import NamedTuple

import decompose
from decompose import api
from decompose.ir.graph import CodeGraph
from decompose.ir.plan import Plan, ServicePlan

_FEATURES = """
    \"\"\"Turns a number into features.\"\"\"

    {imports}


    def build(number):
        \"\"\"Return the features of one thing.\"\"\"
        total = 0
        for i in range({build_rounds}):
            total += i * i % 7
        return {result}
"""
_SCORE = """
    \"\"\"Scores features.\"\"\"


    def predict(features):
        \"\"\"Return the score.\"\"\"
        total = 0
        for i in range({score_rounds}):
            total += i * i % 7
        return float({reduced}) + total % 10
"""
_APP = """
    \"\"\"The web application.\"\"\"

    from fastapi import FastAPI

    from work.features import build
    from work.score import predict

    app = FastAPI()


    @app.get("/score")
    def score():
        \"\"\"Answer one request.\"\"\"
        parts = [build(number) for number in range({calls})]
        return {{"score": sum(predict(part) for part in parts[:{scored}])}}
"""
_DRIVE = """
    import app

    for _ in range(120):
        app.score()
"""


class Shape(NamedTuple):
    """What one request does."""

    name: str
    calls: int
    scored: int
    build_rounds: int
    score_rounds: int
    array: int = 0
    """Numbers in a feature array; plain numbers when 0."""


SHAPES = (
    Shape("light", 1, 1, 10_000, 40_000),
    Shape("heavy", 1, 1, 60_000, 160_000),
    Shape("chatty", 6, 1, 6_000, 40_000),
    Shape("arrays", 1, 1, 30_000, 40_000, array=50_000),
)
PLANS: dict[str, dict[str, tuple[str, ...]]] = {
    "two": {"web": ("app:*", "work.features:*"), "score": ("work.score:*",)},
    "three": {"web": ("app:*",), "features": ("work.features:*",), "score": ("work.score:*",)},
}
"""Plan to service to members."""


def write_system(shape: Shape, root: Path) -> Path:
    """Write the monolith and return its root."""
    array = shape.array
    files = {
        "work/__init__.py": '"""Work."""\n',
        "work/features.py": _FEATURES.format(
            imports="import numpy as np" if array else "",
            build_rounds=shape.build_rounds,
            result=f"np.full({array}, float(number + total % 3))" if array else "number + total % 3",
        ),
        "work/score.py": _SCORE.format(
            score_rounds=shape.score_rounds, reduced="features.sum()" if array else "features"
        ),
        "app.py": _APP.format(calls=shape.calls, scored=shape.scored),
        "drive.py": _DRIVE,
        "requirements.txt": "fastapi\nnumpy\nuvicorn\n",
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(textwrap.dedent(text).lstrip("\n"))
    return root


def plan_of(name: str, graph: CodeGraph) -> Plan:
    """Return one of `PLANS` for a system."""
    parts = PLANS[name]
    services = tuple(
        ServicePlan(name=part, kind="gateway" if part == "web" else "service", members=members)
        for part, members in parts.items()
    )
    return Plan(system="work", graph=graph.digest, services=services, offline=("drive:*",))


def workspace(plan: Plan, graph: CodeGraph, root: Path, out: Path) -> Path:
    """Generate the services and return their folder."""
    api.write_tree(decompose.generate(plan, graph, root=root), out)
    return out
