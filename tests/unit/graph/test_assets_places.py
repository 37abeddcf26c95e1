"""Where a name stands: options of Spark, MLflow's runs and registry, a wrapper's folder, a container's root."""

import pytest


def links(graph):
    """Return (way, unit, asset) without the module."""
    return {
        (e.kind, e.source.partition(":")[2], e.target)
        for e in graph.edges
        if e.kind in ("read", "write") and not e.target.startswith("env:")
    }


SPARK = """
    from pyspark.sql import SparkSession
    TOPIC = "clicks"
    spark = SparkSession.builder.appName("a").getOrCreate()
    def stream():
        raw = spark.readStream.format("kafka").option("subscribe", TOPIC).load()
        raw.writeStream.foreachBatch(store).option("checkpointLocation", "state/clicks").start()
    def store(batch, number):
        batch.write.format("jdbc").mode("append").option("dbtable", "clicks_hourly").save()
    def known():
        return spark.read.format("jdbc").options(url="jdbc:x", dbtable="clients").load()
    def asked():
        return spark.read.format("jdbc").option("query", "SELECT id FROM orders").load()
    def plain():
        spark.read.csv("in.csv").write.parquet("out.parquet")
    """


def test_spark_names_what_it_touches_in_options(linked):
    assert links(linked({"a.py": SPARK})) == {
        ("read", "stream", "topic:clicks"),
        ("write", "stream", "asset:state/clicks"),
        ("write", "store", "table:clicks_hourly"),
        ("read", "known", "table:clients"),
        ("read", "asked", "table:orders"),
        ("read", "plain", "asset:in.csv"),
        ("write", "plain", "asset:out.parquet"),
    }


def test_a_save_on_anything_but_a_writer_is_no_table(linked):
    text = 'def f(a):\n    a.save("x")\n    a.write.save("y")\n    a.form("z").save()\n'

    assert links(linked({"a.py": text})) == set()


@pytest.mark.parametrize(
    ("call", "link"),
    [
        ('mlflow.sklearn.log_model(m, "model", registered_model_name="Fraud")', ("write", "f", "model:Fraud")),
        ('mlflow.sklearn.log_model(m, name="model", registered_model_name="Fraud")', ("write", "f", "model:Fraud")),
        ('mlflow.register_model("runs:/1/model", "Fraud")', ("write", "f", "model:Fraud")),
        ('mlflow.pyfunc.load_model("models:/Fraud/Staging")', ("read", "f", "model:Fraud")),
        ('mlflow.pyfunc.load_model("models:/Fraud@champion")', ("read", "f", "model:Fraud")),
        ('mlflow.sklearn.save_model(m, "out/fraud")', ("write", "f", "asset:out/fraud")),
    ],
)
def test_one_registered_model_has_one_name(linked, call: str, link: tuple[str, str, str]):
    assert links(linked({"a.py": f"import mlflow\ndef f(m):\n    {call}\n"})) == {link}


def test_what_a_run_keeps_is_not_in_the_registry(linked):
    text = """
        import mlflow
        def train(m):
            mlflow.sklearn.log_model(m, name="model")
        def serve():
            return mlflow.pyfunc.load_model("models:/Fraud/1")
        """

    targets = {link[2] for link in links(linked({"a.py": text}))}

    assert "model:Fraud" in targets and "model:mlflow model registry" not in targets


def test_a_wrapper_that_is_only_handed_the_folder_names_the_file_itself(linked):
    text = """
        import joblib, os
        from pathlib import Path
        def keep(model, folder="artifacts"):
            joblib.dump(model, f"{folder}/model.pkl")
        def keep_joined(model, folder):
            joblib.dump(model, os.path.join(folder, "joined.pkl"))
        def keep_divided(model, folder):
            path = Path(folder) / "divided.pkl"
            joblib.dump(model, path)
        def keep_named(model, path):
            joblib.dump(model, f"{path}.pkl")
        def run(m):
            keep(m)
            keep_joined(m, "artifacts")
            keep_divided(m, "artifacts")
            keep_named(m, "artifacts/named")
        """

    assert links(linked({"a.py": text})) == {
        ("write", "keep", "asset:artifacts/model.pkl"),
        ("write", "keep_joined", "asset:artifacts/joined.pkl"),
        ("write", "keep_divided", "asset:artifacts/divided.pkl"),
        ("write", "run", "asset:artifacts/named.pkl"),
    }


def test_a_path_from_the_root_of_a_container_is_the_file_of_the_tree(linked):
    graph = linked({
        "train.py": "import joblib\ndef train(m):\n    joblib.dump(m, 'models/fraud_best.pkl')\n",
        "serve.py": "import joblib\nMODEL = joblib.load('/app/models/fraud_best.pkl')\n",
    })  # fmt: skip

    assert links(graph) == {
        ("write", "train", "asset:models/fraud_best.pkl"),
        ("read", "<module>", "asset:models/fraud_best.pkl"),
    }
    assert not graph.findings


def test_what_django_stores_is_below_the_media_folder_that_others_open(linked):
    graph = linked({
        "keep.py": """
            from django.core.files.storage import default_storage
            def save(path, file):
                default_storage.save(path, file)
            def export(file):
                save("ml/latest.pkl", file)
            """,
        "load.py": "import joblib\ndef load():\n    return joblib.load('local/media/ml/latest.pkl')\n",
    })  # fmt: skip

    assert links(graph) == {
        ("write", "export", "asset:ml/latest.pkl"),
        ("read", "load", "asset:ml/latest.pkl"),
    }


PATHS = """
    import pathlib
    from pathlib import Path
    import joblib
    def load(folder, name):
        return joblib.load(pathlib.PosixPath.joinpath(folder, f"{name}.pkl"))
    def fetch(path, again):
        if again:
            return open(path).read()
        return fetch(pathlib.Path.joinpath(Path("../data"), path.split("/")[-1]), True)
    def summary(path):
        path.with_suffix(".json").write_text("{}")
    load(Path("../models"), "scaler")
    fetch("s3/raw/today.csv", False)
    summary(Path("../out/model"))
    summary(Path("runs/v1.2/model.pkl"))
    """


def test_methods_of_paths_may_be_called_on_their_class_and_a_path_has_components(linked):
    assert links(linked({"a.py": PATHS})) == {
        ("read", "load", "asset:../models/scaler.pkl"),
        ("read", "<module>", "asset:s3/raw/today.csv"),
        ("read", "fetch", "asset:../data/today.csv"),
        ("write", "summary", "asset:../out/model.json"),
        ("write", "summary", "asset:runs/v1.2/model.json"),
    }


SETTINGS = """
    from pathlib import Path
    import pandas as pd
    import yaml
    from pydantic import BaseModel
    class Settings(BaseModel):
        DATA: Path
        NAME: str
    def read_yaml(folder, name):
        with open(Path.joinpath(folder, name)) as stream:
            return yaml.safe_load(stream)
    settings = Settings(**read_yaml(Path(__file__).resolve().parents[0], "settings.yaml"))
    def main():
        return pd.read_csv(Path.joinpath(settings.DATA, f"clean_{settings.NAME}"))
    """


def test_settings_filled_from_a_file_name_what_is_read(linked):
    graph = linked({"conf/a.py": SETTINGS}, configs={"conf/settings.yaml": {"DATA": "data/", "NAME": "orders.csv"}})

    assert ("read", "main", "asset:data/clean_orders.csv") in links(graph)
