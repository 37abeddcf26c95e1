"""Transfers have two ends, relative paths one root, statements the caller that wrote them."""

from tests.unit.graph.test_assets import links

from decompose.graph import link
from decompose.ir.facts import SourceFacts
from decompose.source.parse import read_file


def test_a_download_reads_the_object_and_writes_the_file(linked):
    graph = linked({
        "m.py": """
            import boto3, pickle
            def fetch():
                s3 = boto3.client("s3")
                s3.download_file("bucket", "models/m.pkl", "/tmp/m.pkl")
            def push():
                boto3.client("s3").upload_file("/tmp/m.pkl", "bucket", "models/m.pkl")
            """
    })  # fmt: skip

    assert links(graph) == {
        ("m:fetch", "read", "models/m.pkl"),
        ("m:fetch", "write", "/tmp/m.pkl"),
        ("m:push", "read", "/tmp/m.pkl"),
        ("m:push", "write", "models/m.pkl"),
    }


def test_a_wrapper_round_a_transfer_hands_both_ends_to_its_caller(linked):
    graph = linked({
        "m.py": """
            import boto3
            class Store:
                def __init__(self):
                    self.s3 = boto3.client("s3")
                def fetch(self, key, path):
                    self.s3.download_file("bucket", key, path)
            def serve():
                Store().fetch("k.csv", "local.csv")
            """
    })  # fmt: skip

    assert links(graph) == {("m:serve", "read", "k.csv"), ("m:serve", "write", "local.csv")}


def test_a_copy_into_a_folder_makes_a_file_of_the_same_name(linked):
    graph = linked({"m.py": "import shutil\ndef f():\n    shutil.copy('conf/env.csv', 'out')\n"})

    assert ("m:f", "write", "out/env.csv") in links(graph)


def test_a_logged_artifact_is_read_and_the_run_is_written(linked):
    graph = linked({"m.py": "import mlflow\ndef f():\n    mlflow.log_artifact('a.csv')\n"})

    assert links(graph) == {("m:f", "read", "a.csv"), ("m:f", "write", "mlflow runs")}


def test_a_statement_belongs_to_the_unit_that_writes_it_down(linked):
    graph = linked({
        "m.py": """
            import pandas as pd
            def frame_of(query, engine):
                return pd.read_sql(query, engine)
            def report(engine):
                return frame_of("SELECT a FROM orders", engine)
            """
    })  # fmt: skip

    assert links(graph) == {("m:report", "read", "orders")}


def test_a_report_that_a_wrapper_writes_belongs_to_its_caller_even_as_yaml(linked):
    graph = linked({
        "m.py": """
            import yaml
            def write_yaml(path, content):
                with open(path, "w") as out:
                    yaml.dump(content, out)
            def evaluate(scores):
                write_yaml("report.yaml", scores)
            """
    })  # fmt: skip

    assert links(graph) == {("m:evaluate", "write", "report.yaml")}


def test_an_attribute_style_dictionary_holds_what_the_file_says(linked):
    graph = linked(
        {
            "m.py": """
                import yaml
                import pandas as pd
                from box import ConfigBox
                def settings():
                    with open("config.yaml") as source:
                        return ConfigBox(yaml.safe_load(source))
                def ingest():
                    return pd.read_csv(settings().ingest.raw)
                """
        },
        {"config.yaml": {"ingest": {"raw": "data/raw.csv"}}},
    )

    assert ("m:ingest", "read", "data/raw.csv") in links(graph)


def test_a_notebooks_path_starts_in_its_folder_and_a_climbing_script_meets_it():
    notebook = b'{"cells": [{"cell_type": "code", "source": ["import joblib\\n", "joblib.load(\'../models/m.pkl\')"]}]}'
    script = b"import joblib\ndef f(x):\n    joblib.dump(x, 'models/m.pkl')\n"
    nested = b"import pandas as pd\ndef f():\n    return pd.read_csv('../data/x.csv')\n"
    files = {"nb/a.ipynb": notebook, "train.py": script, "src/load.py": nested}
    facts = [read_file(path, data) for path, data in sorted(files.items())]

    graph = link(SourceFacts("system", facts, folders=[""], data_files=["data/x.csv"]))

    assert {(way, name) for _, way, name in links(graph)} == {
        ("read", "models/m.pkl"),
        ("write", "models/m.pkl"),
        ("read", "data/x.csv"),
    }
    assert not [x for x in graph.findings if x.code in ("DC301", "DC302", "DC303")]
