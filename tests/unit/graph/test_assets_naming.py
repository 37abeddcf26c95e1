"""Names and kinds of assets."""

import pytest

from decompose.graph.naming import broadest, is_nameless, kind_of, likeliest, normal_path, pattern_of


@pytest.mark.parametrize(
    ("text", "path"),
    [("./a//b.csv", "a/b.csv"), (r"notebook\data\stud.csv", "notebook/data/stud.csv"), ("s3://b/k.csv", "s3://b/k.csv"),
     ("a/../b.csv", "b.csv")],
)  # fmt: skip
def test_one_thing_has_one_spelling(text: str, path: str):
    assert normal_path(text) == path


@pytest.mark.parametrize(
    ("name", "stated", "kind"),
    [("artifacts/model.pkl", "file", "model"), ("https://x/y.csv", "file", "url"), ("s3://b/k", "file", "object"),
     ("params.yaml", "file", "config"), ("a.csv", "file", "file"), ("orders", "table", "table")],
)  # fmt: skip
def test_the_name_gives_the_kind_away(name: str, stated: str, kind: str):
    assert kind_of(name, stated) == kind


def test_a_name_of_which_nothing_is_known_is_nameless():
    assert is_nameless("{}")
    assert is_nameless("data/{path}")
    assert not is_nameless("{dir}/model.pkl")
    assert not is_nameless("models/{name}_v1.pt")


def test_a_template_fits_the_names_that_it_may_stand_for():
    assert pattern_of("{dir}/model.pkl").fullmatch("artifacts/model.pkl")
    assert not pattern_of("{dir}/model.pkl").fullmatch("artifacts/other.pkl")


def test_of_templates_that_cover_each_other_one_is_told():
    names = [
        "out/a.csv",
        "out/report_{a}_{now}.html",
        "out/report_{a}.html",
        "out/report_{b}_{now}.html",
        "out/other_{a}.html",
    ]

    assert broadest(names) == ["out/a.csv", "out/report_{a}.html", "out/other_{a}.html"]
    assert broadest(["out/{a}", "out/report_{a}.html"]) == ["out/{a}", "out/report_{a}.html"]


def test_settings_that_reach_a_call_beside_its_path_are_no_files():
    assert likeliest(["float32", "1e-08", "True{}", "eV/Ang", "db.h5", "out/{name}.npz"]) == ["db.h5", "out/{name}.npz"]
    assert likeliest(["best_model", "last_model"]) == ["best_model", "last_model"]
