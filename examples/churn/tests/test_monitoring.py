import numpy as np
import pytest

from churn.entities import ColumnDrift, DriftReport
from churn.monitoring.drift import DriftMonitor, category_psi, numeric_psi
from churn.monitoring.report import format_drift, summarise
from churn.utils import read_frame


def test_same_values_do_not_drift():
    values = np.linspace(0, 1, 200)

    assert numeric_psi(values, values) == pytest.approx(0.0)
    assert category_psi(["a", "b"], ["b", "a"]) == pytest.approx(0.0)


def test_shift_is_seen():
    assert numeric_psi(np.arange(100), np.arange(100) + 60) > 0.25
    assert category_psi(["a"] * 9 + ["b"], ["a"] * 5 + ["b"] * 5) > 0.25


def test_empty_columns_do_not_drift():
    assert numeric_psi([np.nan, np.nan], [1.0]) == 0.0


def test_levels_follow_the_configuration(config):
    monitor = DriftMonitor(config.monitoring)

    assert [monitor.level(psi) for psi in (0.05, 0.1, 0.3)] == ["ok", "warning", "alert"]


def test_monitor_names_the_column_that_moved(featured):
    reference = read_frame(featured.features.train_path)
    current = reference.assign(age=reference["age"] + 30)

    report = DriftMonitor(featured.monitoring).compare(reference, current)

    assert report.alerts == ["age"]
    assert report.columns[0].column == "age"
    assert report.level == "alert"


def test_report_on_disk_can_be_summarised(featured):
    monitor = DriftMonitor(featured.monitoring)

    report = monitor.run(featured.features.train_path, featured.features.train_path)

    assert report.level == "ok"
    assert summarise(featured.monitoring.report) == {"level": "ok", "moved": []}


def test_text_report():
    entries = [ColumnDrift("age", "numeric", 0.3, "alert"), ColumnDrift("plan", "category", 0.0, "ok")]
    report = DriftReport(entries, "alert")

    assert format_drift(report).splitlines() == [
        "drift: alert",
        "  !! age                0.300",
        "     plan               0.000",
    ]
