"""What a process has of the monolith's code."""

from __future__ import annotations

import msgspec
from tests.unit.scaffold.monoliths import blueprint_of, graph_of

from decompose.ir.graph import Edge, Site
from decompose.scaffold.carry import carry
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

    assert "shop.steps" in carry(territory, "score").needs


REGISTRY = {
    "nets.py": (
        "from enum import Enum\n\nKNOWN = {}\n\n\ndef register(cls):\n    KNOWN[cls.__name__] = cls\n    return cls\n\n\n"
        "@register\nclass Kind(Enum):\n    A = 1\n\n\ndef build(name):\n    return KNOWN[name]\n"
    ),
    "use.py": "from nets import Kind, build\n\n\ndef go():\n    return build('Kind') is Kind\n",
}
"""A decorator fills a table as the module is imported, wherever that is."""


def registry_needs(*writers):
    graph = graph_of(REGISTRY, mutated=("nets:KNOWN",))
    units = [
        msgspec.structs.replace(u, decorators=("nets:register",)) if u.symbol == "nets:Kind" else u for u in graph.units
    ]
    writes = [Edge(source=writer, target="state:nets:KNOWN", kind="state_write") for writer in writers]
    graph = msgspec.structs.replace(graph, units=tuple(units), edges=(*graph.edges, *writes))
    blueprint = blueprint_of(graph, {"nets": ("nets",), "use": ("use",)})
    territory = Territory(blueprint, graph, {path: text.encode() for path, text in REGISTRY.items()})
    return carry(territory, "use").needs["nets"]


def test_a_table_that_only_a_decorator_fills_is_filled_wherever_what_it_decorates_is_imported():
    need = registry_needs("nets:register")

    assert need.facades == {"build"}
    assert need.remote_values == set()


def test_a_table_that_others_change_too_stays_with_its_owner():
    assert registry_needs("nets:register", "nets:build").remote_values == {"KNOWN"}


PLUGINS = {
    "plugins/__init__.py": "",
    "plugins/fast.py": "class Fast:\n    pass\n",
    "plugins/slow.py": "class Slow:\n    pass\n",
    "other.py": "class Other:\n    pass\n",
    "load.py": (
        "import importlib\nimport pkgutil\n\nimport plugins\n\n"
        "for _, name, _ in pkgutil.iter_modules(plugins.__path__, 'plugins.'):\n    importlib.import_module(name)\n"
    ),
    "use.py": "import load\n\n\ndef go():\n    return load\n",
}
"""A module that imports all modules of a package without naming them."""


def test_modules_that_the_analysis_saw_imported_by_name_come_along():
    graph = graph_of(PLUGINS)
    named = [
        Edge(source="load", target=target, kind="import", sites=(Site("load.py", 7),))
        for target in ("plugins.fast", "plugins.slow")
    ]
    graph = msgspec.structs.replace(graph, edges=(*graph.edges, *named))
    blueprint = blueprint_of(
        graph, {"use": ("use",), "other": ("other", "plugins.slow:Slow")}, shared=("load", "plugins.fast")
    )
    territory = Territory(blueprint, graph, {path: text.encode() for path, text in PLUGINS.items()})

    needs = carry(territory, "use").needs

    assert needs["plugins.fast"].is_whole
    assert needs["plugins.slow"].facades == {"Slow"}
    assert "other" not in needs


GUARDED = {
    "net.py": (
        "import logging\n\ntry:\n    import fastlib\n\n    HAS = True\nexcept ImportError:\n    HAS = False\n\n"
        "logger = logging.getLogger('net')\n\nif HAS:\n\n    class Log(fastlib.Log):\n        def log(self):\n"
        "            logger.info('said')\n\n\ndef f():\n    return HAS\n"
    ),
    "use.py": "from net import f, logger\n\n\ndef go():\n    logger.info('go')\n    return f()\n",
}
"""What a function inside a condition does to a value does not happen when the module is imported."""


def test_a_condition_whose_functions_use_a_value_does_not_come_along_with_it():
    graph = graph_of(GUARDED)
    blueprint = blueprint_of(graph, {"net": ("net",), "use": ("use",)})
    territory = Territory(blueprint, graph, {path: text.encode() for path, text in GUARDED.items()})

    need = carry(territory, "use").needs["net"]

    kept = [territory.text("net").statements[i] for i in sorted(need.kept)]
    assert [s.kind for s in kept] == ["import", "assign"]
