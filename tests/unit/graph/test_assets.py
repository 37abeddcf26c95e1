"""Readers and writers of assets, whatever road their name takes."""

import pytest

from decompose.ir.graph import CodeGraph


def links(graph: CodeGraph) -> set[tuple[str, str, str]]:
    """Return (unit, read or write, asset name) of every asset edge."""
    names = {asset.symbol: asset.name for asset in graph.assets}
    return {(e.source, e.kind, names[e.target]) for e in graph.edges if e.kind in ("read", "write")}


ROADS = [
    ("import pandas as pd", "def f():\n    return pd.read_csv('a/b.csv')", "read", "a/b.csv"),
    ("import os", "def f(d: 'D'):\n    return open(os.path.join('out', 'x.csv'), 'w')", "write", "out/x.csv"),
    (
        "from pathlib import Path",
        "R = Path('data')\ndef f():\n    return (R / 'x.txt').read_text()",
        "read",
        "data/x.txt",
    ),
    ("import joblib", "N = 'm'\ndef f(x):\n    joblib.dump(x, f'models/{N}.pkl')", "write", "models/m.pkl"),
    ("import pickle", "def f(x):\n    with open('m', 'wb') as o:\n        pickle.dump([1], o)", "write", "m"),
    ("import pandas as pd", "def f(c):\n    return pd.read_sql('select a from orders', c)", "read", "orders"),
    ("import torch", "class C:\n    p = 'w.pt'\n    def f(self, m):\n        torch.save(m, self.p)", "write", "w.pt"),
    (
        "from pathlib import Path",
        "def f(u):\n    e = Path(u.name).suffix\n    open(f'out/latest{e}', 'w')",
        "write",
        "out/latest{}",
    ),
    ("import shutil", "def f():\n    shutil.copy('a.csv', 'b.csv')", "write", "b.csv"),
]


@pytest.mark.parametrize(("needs", "body", "way", "name"), ROADS)
def test_a_name_is_followed_to_where_it_is_written_down(linked, needs: str, body: str, way: str, name: str):
    found = links(linked({"m.py": f"{needs}\n{body}\n"}))

    assert (way, name) in {(kind, asset) for _, kind, asset in found}


def test_a_thin_wrapper_hands_its_link_to_the_unit_that_names_the_file(linked):
    graph = linked({
        "util.py": """
            import os, pickle
            def save(path, obj):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as out:
                    pickle.dump(obj, out)
            def load(path):
                with open(path, "rb") as source:
                    return pickle.load(source)
            """,
        "train.py": """
            from util import save
            def fit(model):
                save("artifacts/model.pkl", model)
            """,
        "serve.py": """
            from util import load
            def predict(x):
                return load(path="artifacts/model.pkl").predict(x)
            """,
    })  # fmt: skip

    assert links(graph) == {
        ("train:fit", "write", "artifacts/model.pkl"),
        ("serve:predict", "read", "artifacts/model.pkl"),
    }


def test_a_function_that_works_with_what_it_reads_keeps_its_link(linked):
    graph = linked({
        "m.py": """
            import pandas as pd
            def clean(path):
                frame = pd.read_csv(path)
                frame["x"] = frame["y"] * 2
                return frame.groupby("x").sum()
            def main():
                return clean("raw.csv")
            """
    })  # fmt: skip

    assert links(graph) == {("m:clean", "read", "raw.csv")}


def test_a_path_in_a_configuration_file_is_known_in_the_code(linked):
    graph = linked(
        {
            "util.py": """
                import yaml
                def read_yaml(path):
                    with open(path) as source:
                        return yaml.safe_load(source)
                """,
            "ingest.py": """
                import os
                import pandas as pd
                from util import read_yaml
                class Settings:
                    def __init__(self, path="config/config.yaml"):
                        self.content = read_yaml(path)
                    def raw(self):
                        return os.path.join(self.content["root"], self.content["ingest"]["file"])
                def ingest():
                    return pd.read_csv(Settings().raw())
                """,
        },
        {"config/config.yaml": {"root": "data", "ingest": {"file": "raw.csv"}}},
    )

    assert ("ingest:ingest", "read", "data/raw.csv") in links(graph)


def test_a_command_line_default_names_a_file_and_an_option_without_one_is_a_template(linked):
    graph = linked({
        "m.py": """
            import argparse, os
            import pandas as pd
            def main():
                parser = argparse.ArgumentParser()
                parser.add_argument("--data-file", default="in.csv")
                parser.add_argument("--out")
                args = parser.parse_args()
                frame = pd.read_csv(args.data_file)
                frame.to_parquet(os.path.join(args.out, "clean.parquet"))
            """
    })  # fmt: skip

    assert links(graph) == {("m:main", "read", "in.csv"), ("m:main", "write", "{out}/clean.parquet")}


def test_a_template_that_fits_one_known_file_is_that_file(linked):
    graph = linked({
        "m.py": """
            import joblib
            def save(x):
                joblib.dump(x, "artifacts/model.pkl")
            def load(folder):
                model = joblib.load(folder + "/model.pkl")
                return model.predict([folder])
            """
    })  # fmt: skip

    assert [asset.name for asset in graph.assets] == ["artifacts/model.pkl"]


def test_an_archive_writes_the_files_below_its_folder_that_others_read(linked):
    graph = linked({
        "m.py": """
            import zipfile
            import pandas as pd
            def unpack():
                with zipfile.ZipFile("raw.zip", "r") as archive:
                    archive.extractall("data")
            def use():
                return pd.read_csv("data/a.csv").head()
            """
    })  # fmt: skip

    assert ("m:unpack", "write", "data/a.csv") in links(graph)


