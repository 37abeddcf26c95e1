"""A step that training fits and serving forgets."""

import pytest

from decompose.ir.graph import CodeGraph

TRAIN = """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

def train():
    frame = pd.read_csv("data.csv")
    scaler = StandardScaler()
    x = scaler.fit_transform(frame[["a", "b"]])
    model = LogisticRegression().fit(x, frame["y"])
    joblib.dump(model, "models/churn.pkl")
"""
SERVE = """
import joblib

def predict(rows):
    model = joblib.load("models/churn.pkl")
    return model.predict(rows)
"""


def skewed(graph: CodeGraph) -> list[tuple[str, int]]:
    """Return the places of the findings."""
    return [(x.span.path, x.span.line) for x in graph.findings if x.code == "DC305"]


def test_a_scaler_that_serving_does_not_repeat_is_told_where_the_model_is_read(linked):
    graph = linked({"train.py": TRAIN, "serve.py": SERVE})

    assert skewed(graph) == [("serve.py", 5)]
    finding = next(x for x in graph.findings if x.code == "DC305")
    assert "`StandardScaler` is fitted before `models/churn.pkl` in `train:train`" in finding.message


REFITTED = """
import joblib
from sklearn.preprocessing import StandardScaler

def predict(rows):
    model = joblib.load("models/churn.pkl")
    return model.predict(StandardScaler().fit_transform(rows))
"""
IN_A_HELPER = """
import joblib

def predict(rows):
    return prepared(joblib.load("models/churn.pkl"), rows)

def prepared(model, rows):
    return model.predict(steps().transform(rows))

def steps():
    return joblib.load("steps.pkl")
"""
SECOND_ARTIFACT = SERVE.replace("(rows)\n", "(joblib.load('scaler.pkl').transform(rows))\n", 1)
NO_PREDICTION = SERVE.replace("return model.predict(rows)", "return model")


@pytest.mark.parametrize("serve", [REFITTED, IN_A_HELPER, SECOND_ARTIFACT, NO_PREDICTION])
def test_serving_that_prepares_or_does_not_predict_is_not_told(linked, serve: str):
    assert skewed(linked({"train.py": TRAIN, "serve.py": serve})) == []


def test_a_pipeline_carries_its_steps(linked):
    train = TRAIN.replace("import joblib", "import joblib\nfrom sklearn.pipeline import make_pipeline").replace(
        "LogisticRegression().fit(x", "make_pipeline(scaler, LogisticRegression()).fit(x"
    )

    assert skewed(linked({"train.py": train, "serve.py": SERVE})) == []


def test_an_encoder_of_the_target_is_no_step_of_serving(linked):
    assert skewed(linked({"train.py": TRAIN.replace("StandardScaler", "LabelEncoder"), "serve.py": SERVE})) == []


def test_a_shared_preparation_is_a_repetition(linked):
    shared = "from sklearn.preprocessing import normalize\ndef prepare(rows):\n    return normalize(rows)\n"
    train = TRAIN.replace("def train", "from steps import prepare\ndef train").replace(
        "fit_transform(frame", "fit_transform(prepare(frame"
    ).replace('"b"]])', '"b"]]))')  # fmt: skip
    serve = SERVE.replace("import joblib", "import joblib\nfrom steps import prepare").replace(
        "(rows)\n", "(prepare(rows))\n"
    )

    assert skewed(linked({"steps.py": shared, "train.py": train, "serve.py": serve})) == []


CHOSEN = """
import joblib
from sklearn.feature_selection import RFE
from sklearn.linear_model import LinearRegression

def choose(x, y):
    selector = RFE(LinearRegression())
    selector.fit(x, y)
    joblib.dump(list(x.columns[selector.get_support()]), "models/churn.pkl")
"""


def test_what_a_selector_chose_is_no_model(linked):
    assert skewed(linked({"choose.py": CHOSEN, "serve.py": SERVE})) == []


def test_what_fits_a_model_of_its_own_does_not_serve(linked):
    again = SERVE.replace("import joblib", "import joblib\nfrom sklearn.linear_model import LinearRegression").replace(
        "return model.predict(rows)", "return model.predict(rows) - LinearRegression().fit(rows, rows).predict(rows)"
    )

    assert skewed(linked({"train.py": TRAIN, "serve.py": again})) == []
