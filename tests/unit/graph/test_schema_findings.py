"""Findings about data: each kind once where it holds, and silence where it does not."""

import pytest

from decompose.graph.source_findings import secret_in
from decompose.ir.graph import CodeGraph


def codes(graph: CodeGraph) -> list[str]:
    return [f"{f.code} {f.span.line}" for f in graph.findings if f.code.startswith("DC3")]


def test_two_spellings_of_one_path_are_told(linked):
    graph = linked({
        "m.py": """
            import joblib
            def train(x):
                joblib.dump(x, "artifacts/proprocessor.pkl")
            def serve(x):
                scaler = joblib.load("artifacts/preprocessor.pkl")
                return scaler.transform(x)
            """
    })  # fmt: skip

    found = [f for f in graph.findings if f.code == "DC303"]
    assert [f.span.line for f in found] == [6]
    assert "m.py:4" in found[0].message


@pytest.mark.parametrize(
    ("first", "second"), [("train.csv", "test.csv"), ("model_1.pkl", "model_2.pkl"), ("a/x.csv", "b/x.csv")]
)
def test_names_that_only_look_alike_are_not_two_spellings(linked, first: str, second: str):
    text = f"""
        import pandas as pd
        def w(frame: pd.DataFrame):
            frame.to_csv("data/{first}")
        def r():
            return pd.read_csv("data/{second}").head()
        """

    assert not any(code.startswith("DC303") for code in codes(linked({"m.py": text})))


def test_a_column_that_the_frame_does_not_have_is_told(linked):
    graph = linked({
        "m.py": """
            import pandas as pd
            def f():
                frame = pd.DataFrame({"a": [1], "b": [2]})
                frame = frame.rename(columns={"a": "x"})
                frame["c"] = frame["x"] + frame["b"]
                return frame["a"]
            """
    })  # fmt: skip

    assert codes(graph) == ["DC306 7"]


@pytest.mark.parametrize(
    "between",
    ["frame = enrich(frame)", "if flag:\n        frame['z'] = 1", "enrich(frame)", "frame = frame.join(other)"],
)
def test_a_frame_that_something_may_have_changed_is_not_judged(linked, between: str):
    text = (
        "import pandas as pd\ndef enrich(f):\n    f['z'] = 1\n    return f\n"
        f"def g(flag, other):\n    frame = pd.DataFrame({{'a': [1]}})\n    {between}\n    return frame['z']\n"
    )

    assert codes(linked({"m.py": text})) == []


def test_an_undefined_name_is_told_once(linked):
    graph = linked({"m.py": "def f():\n    a = os.path.join('x', 'y')\n    return os.path.join(a, 'z')\n"})

    assert codes(graph) == ["DC307 2"]


@pytest.mark.parametrize(
    "text",
    [
        "from other import *\ndef f():\n    return thing\n",
        "def f():\n    return [x for x in range(3)] + [(lambda y: x + y)(1) for x in (1, 2)]\n",
        "def f():\n    global later\n    later = 1\ndef g():\n    return later\n",
        "try:\n    unicode\nexcept NameError:\n    unicode = str\n",
        "class C:\n    a = 1\n    b = a + 1\n    def m(self):\n        return __class__\n",
    ],
)
def test_names_that_are_or_may_be_defined_are_not_told(linked, text: str):
    assert codes(linked({"m.py": text})) == []


def test_a_split_without_a_seed_is_told_and_one_with_is_not(linked):
    text = """
        from sklearn.model_selection import train_test_split
        def f(x):
            return train_test_split(x)
        def g(x):
            return train_test_split(x, random_state=1)
        """

    assert codes(linked({"m.py": text})) == ["DC309 4"]
    assert codes(linked({"m.py": text, "tests/test_m.py": text.replace("def g", "def h")})) == ["DC309 4"]
    assert codes(linked({"m.py": text, "n.py": "import numpy as np\nnp.random.seed(1)\n"})) == []


@pytest.mark.parametrize(
    ("text", "name", "secret"),
    [
        ("AKIA" + "ABCDEFGHIJKLMNOP", "", True),
        ("https://api.x.org/3/movie?api_key=" + "9f8e7d6c5b4a39281706f5e4d3c2b1a0", "", True),
        ("postgresql://user:" + "s8Kq2vLx9" + "@db/x", "", True),
        ("q8Zr5tYw2Lp9Vx3N", "api_key", True),
        ("django-insecure-" + "zt%_x+6s+by$x8+6&bhcg", "SECRET_KEY", True),
        ("$API_KEY_0123456789", "api_key", False),
        ("your-api-key-here-123", "api_key", False),
        ("password", "password", False),
        ("https://api.x.org?api_key={key}", "", False),
        ("postgresql://user:password@localhost/x", "", False),
        ("an ordinary sentence of sixteen words", "token", False),
    ],
)
def test_a_secret_is_told_from_a_placeholder(text: str, name: str, secret: bool):
    assert bool(secret_in(text, name)) is secret


def test_a_secret_is_masked_in_the_finding(linked):
    key = "AKIA" + "ABCDEFGHIJKLMNOP"

    graph = linked({"m.py": f"KEY = '{key}'\n"})

    found = next(f for f in graph.findings if f.code == "DC308")
    assert key not in found.message + found.hint


