"""What a process has of the monolith's code."""

from __future__ import annotations

import msgspec
from tests.unit.scaffold.monoliths import blueprint_of, graph_of

from decompose.ir.graph import Edge
from decompose.scaffold.closure import Closure
from decompose.scaffold.territory import Territory

SAVED_CLASS = {
    "shop/steps.py": "from sklearn.base import BaseEstimator\n\n\nclass Clip(BaseEstimator):\n    pass\n",
    "shop/fit.py": "import joblib\n\nfrom shop.steps import Clip\n\n\ndef fit():\n    joblib.dump(Clip(), 'm')\n",
    "shop/score.py": "import joblib\n\n\ndef score():\n    return joblib.load('m')\n",
}
"""An estimator of the monolith's own that one module saves and another one, which does not name it, loads."""


def test_a_process_that_restores_objects_has_their_classes_although_they_are_shared():
    graph = graph_of(SAVED_CLASS)
    load = Edge(source="shop.score:score", target="external:joblib.load", kind="call")
    graph = msgspec.structs.replace(
        graph,
        edges=(*graph.edges, load),
        units=tuple(
            msgspec.structs.replace(u, bases=("sklearn.base.BaseEstimator",)) if u.kind == "class" else u
            for u in graph.units
        ),
    )
    blueprint = blueprint_of(graph, {"fit": ("shop.fit",), "score": ("shop.score",)}, shared=("shop.steps",))
    territory = Territory(blueprint, graph, {path: text.encode() for path, text in SAVED_CLASS.items()})

    assert "shop.steps" in Closure(territory, "score").compute()
