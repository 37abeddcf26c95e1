import numpy as np
import pandas as pd
import pytest


def test_a_short_gap_is_filled_from_the_hour_before(readings):
    from prepare import clean

    readings.loc[5, "load_mw"] = np.nan
    assert clean(readings).loc[5, "load_mw"] == readings.loc[4, "load_mw"]


def test_a_long_gap_is_dropped(readings):
    from prepare import clean

    readings.loc[5:20, "load_mw"] = np.nan
    assert len(clean(readings)) == len(readings) - 13


def test_lags_do_not_cross_cities(readings):
    from prepare import lags

    out = lags(readings)
    assert (out["load_mw"] - out["lag_24"] == 24).all()
    assert set(out["city"]) == {"basel", "kiel"}


def test_the_calendar_knows_weekends(readings):
    from common import calendar

    out = calendar(readings)
    assert out["is_weekend"].any() and not out["is_weekend"].all()
    assert "weekday" not in readings.columns


def test_the_split_is_in_time(readings):
    from train import split

    past, recent = split(readings)
    assert past["hour"].max() <= recent["hour"].min()
    assert len(past) == 128


def test_a_model_learns(readings):
    from common import calendar
    from prepare import lags
    from train import FEATURES, train

    table = lags(calendar(readings.assign(temperature=10.0)))
    guesses = train(table, trees=20).predict(table[FEATURES])
    assert np.abs(guesses - table["load_mw"]).mean() < 5


def test_training_without_features_says_which(readings):
    from train import train

    with pytest.raises(KeyError, match="temperature"):
        train(readings)


def test_dump_and_load(tmp_path):
    from common import dump, load

    dump({"a": pd.Series([1, 2])}, tmp_path / "deep" / "x.pkl")
    assert load(tmp_path / "deep" / "x.pkl")["a"].tolist() == [1, 2]
