"""Answers of the knowledge base."""

from pathlib import Path

import pytest

from decompose.errors import ConfigError
from decompose.knowledge import load


def test_a_reader_names_the_argument_that_holds_the_path():
    api = load().find("pandas.read_csv")

    assert api is not None
    assert (api.role, api.effect, api.asset, api.argument, api.position) == (
        "ingest",
        "read",
        "file",
        "filepath_or_buffer",
        0,
    )
    assert api.returns == "pandas.DataFrame"


def test_a_method_that_returns_its_receiver_answers_with_the_class_asked_for():
    knowledge = load()

    assert knowledge.returns("sklearn.preprocessing.StandardScaler.fit") == "sklearn.preprocessing.StandardScaler"
    assert knowledge.returns("pandas.Series.shift") == "pandas.Series"


def test_family_methods_take_the_role_of_the_class_unless_they_have_their_own():
    knowledge = load()

    assert knowledge.find("sklearn.preprocessing.OneHotEncoder.fit_transform").role == "features"
    assert knowledge.find("xgboost.XGBClassifier.fit").role == "training"
    assert knowledge.find("sklearn.model_selection.GridSearchCV.fit").role == "tuning"


def test_private_and_renamed_paths_lead_to_the_documented_name():
    knowledge = load()

    assert knowledge.canonical("tensorflow.keras.models.load_model") == "keras.models.load_model"
    assert knowledge.canonical("pandas.core.frame.DataFrame.to_csv") == "pandas.DataFrame.to_csv"
    assert knowledge.find("tensorflow.keras.models.load_model").effect == "read"


def test_an_unlisted_name_gets_the_default_of_its_package_and_says_so():
    api = load().find("sklearn.metrics.some_new_score")

    assert api.role == "evaluation"
    assert not api.is_exact
    assert load().returns("sklearn.metrics.some_new_score") == ""


def test_an_unknown_package_has_no_answer():
    assert load().find("no_such_library.train") is None


def test_only_the_file_of_the_library_asked_for_is_read():
    knowledge = type(load())()

    knowledge.find("joblib.dump")

    assert sorted(knowledge._libraries) == ["joblib"]


def test_a_users_own_file_wins_over_the_built_in_one(tmp_path: Path):
    own = tmp_path / "house.toml"
    own.write_text(
        'library = "house"\n[[api]]\nrole = "monitoring"\nnames = "house.watch"\n'
        '[[api]]\nrole = "validation"\neffect = "read"\nasset = "file"\nnames = "pandas.read_csv(filepath_or_buffer)"\n'
    )

    knowledge = load((own,))

    assert knowledge.find("house.watch").role == "monitoring"
    assert knowledge.find("pandas.read_csv").role == "validation"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[api]]\nnames = 'a'\nrole = 'cooking'\n", "`cooking` is no role"),
        ("[[api]]\nnames = 'a'\nrule = 'x'\n", "unknown key `rule`"),
        ("[[api]]\nnames = 'a(b'\n", "cannot read the name `a(b`"),
        ("[[api\n", "not a TOML file"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, text: str, message: str):
    own = tmp_path / "own.toml"
    own.write_text(text)

    with pytest.raises(ConfigError, match=message.replace("(", r"\(").replace("`", "`")):
        load((own,))


@pytest.mark.parametrize(
    ("chain", "name"),
    [
        ("pandas.read_csv().drop().head", "pandas.DataFrame.head"),
        ("pandas.read_csv()[].value_counts", "pandas.Series.value_counts"),
        ("pandas.read_csv()[].merge", "pandas.DataFrame.merge"),
        ("pandas.DataFrame.iloc[].merge", "pandas.DataFrame.merge"),
        ("pandas.DataFrame.values.reshape", "numpy.ndarray.reshape"),
        ("pandas.read_csv().groupby()[].mean", "pandas.api.typing.SeriesGroupBy.mean"),
        ("sklearn.model_selection.train_test_split()[].to_csv", "pandas.DataFrame.to_csv"),
        ("sklearn.linear_model.LinearRegression().fit().predict", "sklearn.linear_model.LinearRegression.predict"),
        ("boto3.client().upload_file", "boto3.client.upload_file"),
        ("six.moves.urllib.request.urlretrieve", "urllib.request.urlretrieve"),
        ("unknown.thing().method", "unknown.thing.method"),
        ("pandas.read_csv().tag.value_counts", "pandas.Series.value_counts"),
        ("torch.utils.data.DataLoader()[].to", "torch.Tensor.to"),
        ("torch.nn.Linear().__call__().view", "torch.Tensor.view"),
        ("torch.autograd.grad()[].cpu", "torch.Tensor.cpu"),
        ("tqdm.auto.tqdm().update", "tqdm.tqdm.update"),
    ],
)
def test_a_chain_of_calls_is_followed_to_a_documented_name(chain: str, name: str):
    assert load().resolve(chain) == name


@pytest.mark.parametrize(
    ("chain", "name"),
    [("pandas.read_csv()", "pandas.DataFrame"), ("pandas.read_csv()[]", "pandas.Series"), ("numpy.bool", "numpy.bool"),
     ("pandas.read_csv().drop()[].map()", "pandas.Series"), ("unknown.thing()", "")],
)  # fmt: skip
def test_the_type_of_a_chain_is_what_its_last_step_gives(chain: str, name: str):
    assert load().type_of(chain) == name
