"""Shared state and who changes it."""

from decompose.ir.graph import CodeGraph


def uses(graph: CodeGraph, symbol: str) -> set[tuple[str, str]]:
    return {(e.kind.removeprefix("state_"), e.source) for e in graph.edges if e.target == symbol}


def test_a_global_that_a_function_changes_is_shared_state(linked):
    graph = linked({
        "m.py": """
            CACHE = {}
            LIMIT = 3
            def put(key, value):
                CACHE[key] = value
            def get(key):
                return CACHE.get(key, LIMIT)
            """
    })  # fmt: skip

    assert [s.symbol for s in graph.states] == ["state:m:CACHE"]
    assert graph.states[0].kind == "cache"
    assert uses(graph, "state:m:CACHE") == {("read", "m:get"), ("read", "m:put"), ("write", "m:put")}


def test_a_global_is_found_through_imports(linked):
    graph = linked(
        {
            "a.py": "ITEMS = []\n",
            "b.py": "from a import ITEMS\ndef f():\n    ITEMS.append(1)\n",
            "c.py": "import a\ndef g():\n    return len(a.ITEMS)\n",
        }
    )

    assert uses(graph, "state:a:ITEMS") == {("read", "b:f"), ("write", "b:f"), ("read", "c:g")}


def test_a_name_of_the_function_itself_is_not_the_global(linked):
    graph = linked({"m.py": "X = []\ndef f():\n    X = []\n    X.append(1)\n    return X\n"})

    assert graph.states == ()


def test_a_global_statement_rebinds(linked):
    graph = linked(
        {"m.py": "model = None\ndef init():\n    global model\n    model = 1\ndef run():\n    return model\n"}
    )

    assert uses(graph, "state:m:model") == {("write", "m:init"), ("read", "m:run")}


def test_a_class_attribute_that_instances_share_is_state_and_a_field_is_not(linked):
    graph = linked({
        "m.py": """
            class Shared:
                seen = []
                own = []
                def __init__(self):
                    self.own = []
                def add(self, x):
                    self.seen.append(x)
                    self.own.append(x)
            """
    })  # fmt: skip

    assert [s.symbol for s in graph.states] == ["state:m:Shared.seen"]


def test_the_global_random_generator_is_seeded_here_and_drawn_from_there(linked):
    graph = linked({
        "m.py": """
            import numpy as np
            def start():
                np.random.seed(1)
            def draw():
                return np.random.rand(3)
            """
    })  # fmt: skip

    assert uses(graph, "state:numpy.random:<rng>") == {("write", "m:start"), ("read", "m:draw")}


def test_a_global_that_only_a_function_binds_is_state_too(linked):
    graph = linked({
        "m.py": """
            import joblib
            def init():
                global model
                model = joblib.load("m.pkl")
            def run(x):
                return model.predict(x)
            """
    })  # fmt: skip

    assert uses(graph, "state:m:model") == {("write", "m:init"), ("read", "m:run")}


def test_a_metric_that_functions_set_and_a_model_that_they_ask_are_shared_state(linked):
    graph = linked({
        "m.py": """
            import joblib
            from prometheus_client import Counter, Gauge
            DRIFT = Gauge("drift", "d")
            SEEN = Counter("seen", "s", ["kind"])
            QUIET = Gauge("quiet", "q")
            model = joblib.load("m.pkl")
            def watch(x):
                DRIFT.set(x)
            def answer(x):
                SEEN.labels(kind="a").inc()
                return model.predict(x)
            """,
    })  # fmt: skip

    used = {(e.source, e.kind, e.target) for e in graph.edges if e.target.startswith("state:")}
    assert ("m:watch", "state_write", "state:m:DRIFT") in used
    assert ("m:answer", "state_write", "state:m:SEEN") in used
    assert ("m:answer", "state_read", "state:m:model") in used
    assert not any(target == "state:m:QUIET" for _, _, target in used)