@pytest.mark.parametrize("path", ["C:\\\\data\\\\x.csv", "/home/ann/x.csv", "data\\\\x.csv"])
def test_a_path_for_one_machine_is_told(linked, path: str):
    text = f"import pandas as pd\ndef f():\n    return pd.read_csv('{path}').head()\n"

    assert codes(linked({"m.py": text})) == ["DC304 3"]


@pytest.mark.parametrize("path", ["/tmp/x.csv", "/opt/ml/input/x.csv", "data/x.csv", "https://x.org/a.csv"])
def test_a_path_that_holds_elsewhere_is_not_told(linked, path: str):
    text = f"import pandas as pd\ndef f():\n    return pd.read_csv('{path}').head()\n"

    assert codes(linked({"m.py": text})) == []


def test_an_artifact_that_nothing_writes_and_one_that_nothing_reads_are_told(linked):
    graph = linked({
        "m.py": """
            import joblib
            def train(x):
                joblib.dump(x, "artifacts/scaler.pkl")
            def serve(x):
                return joblib.load("artifacts/classifier.pkl").predict(x)
            """
    })  # fmt: skip

    assert codes(graph) == ["DC301 6", "DC302 4"]


def test_an_artifact_read_from_another_folder_than_it_is_written_to_is_told(linked):
    graph = linked({
        "m.py": """
            import joblib
            def train(x):
                joblib.dump(x, "artifacts/book_names.pkl")
            def serve(x):
                return joblib.load("templates/book_names.pkl").predict(x)
            """
    })  # fmt: skip

    assert codes(graph) == ["DC303 6"]


def test_a_secret_stands_on_its_own_line_and_a_word_is_none(linked):
    text = """
        import requests
        def fetch():
            first = 1
            return requests.get("https://x.org/a?api_key=8265bd1679663a7ea12ac168da84d2e8")
        def connect(open_):
            return open_("rtsp://usuari:contrasenya@camera/live")
        """

    assert codes(linked({"m.py": text})) == ["DC308 5"]


def test_one_unit_that_makes_one_file_of_another_spells_nothing_twice(linked):
    text = """
        import numpy as np
        def convert():
            np.save("cache/vision_model_b.npy", np.load("cache/vision_model_a.npy"))
        """

    assert codes(linked({"m.py": text})) == ["DC302 4"]


def test_what_stands_in_the_tree_needs_no_writer_and_many_names_at_one_place_are_one_finding(linked):
    text = """
        import joblib
        def serve(city):
            return [joblib.load(f"models/{c}.pkl") for c in ("delhi", "pune")]
        def train(x):
            joblib.dump(x, "models/other_thing.pkl")
        """
    found = [x.message for x in linked({"m.py": text}).findings if x.code == "DC301"]
    held = linked({"m.py": text}, data_files=["models/delhi.pkl", "models/pune.pkl"])

    assert found == ["`models/delhi.pkl` is read, but nothing writes it (and 1 more like it here)"]
    assert codes(held) == ["DC302 6"]


def test_a_split_of_tensors_without_a_generator_is_told(linked):
    text = "from torch.utils.data import random_split\ndef f(d):\n    return random_split(d, [8, 2])\n"

    assert codes(linked({"m.py": text})) == ["DC309 3"]


def test_a_file_that_others_fetch_from_a_bucket_by_its_name_is_read(linked):
    text = """
        import boto3
        import pandas as pd
        def split(frame: pd.DataFrame):
            frame.to_csv("data/future.csv")
        def serve():
            boto3.client("s3").download_file("bucket", "future.csv", "/tmp/future.csv")
        """

    assert codes(linked({"m.py": text})) == []


def test_the_configuration_of_jupyter_is_run_with_its_object_at_hand(linked):
    text = "c.InteractiveShellApp.extensions = ['a']\n"
    graph = linked({".ipython/profile_default/ipython_config.py": text, "plain.py": text})

    assert [f.span.path for f in graph.findings if f.code == "DC307"] == ["plain.py"]


def test_columns_are_read_through_lists_that_are_named_or_joined_and_in_frames_cut_out_of_others(linked):
    graph = linked({
        "m.py": """
            import pandas as pd
            COLS = ["a", "b"]
            GROWN = ["x"]
            GROWN.append("y")
            def f():
                df = pd.read_csv("f.csv")
                part = df[["k", *COLS]].copy()
                part["made"] = 1
                other = df[GROWN]
                return df[COLS], other
            """,
    })  # fmt: skip

    used = {(c.name, c.use) for unit in graph.units if unit.symbol == "m:f" for c in unit.columns}
    assert used == {("a", "read"), ("b", "read"), ("k", "read"), ("made", "write")}
    assert not graph.findings


def test_columns_of_spark_are_those_its_functions_name(linked):
    graph = linked({
        "m.py": """
            from pyspark.sql import DataFrame
            from pyspark.sql import functions as F
            def build(df: DataFrame) -> DataFrame:
                df = df.withColumn("at", F.to_timestamp("stamp")).withColumn("kind", F.lit("x"))
                return df.groupBy("client").agg(F.avg("amount").alias("mean"), F.count("*").alias("n"))
            """,
    })  # fmt: skip

    used = {(c.name, c.use) for unit in graph.units if unit.symbol == "m:build" for c in unit.columns}
    assert used == {
        ("at", "write"), ("kind", "write"), ("stamp", "read"), ("client", "read"), ("amount", "read"), ("mean", "write"),
        ("n", "write"),
    }  # fmt: skip
