"""Has the population changed since training?"""

import numpy as np
import pandas as pd

from churn.entities import ColumnDrift, DriftReport
from churn.features.columns import CATEGORICAL, FREQUENCY, NUMERIC
from churn.logger import get_logger
from churn.utils import read_frame, write_json

logger = get_logger(__name__)

LEVELS = ("ok", "warning", "alert")
_EPSILON = 1e-4


def _psi(expected, actual):
    expected = np.clip(expected, _EPSILON, None)
    actual = np.clip(actual, _EPSILON, None)
    return float(np.sum((actual - expected) * np.log(actual / expected)))


def numeric_psi(reference, current, bins=8):
    """Return the population stability index of a numeric column, with equally full bins of the reference."""
    reference = pd.Series(reference).dropna().to_numpy(dtype=float)
    current = pd.Series(current).dropna().to_numpy(dtype=float)
    if len(reference) == 0 or len(current) == 0:
        return 0.0
    inner = np.unique(np.quantile(reference, np.linspace(0, 1, bins + 1))[1:-1])
    edges = np.concatenate([[-np.inf], inner, [np.inf]])
    expected = np.histogram(reference, edges)[0] / len(reference)
    actual = np.histogram(current, edges)[0] / len(current)
    return _psi(expected, actual)


def category_psi(reference, current):
    """Return the population stability index of a column of categories."""
    names = sorted(set(reference) | set(current))
    expected = pd.Series(reference).value_counts(normalize=True)
    actual = pd.Series(current).value_counts(normalize=True)
    return _psi(
        np.array([expected.get(name, 0.0) for name in names]), np.array([actual.get(name, 0.0) for name in names])
    )


class DriftMonitor:
    """Compares two feature tables column by column."""

    def __init__(self, config):
        self.config = config

    def level(self, psi):
        """Return `ok`, `warning` or `alert`."""
        if psi >= self.config.psi_alert:
            return "alert"
        return "warning" if psi >= self.config.psi_warning else "ok"

    def compare(self, reference, current):
        """Return the drift report of two tables."""
        entries = []
        for column in NUMERIC:
            psi = numeric_psi(reference[column], current[column], self.config.bins)
            entries.append(ColumnDrift(column, "numeric", round(psi, 6), self.level(psi)))
        for column in CATEGORICAL + FREQUENCY:
            psi = category_psi(reference[column], current[column])
            entries.append(ColumnDrift(column, "category", round(psi, 6), self.level(psi)))
        entries.sort(key=lambda entry: (-entry.psi, entry.column))
        worst = max((LEVELS.index(entry.level) for entry in entries), default=0)
        return DriftReport(columns=entries, level=LEVELS[worst])

    def run(self, reference_path, current_path):
        """Compare two files and write the report."""
        report = self.compare(read_frame(reference_path), read_frame(current_path))
        write_json(self.config.report, report.to_dict())
        for column in report.alerts:
            logger.warning("drift: %s has moved", column)
        return report
