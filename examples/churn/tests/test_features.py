import numpy as np
import pandas as pd
import pytest

from churn.features.build import (
    FeatureBuilder,
    add_ratios,
    apply_defaults,
    billing_features,
    build_features,
    feature_row,
    split_labelled,
    ticket_features,
    usage_features,
)
from churn.features.columns import FEATURES, KEY
from churn.features.pipeline import build_preprocessor
from churn.features.transformers import FrequencyEncoder, QuantileClipper
from churn.utils import read_frame


def test_billing_features():
    billing = pd.DataFrame({KEY: [1, 1, 2], "amount": [10.0, 20.0, 5.0], "paid_late": [0, 1, 0]})

    result = billing_features(billing)

    assert result.loc[1].to_dict() == {"amount_mean": 15.0, "late_share": 0.5}


def test_usage_trend_is_late_over_early():
    usage = pd.DataFrame({KEY: 1, "week": [1, 2, 3, 4], "sessions": 1, "minutes": [10.0, 10.0, 5.0, 5.0]})

    assert usage_features(usage).loc[1, "usage_trend"] == pytest.approx(-0.5)


def test_only_open_high_tickets_are_severe():
    tickets = pd.DataFrame({KEY: [1, 1, 2], "severity": ["high", "high", "low"], "resolved": [0, 1, 0]})

    result = ticket_features(tickets)

    assert result["tickets"].to_dict() == {1: 2, 2: 1}
    assert result["severe_tickets"].dropna().to_dict() == {1: 1.0}


def test_apply_defaults_changes_the_frame_and_counts():
    frame = pd.DataFrame({"age": [np.nan, 30.0], "tickets": [np.nan, np.nan]})

    assert apply_defaults(frame, {"age": 40, "tickets": 0, "other": 1}) == 3
    assert frame.to_dict("list") == {"age": [40.0, 30.0], "tickets": [0.0, 0.0]}


def test_ratio_survives_free_customers():
    frame = pd.DataFrame({"minutes_mean": [10.0, 10.0], "amount_mean": [5.0, 0.0]})

    assert add_ratios(frame)["minutes_per_euro"].tolist() == [2.0, 0.0]


def test_one_row_per_customer(raw, tables):
    frame = build_features(tables, raw.as_of, raw.features.defaults)

    assert list(frame.columns) == [KEY, *FEATURES]
    assert frame[KEY].is_unique
    assert len(frame) == 320
    assert not frame.isna().any().any()


def test_split_keeps_everybody_once(raw, tables):
    frame = build_features(tables, raw.as_of, raw.features.defaults)

    train, test, rest = split_labelled(frame, tables["labels"], 0.25, seed=1)

    assert (len(train), len(test), len(rest)) == (180, 60, 80)
    assert set(train[KEY]) | set(test[KEY]) | set(rest[KEY]) == set(frame[KEY])


def test_builder_writes_three_tables(raw, tables):
    result = FeatureBuilder(raw.features, as_of=raw.as_of, seed=raw.seed).run(tables)

    assert result.rows == {"train": 180, "test": 60, "score": 80}
    assert "churned" in read_frame(result.train_path)
    assert "churned" not in read_frame(result.score_path)


def test_feature_row_fills_what_is_not_known():
    row = feature_row({"plan": "plus", "tenure_days": 90}, {"amount_mean": 20.0, "minutes_mean": 40.0})

    assert list(row.columns) == FEATURES
    assert row.loc[0, "minutes_per_euro"] == 2.0
    assert np.isnan(row.loc[0, "age"])


def test_clipper_learns_its_limits():
    values = np.arange(101, dtype=float).reshape(-1, 1)

    clipped = QuantileClipper(0.9).fit(values).transform([[-50.0], [50.0], [500.0]])

    assert clipped.ravel() == pytest.approx([10.0, 50.0, 90.0])


def test_unknown_categories_have_no_share():
    encoder = FrequencyEncoder().fit(pd.DataFrame({"region": ["a", "a", "b", "c"]}))

    assert encoder.transform(pd.DataFrame({"region": ["a", "z"]})).ravel().tolist() == [0.5, 0.0]


@pytest.mark.parametrize("scale", [True, False])
def test_preprocessor_gives_numbers(featured, scale):
    frame = read_frame(featured.features.train_path)

    values = build_preprocessor(scale=scale).fit_transform(frame[FEATURES])

    assert values.shape == (180, 15)
    assert np.isfinite(values.astype(float)).all()
