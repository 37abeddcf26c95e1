import numpy as np
import pandas as pd
import pytest

from churn.exceptions import DataError
from churn.utils import (
    frame_digest,
    load_object,
    read_frame,
    read_json,
    save_object,
    timed,
    write_frame,
    write_json,
)


def test_objects_survive_saving(tmp_path):
    path = save_object(tmp_path / "deep" / "object.joblib", {"weights": np.arange(3)})

    assert load_object(path)["weights"].tolist() == [0, 1, 2]


@pytest.mark.parametrize("reader", [load_object, read_json, read_frame])
def test_missing_files_are_data_errors(reader, tmp_path):
    with pytest.raises(DataError, match="gone"):
        reader(tmp_path / "gone")


def test_json_is_sorted(tmp_path):
    path = write_json(tmp_path / "a.json", {"b": 1, "a": [1.5]})

    assert path.read_text().index('"a"') < path.read_text().index('"b"')
    assert read_json(path) == {"a": [1.5], "b": 1}


def test_relative_paths_are_taken_from_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    write_json("reports/r.json", {"ok": True})

    assert (tmp_path / "reports" / "r.json").exists()


def test_frames_keep_their_values(tmp_path):
    frame = pd.DataFrame({"id": [1, 2], "value": [0.5, np.nan], "name": ["a", "b"]})

    pd.testing.assert_frame_equal(read_frame(write_frame(tmp_path / "t.csv", frame)), frame)


def test_digest_sees_values_and_ignores_noise():
    frame = pd.DataFrame({"p": [0.1, 0.2]})

    assert frame_digest(frame) == frame_digest(frame + 1e-9)
    assert frame_digest(frame) != frame_digest(frame + 0.1)


def test_timed_keeps_name_and_result():
    @timed
    def double(x):
        return 2 * x

    assert double(4) == 8
    assert double.__name__ == "double"
