"""Validation: stop early when the raw tables are not what the features were written for."""

import pandas as pd

from churn.entities import ValidationReport
from churn.exceptions import DataValidationError
from churn.logger import get_logger
from churn.utils import write_json

logger = get_logger(__name__)

SCHEMA = {
    "customers": {
        "customer_id": "int",
        "signup_date": "date",
        "region": "category",
        "plan": "category",
        "age": "float",
        "email_opt_in": "int",
    },
    "billing": {"customer_id": "int", "month": "int", "amount": "float", "paid_late": "int"},
    "usage": {"customer_id": "int", "week": "int", "sessions": "int", "minutes": "float"},
    "tickets": {"customer_id": "int", "severity": "category", "resolved": "int"},
    "labels": {"customer_id": "int", "churned": "int"},
}

RANGES = {
    ("customers", "age"): (16, 110),
    ("billing", "amount"): (0, 1000),
    ("usage", "sessions"): (0, 500),
    ("labels", "churned"): (0, 1),
}


def coerce_types(frame, columns):
    """Give the columns of `frame` the types of the schema, in place; what cannot be read becomes missing."""
    for column, kind in columns.items():
        if column not in frame:
            continue
        if kind in ("int", "float"):
            frame[column] = pd.to_numeric(frame[column], errors="coerce")
        elif kind == "date":
            frame[column] = pd.to_datetime(frame[column], errors="coerce")
        else:
            frame[column] = frame[column].astype("string").str.strip().str.lower()


def check_columns(name, frame):
    """Return what is wrong with the columns of table `name`."""
    expected = SCHEMA[name]
    return [f"{name}: column `{column}` is missing" for column in expected if column not in frame]


def check_ranges(name, frame):
    """Return one line per column with values out of range."""
    problems = []
    for (table, column), (low, high) in RANGES.items():
        if table != name or column not in frame:
            continue
        values = frame[column].dropna()
        outside = int((~values.between(low, high)).sum())
        if outside:
            problems.append(f"{name}.{column}: {outside} values outside {low} to {high}")
    return problems


def check_keys(tables):
    """Return one line per table that speaks of customers nobody knows."""
    known = set(tables["customers"]["customer_id"])
    problems = []
    for name, frame in sorted(tables.items()):
        strangers = set(frame["customer_id"]) - known
        if strangers:
            problems.append(f"{name}: {len(strangers)} unknown customers")
    return problems


class DataValidator:
    """Checks all tables and writes a report."""

    def __init__(self, config):
        self.config = config

    def check(self, tables):
        """Return the report on `tables`, whose columns get their types on the way."""
        report = ValidationReport(rows={name: len(frame) for name, frame in sorted(tables.items())})
        for name, frame in sorted(tables.items()):
            missing = check_columns(name, frame)
            report.problems.extend(missing)
            if missing:
                continue
            coerce_types(frame, SCHEMA[name])
            report.problems.extend(check_ranges(name, frame))
            report.warnings.extend(self._missing_values(name, frame))
        if len(tables["customers"]) < self.config.min_rows:
            report.problems.append(f"customers: fewer than {self.config.min_rows} rows")
        if not report.problems:
            report.problems.extend(check_keys(tables))
        return report

    def run(self, tables):
        """Check, write the report, and raise if there are problems."""
        report = self.check(tables)
        write_json(self.config.report, report.to_dict())
        for line in report.warnings:
            logger.warning("%s", line)
        if not report.ok:
            raise DataValidationError("the raw data is not usable", report.problems)
        return report

    def _missing_values(self, name, frame):
        share = frame.isna().mean()
        return [
            f"{name}.{column}: {value:.0%} missing"
            for column, value in share.items()
            if value > self.config.max_missing
        ]