def test_columns_that_a_reader_needs_are_told_of_the_file(linked):
    graph = linked({
        "m.py": """
            import pandas as pd
            def f():
                frame = pd.read_csv("a.csv")
                frame["total"] = frame["price"] * frame["count"]
                return frame["total"].sum()
            """
    })  # fmt: skip

    assert graph.assets[0].columns == ("count", "price")
    uses = next(u for u in graph.units if u.symbol == "m:f").columns
    assert {(c.name, c.use) for c in uses} == {("count", "read"), ("price", "read"), ("total", "write")}


def test_a_url_says_which_own_route_answers_it(linked):
    graph = linked({
        "api.py": """
            from fastapi import FastAPI
            app = FastAPI()
            @app.get("/scores/{day}")
            def scores(day: str):
                return day
            """,
        "page.py": """
            import requests
            URL = "http://localhost:8000"
            def show(day):
                return requests.get(f"{URL}/scores/{day}").json()
            """,
    })  # fmt: skip

    url = next(a for a in graph.assets if a.kind == "url")
    assert url.detail == "answered by `api:scores`"


def test_a_folder_that_only_a_test_knows_makes_no_second_file(linked):
    graph = linked({
        "m.py": """
            import pandas as pd
            def split(folder):
                frame = pd.read_csv(folder + "/raw.csv")
                return frame.groupby("x").sum()
            def main():
                return split("data")
            """,
        "test_m.py": """
            from m import split
            def test_split(tmp_path):
                split(tmp_path)
            """,
    })  # fmt: skip

    assert {name for unit, _, name in links(graph) if unit == "m:split"} == {"data/raw.csv"}


def test_a_name_that_only_a_test_passes_is_not_the_name_of_the_file(linked):
    graph = linked({
        "m.py": """
            import argparse
            import pandas as pd
            def load(place):
                frame = pd.read_csv(place)
                return frame.groupby("x").sum()
            def main():
                parser = argparse.ArgumentParser()
                parser.add_argument("--place")
                return load(parser.parse_args().place)
            """,
        "tests/test_m.py": "from m import load\ndef test_load():\n    load('https://example.org/x.csv')\n",
    })  # fmt: skip

    assert {name for unit, _, name in links(graph) if unit == "m:load"} == {"{place}"}


def test_each_settings_class_is_made_from_the_section_that_fits_it(linked):
    source = """
        from dataclasses import dataclass
        from pathlib import Path
        import yaml
        @dataclass
        class Features:
            folder: Path
            test_size: float
            def table(self):
                return self.folder / "train.csv"
        @dataclass
        class Training:
            folder: Path
            folds: int
            def model(self):
                return self.folder / "model.bin"
        SECTIONS = {"features": Features, "training": Training}
        def section(name, values):
            return SECTIONS[name](**values)
        def settings():
            content = yaml.safe_load(Path("conf.yaml").read_text())
            return {name: section(name, content.pop(name)) for name in SECTIONS}
        def run():
            made = settings()
            made["features"].table().write_text("a")
            made["training"].model().write_bytes(b"")
        """
    sections = {"features": {"folder": "f", "test_size": 0.2}, "training": {"folder": "t", "folds": 3}}

    found = {name for _, kind, name in links(linked({"m.py": source}, {"conf.yaml": sections})) if kind == "write"}

    assert found == {"f/train.csv", "t/model.bin"}


def test_a_configuration_of_many_sections_makes_each_class_from_its_own(linked):
    names = [f"part{number}" for number in range(12)]
    classes = "".join(
        f"@dataclass\nclass {n.title()}:\n    folder: Path\n    {n}: int = 0\n    def file(self):\n"
        f"        return self.folder / '{n}.csv'\n"
        for n in names
    )
    table = ", ".join(f"'{n}': {n.title()}" for n in names)
    source = (
        f"from dataclasses import dataclass\nfrom pathlib import Path\nimport yaml\n{classes}SECTIONS = {{{table}}}\n"
        "def section(name, values):\n    return SECTIONS[name](**values)\n"
        "def settings():\n    content = yaml.safe_load(Path('conf.yaml').read_text())\n"
        "    return {name: section(name, content.pop(name)) for name in SECTIONS}\n"
        "def run():\n    settings()['part3'].file().write_text('a')\n"
    )
    sections = {n: {"folder": f"out_{n}", n: 1} for n in names}

    found = {name for _, kind, name in links(linked({"m.py": source}, {"conf.yaml": sections})) if kind == "write"}

    assert "out_part3/part3.csv" in found
    assert found <= {f"out_{n}/{n}.csv" for n in names}


def test_defaults_of_click_and_a_dataclass_filled_from_a_file_name_files(linked):
    schema = {
        "m.py": """
            import click, yaml
            import pandas as pd
            from dataclasses import dataclass
            from marshmallow_dataclass import class_schema
            @dataclass
            class Params:
                source: str
                target: str
            Schema = class_schema(Params)
            def params_of(path):
                with open(path) as file:
                    return Schema().load(yaml.safe_load(file))
            @click.command()
            @click.argument("config", default=r"conf\\main.yaml")
            @click.option("--extra-file", default="extra.csv")
            def run(config, extra_file):
                params = params_of(config)
                pd.read_csv(extra_file)
                pd.read_csv(params.source).to_csv(params.target)
            """,
    }

    found = links(linked(schema, {"conf/main.yaml": {"source": "a.csv", "target": "b.csv"}}))

    assert {name for unit, _, name in found if unit == "m:run"} == {"conf/main.yaml", "extra.csv", "a.csv", "b.csv"}


def test_what_no_library_describes_may_write_frames(linked):
    graph = linked(
        {"m.py": "from unknown import fetch\ndef f():\n    rows, rest = fetch()\n    rows.to_csv('a.csv')\n"}
    )

    assert links(graph) == {("m:f", "write", "a.csv")}
