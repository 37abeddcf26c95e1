"""Shared fixtures: a small project in a temporary folder."""

import pytest

from churn.config import make_config
from churn.data.generate import generate_data
from churn.data.ingest import DataIngestion, load_tables
from churn.features.build import FeatureBuilder
from churn.pipeline import retrain_and_promote

DEFAULTS = {
    "age": 41,
    "amount_mean": 30.0,
    "late_share": 0.0,
    "minutes_mean": 0.0,
    "sessions_mean": 0.0,
    "usage_trend": 0.0,
    "tickets": 0,
    "severe_tickets": 0,
}


def small_config(workdir):
    return make_config(
        {
            "as_of": "2024-06-30",
            "seed": 3,
            "data": {"customers": 240, "prospects": 80},
            "features": {"defaults": DEFAULTS},
            "training": {"candidates": ["logistic", "tree"], "folds": 2},
            "evaluation": {"min_roc_auc": 0.5},
            "scoring": {"batch_size": 32},
        },
        workdir,
    )


@pytest.fixture
def config(tmp_path):
    """A configuration with absolute paths, nothing on disk yet."""
    return small_config(tmp_path)


@pytest.fixture
def raw(config):
    """The same with raw data."""
    generate_data(config.data, config.as_of, config.seed)
    return config


@pytest.fixture
def tables(raw):
    """The ingested tables."""
    DataIngestion(raw.data).run()
    return load_tables(raw.data)


@pytest.fixture
def featured(raw, tables):
    """The same with feature tables."""
    FeatureBuilder(raw.features, as_of=raw.as_of, seed=raw.seed).run(tables)
    return raw


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A project with one model in production; tests only read it."""
    config = small_config(tmp_path_factory.mktemp("trained"))
    generate_data(config.data, config.as_of, config.seed)
    DataIngestion(config.data).run()
    FeatureBuilder(config.features, as_of=config.as_of, seed=config.seed).run(load_tables(config.data))
    retrain_and_promote(config)
    return config
