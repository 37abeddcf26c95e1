import gzip
import io
import json
import pickle
import sqlite3
import zipfile
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from decompose.parity import Tolerance
from decompose.parity.files import content_difference, file_difference
from decompose.parity.rawarray import decode, parse_npy
from decompose.parity.unpickle import UnreadableError, read_pickle

X = np.random.default_rng(0).normal(size=(60, 3))


def _npy(array):
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()


def _joblib(value, compress=0):
    stream = io.BytesIO()
    joblib.dump(value, stream, compress=compress)
    return stream.getvalue()


def _model(seed=0):
    return make_pipeline(StandardScaler(), RandomForestClassifier(3, random_state=seed)).fit(X, X[:, 0] > 0)


def _zip(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "left", "right", "place"),
    [
        ("a.csv", b"x,y\n1,2.5\n3,4\n", b"x,y\n1,2.6\n3,4\n", "a.csv row 1, column 'y'"),
        ("a.csv", b"x\n1\n2\n", b"x\n2\n1\n", "a.csv row 1, column 'x'"),
        ("a.csv", b"x\n1\n", b"x\n1.0\n", "a.csv row 1, column 'x'"),
        ("a.csv", b"x\n1\n", b"x\n\n", "a.csv row 1"),
        ("a.csv", b"x,y\n1,2\n", b"y,x\n1,2\n", "a.csv header"),
        ("a.json", b'{"a": [1, 2]}', b'{"a": [1, 3]}', "a.json ['a'][1]"),
        ("a.jsonl", b'{"a": 1}\n', b'{"a": null}\n', "a.jsonl [0]['a']"),
        ("a.npy", _npy(X), _npy(X.astype("f4")), "a.npy"),
        ("a.npy", _npy(X), _npy(X + (np.arange(3) == 1) * 0.1), "a.npy[0, 1]"),
        ("a.npz", _zip(x_npy=_npy(X)), _zip(x_npy=_npy(X[::-1])), "a.npz!x.npy[0, 0]"),
        (
            "a.csv.gz",
            gzip.compress(b"x\n1.5\n", mtime=0),
            gzip.compress(b"x\n2.5\n", mtime=0),
            "a.csv row 1, column 'x'",
        ),
        ("a.txt", b"R2: 0.88\n", b"R2: 0.89\n", "a.txt line 1"),
        ("a.bin", b"abc", b"abd", "a.bin"),
        ("m.pkl", pickle.dumps({"a": 1}), pickle.dumps({"a": 2}), "m.pkl['a']"),
        ("m.pkl", pickle.dumps({"a": None}), pickle.dumps({"a": float("nan")}), "m.pkl['a']"),
        ("m.joblib", _joblib(_model(0)), _joblib(_model(1)), "m.joblib['steps'][1][1]['random_state']"),
        ("m.joblib", _joblib(_model(0), 3), _joblib(_model(1), 3), "m.joblib['steps'][1][1]['random_state']"),
        ("m.joblib", _joblib({"x": X}), _joblib({"x": X + 1}), "m.joblib['x'][0, 0]"),
    ],
)
def test_the_first_difference_is_found_where_it_is(name, left, right, place):
    found = content_difference(left, right, name, Tolerance())

    assert found is not None
    assert found.place == place


@pytest.mark.parametrize(
    ("name", "left", "right"),
    [
        ("a.csv", b"x\n0.1\n", b"x\n0.10000000000000001\n"),
        ("a.json", b'{"a": 0.3}', b'{"a": 0.30000000000000004}'),
        ("a.npy", _npy(X), _npy(np.asfortranarray(X))),
        ("m.joblib", _joblib(_model()), _joblib(pickle.loads(pickle.dumps(_model())))),
        ("m.joblib", _joblib(_model(), ("xz", 3)), _joblib(pickle.loads(pickle.dumps(_model())), ("xz", 3))),
        ("m.pkl", pickle.dumps(["a" * 9, "a" * 9][:1] * 2), pickle.dumps(["a" * 9, "".join("a" * 9)])),
        ("a.npz", _zip(x_npy=_npy(X)), _zip(x_npy=_npy(X + 1e-15))),
    ],
)
def test_equal_contents_with_other_bytes_are_equal(name, left, right):
    assert left != right
    assert content_difference(left, right, name, Tolerance()) is None


@pytest.mark.parametrize("protocol", range(6))
def test_pickles_of_every_protocol_are_followed(protocol):
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", None], "c": pd.Categorical(["u", "v"])})
    changed = frame.copy()
    changed.loc[1, "a"] = 2.5

    equal = content_difference(*(pickle.dumps(f, protocol) for f in (frame, frame.copy())), "f.pkl", Tolerance())
    found = content_difference(*(pickle.dumps(f, protocol) for f in (frame, changed)), "f.pkl", Tolerance())

    assert equal is None
    assert found is not None


def test_a_hostile_pickle_is_read_without_running_it(tmp_path):
    target = tmp_path / "canary"

    class Trap:
        def __reduce__(self):
            return (open, (str(target), "w"))

    tree = read_pickle(pickle.dumps(Trap()))

    assert not target.exists()
    assert type(tree).__name__ == "Call"


@pytest.mark.parametrize(
    "content", [b"", b"not a pickle", pickle.dumps([1, 2, 3])[:-4], b"\x1f\x8bgarbage", b"\x80\x04."]
)
def test_a_damaged_pickle_is_an_error_not_a_crash(content):
    with pytest.raises(UnreadableError):
        read_pickle(content)


def test_damaged_files_are_compared_as_bytes():
    found = content_difference(b"\x93NUMPY broken", b"\x93NUMPY brokem", "a.npy", Tolerance())

    assert found is not None
    assert "byte" in found.note


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i1", "i8", "u4", "?", "c16", "M8[s]", "S3", "U2"])
def test_raw_arrays_are_decoded_as_numpy_would(dtype):
    array = np.array([1, 0, 1]).astype(dtype)

    values = decode(parse_npy(_npy(array)))

    assert values is not None
    if array.dtype.kind in "fiucb":
        assert list(values) == array.tolist()


def test_databases_are_compared_table_by_table(tmp_path: Path):
    def database(name: str, score: float) -> Path:
        with sqlite3.connect(tmp_path / name) as connection:
            connection.execute("CREATE TABLE scores (id INTEGER, score REAL)")
            connection.execute("INSERT INTO scores VALUES (1, ?)", [score])
        return tmp_path / name

    found = file_difference(database("a.db", 0.5), database("b.db", 0.6), place="a.db", tolerance=Tolerance())

    assert found is not None
    assert found.place == "a.db ['scores']['rows'][0][1]"


def test_json_of_another_type_differs():
    found = content_difference(json.dumps([1]).encode(), json.dumps([1.0]).encode(), "a.json", Tolerance())

    assert found is not None
    assert found.kind == "type"
