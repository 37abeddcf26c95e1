import pandas as pd
import pytest

from churn.data.generate import generate_data
from churn.data.ingest import DataIngestion, load_tables
from churn.data.sources import CsvSource, Source, SqliteSource, UsageSource
from churn.data.validate import SCHEMA, DataValidator, check_keys, check_ranges, coerce_types
from churn.exceptions import DataError, DataValidationError
from churn.utils import read_json


def test_generated_data_is_the_same_twice(config, tmp_path):
    first = generate_data(config.data, config.as_of, 3)
    usage = config.data.usage_csv.read_bytes()

    assert generate_data(config.data, config.as_of, 3) == first
    assert config.data.usage_csv.read_bytes() == usage
    assert first["customers"] == 320
    assert first["labels"] == 240


def test_ingest_copies_every_table(raw):
    result = DataIngestion(raw.data).run()

    assert sorted(result.rows) == ["billing", "customers", "labels", "tickets", "usage"]
    assert result.rows["billing"] == 6 * 320
    assert all(path.exists() for path in result.paths.values())


def test_load_before_ingest_says_what_is_missing(raw):
    with pytest.raises(DataError, match="ingest has not run: no customers"):
        load_tables(raw.data)


def test_sqlite_source_without_table(raw):
    with pytest.raises(DataError, match="source `orders`"):
        SqliteSource("orders", raw.data.database).read()


def test_csv_source_drops_duplicates_and_lowers_names(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("ID,Value\n1,a\n1,a\n2,b\n")

    frame = CsvSource("t", path).read()

    assert frame.to_dict("list") == {"id": [1, 2], "value": ["a", "b"]}


def test_chunks_come_in_order(tmp_path):
    path = tmp_path / "t.csv"
    pd.DataFrame({"x": range(7)}).to_csv(path, index=False)
    source = CsvSource("t", path)
    source.chunk_rows = 3

    assert [len(chunk) for chunk in source.chunks()] == [3, 3, 1]
    assert source.read()["x"].tolist() == list(range(7))


def test_usage_source_drops_clock_errors(tmp_path):
    path = tmp_path / "usage.csv"
    path.write_text("customer_id,week,sessions,minutes\n1,1,2,10\n1,2,2,-5\n")

    assert len(UsageSource("usage", path).read()) == 1


def test_empty_and_absent_sources_are_refused(tmp_path):
    (tmp_path / "empty.csv").write_text("a,b\n")

    with pytest.raises(DataError, match="empty"):
        CsvSource("empty", tmp_path / "empty.csv").read()
    with pytest.raises(DataError, match="no such file"):
        Source("gone", tmp_path / "gone.csv").read()


def test_coerce_types_works_in_place():
    frame = pd.DataFrame({"customer_id": ["1", "x"], "severity": [" High", "low "], "resolved": [1, 0]})

    assert coerce_types(frame, SCHEMA["tickets"]) is None
    assert frame["severity"].tolist() == ["high", "low"]
    assert frame["customer_id"].isna().tolist() == [False, True]


def test_ranges_and_keys_are_checked():
    customers = pd.DataFrame({"customer_id": [1, 2], "age": [30.0, 180.0]})
    usage = pd.DataFrame({"customer_id": [1, 9]})

    assert check_ranges("customers", customers) == ["customers.age: 1 values outside 16 to 110"]
    assert check_keys({"customers": customers, "usage": usage}) == ["usage: 1 unknown customers"]


def test_good_data_passes_and_leaves_a_report(raw, tables):
    report = DataValidator(raw.validation).run(tables)

    assert report.ok
    assert read_json(raw.validation.report)["rows"]["customers"] == 320


def test_bad_data_stops_the_run_with_all_problems(raw, tables):
    tables["labels"]["churned"] = 7
    tables["usage"] = tables["usage"].drop(columns="minutes")

    with pytest.raises(DataValidationError) as caught:
        DataValidator(raw.validation).run(tables)

    assert caught.value.problems == [
        "labels.churned: 240 values outside 0 to 1",
        "usage: column `minutes` is missing",
    ]
    assert read_json(raw.validation.report)["ok"] is False


def test_much_missing_is_a_warning(raw, tables):
    tables["customers"].loc[:100, "age"] = None

    report = DataValidator(raw.validation).check(tables)

    assert report.ok
    assert len(report.warnings) == 1
    assert report.warnings[0].startswith("customers.age:")
