"""From raw tables to one row per customer."""

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from churn.data.validate import SCHEMA, coerce_types
from churn.entities import FeatureResult
from churn.features.columns import FEATURES, KEY, TARGET
from churn.logger import get_logger
from churn.utils import timed, write_frame

logger = get_logger(__name__)


def billing_features(billing):
    """Mean amount and share of late payments."""
    grouped = billing.groupby(KEY)
    return pd.DataFrame({"amount_mean": grouped["amount"].mean(), "late_share": grouped["paid_late"].mean()})


def usage_features(usage):
    """Level of use, and how it changed: mean of the last weeks over the first ones, minus one."""
    grouped = usage.groupby(KEY)
    middle = usage["week"].median()
    early = usage[usage["week"] <= middle].groupby(KEY)["minutes"].mean()
    late = usage[usage["week"] > middle].groupby(KEY)["minutes"].mean()
    trend = late / early.where(early > 0) - 1
    return pd.DataFrame(
        {
            "sessions_mean": grouped["sessions"].mean(),
            "minutes_mean": grouped["minutes"].mean(),
            "usage_trend": trend.clip(-1, 3),
        }
    )


def ticket_features(tickets):
    """Number of tickets, and of severe ones that were left open."""
    severe = tickets[(tickets["severity"] == "high") & (tickets["resolved"] == 0)]
    return pd.DataFrame(
        {"tickets": tickets.groupby(KEY).size(), "severe_tickets": severe.groupby(KEY).size()}
    )


def apply_defaults(frame, defaults):
    """Fill missing values of `frame` in place and return how many there were."""
    filled = 0
    for column, value in defaults.items():
        if column in frame:
            filled += int(frame[column].isna().sum())
            frame[column] = frame[column].fillna(value)
    return filled


def add_ratios(frame):
    """Return `frame` with the columns that relate two others."""
    price = frame["amount_mean"].where(frame["amount_mean"] > 0)
    return frame.assign(minutes_per_euro=(frame["minutes_mean"] / price).fillna(0.0))


def build_features(tables, as_of, defaults=None):
    """Return one row per customer with all feature columns, ordered by customer."""
    customers = tables["customers"].copy()
    coerce_types(customers, SCHEMA["customers"])
    customers["tenure_days"] = (pd.Timestamp(as_of) - customers["signup_date"]).dt.days
    frame = customers.drop(columns="signup_date").set_index(KEY)
    frame = frame.join(billing_features(tables["billing"]))
    frame = frame.join(usage_features(tables["usage"]))
    frame = frame.join(ticket_features(tables["tickets"]))
    filled = apply_defaults(frame, defaults or {})
    logger.info("filled %d missing values", filled)
    frame = add_ratios(frame)
    return frame.reset_index().sort_values(KEY, ignore_index=True)[[KEY, *FEATURES]]


def split_labelled(frame, labels, test_size, seed):
    """Return the labelled customers as train and test part, and the others."""
    labelled = frame.merge(labels, on=KEY, how="inner")
    unlabelled = frame[~frame[KEY].isin(labels[KEY])].reset_index(drop=True)
    train, test = train_test_split(
        labelled, test_size=test_size, random_state=seed, stratify=labelled[TARGET]
    )
    return train.sort_values(KEY), test.sort_values(KEY), unlabelled


class FeatureBuilder:
    """Builds the feature tables and writes them."""

    def __init__(self, config, as_of="2024-06-30", seed=7):
        self.config = config
        self.as_of = as_of
        self.seed = seed

    @timed
    def run(self, tables):
        """Write train, test and score tables."""
        frame = build_features(tables, self.as_of, self.config.defaults)
        train, test, unlabelled = split_labelled(frame, tables["labels"], self.config.test_size, self.seed)
        write_frame(self.config.train_path, train)
        write_frame(self.config.test_path, test)
        write_frame(self.config.score_path, unlabelled)
        return FeatureResult(
            train_path=self.config.train_path,
            test_path=self.config.test_path,
            score_path=self.config.score_path,
            rows={"train": len(train), "test": len(test), "score": len(unlabelled)},
            columns=list(FEATURES),
        )


def feature_row(payload, defaults=None):
    """Return one customer, given as a mapping, as a table with one row that a model can read."""
    row = {column: payload.get(column, np.nan) for column in FEATURES}
    frame = pd.DataFrame([row])
    apply_defaults(frame, defaults or {})
    return add_ratios(frame)[FEATURES]
