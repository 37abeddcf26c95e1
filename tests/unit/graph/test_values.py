"""Value flow and types."""

from decompose.ir.graph import CodeGraph


def flows(graph: CodeGraph) -> set[tuple[str, str, str]]:
    return {(e.source, e.target, e.parameter) for e in graph.edges if e.kind == "value"}


def types(graph: CodeGraph, symbol: str, parameter: str) -> list[str]:
    unit = next(u for u in graph.units if u.symbol == symbol)
    return [t.type for p in unit.signature.parameters if p.name == parameter for t in p.types]


PIPELINE = """
    import pandas as pd
    def load():
        return pd.read_csv("a.csv")
    def clean(frame, limit=3):
        return frame.dropna().head(limit)
    def fit(features, names: list[str]):
        return features
    def main():
        raw = load()
        tidy = clean(raw)
        model = fit(tidy[["a"]], names=["a"])
        return model
    """


def test_a_result_flows_into_the_parameter_that_receives_it(linked):
    graph = linked({"m.py": PIPELINE})

    assert {("m:load", "m:clean", "frame"), ("m:clean", "m:fit", "features"), ("m:fit", "m:main", "return")} <= flows(
        graph
    )
    assert ("m:load", "m:fit", "features") not in flows(graph)


def test_types_come_from_libraries_annotations_and_literals(linked):
    graph = linked({"m.py": PIPELINE})

    assert types(graph, "m:clean", "frame") == ["pandas.DataFrame"]
    assert types(graph, "m:clean", "limit") == ["builtins.int"]
    assert types(graph, "m:fit", "names")[0] == "list[builtins.str]"
    main = next(u for u in graph.units if u.symbol == "m:load")
    assert [t.type for t in main.signature.return_types] == ["pandas.DataFrame"]


def test_a_value_kept_on_self_flows_into_the_other_method(linked):
    graph = linked({
        "m.py": """
            def make():
                return 1
            def use(value):
                return value
            class C:
                def __init__(self):
                    self.kept = make()
                def go(self):
                    return use(self.kept)
            C().go()
            """
    })  # fmt: skip

    assert ("m:make", "m:use", "value") in flows(graph)


def test_an_own_class_is_named_by_its_symbol(linked):
    graph = linked({"m.py": "class C:\n    pass\ndef f(c):\n    return c\nf(C())\n"})

    assert types(graph, "m:f", "c") == ["m:C"]


def test_a_function_defined_twice_keeps_its_own_parameters(linked):
    graph = linked({"m.py": "def f(a):\n    return a\ndef f(a, b=1):\n    return b\nf('x', 2)\n"})

    assert all(len(u.signature.parameters) <= 2 for u in graph.units if u.symbol == "m:f")


def takers(graph: CodeGraph) -> list[str]:
    return [u.symbol for u in graph.units if "takes_prediction" in u.flags]


def test_a_unit_that_is_handed_what_a_model_answered_is_marked(linked):
    graph = linked({
        "m.py": """
            import pickle
            def label(rows):
                return [str(row) for row in rows]
            def answer(x):
                model = pickle.load(open("m.pkl", "rb"))
                distance, found = model.kneighbors(x)
                return label(found)
            def mapped(frames, model):
                return label(frames.map(model.predict))
            """
    })  # fmt: skip

    assert takers(graph) == ["m:label"]


def test_a_score_of_a_prediction_is_no_prediction(linked):
    graph = linked({
        "m.py": """
            from sklearn.linear_model import Ridge
            from sklearn.metrics import r2_score
            def keep(path, score):
                path.write_text(str(score))
            def main(path, x, y):
                ml_model = Ridge().fit(x, y)
                keep(path, r2_score(y, ml_model.predict(x)))
            """
    })  # fmt: skip

    assert takers(graph) == []
