"""Tables in SQL text."""

import pytest

from decompose.graph.sql import looks_like_sql, read_sql


@pytest.mark.parametrize(
    ("text", "reads", "writes"),
    [
        ("SELECT a, b FROM sales.orders o JOIN users u ON o.id = u.id", ("sales.orders", "users"), ()),
        ("insert into scores (id, p) select id, p from staging", ("staging",), ("scores",)),
        ("UPDATE users SET a = 1 WHERE id = %s", (), ("users",)),
        ("DELETE FROM runs WHERE day < {day}", (), ("runs",)),
        ("WITH recent AS (SELECT * FROM events) SELECT * FROM recent", ("events",), ()),
        ("SELECT * FROM {table}", (), ()),
        ("not sql at all", (), ()),
    ],
)
def test_tables_are_read_and_written(text: str, reads: tuple[str, ...], writes: tuple[str, ...]):
    statement = read_sql(text)

    assert (statement.reads, statement.writes) == (reads, writes)


def test_a_created_table_is_no_data_written():
    assert read_sql("CREATE TABLE IF NOT EXISTS t (a INT)").creates == ("t",)
    assert read_sql("CREATE TABLE IF NOT EXISTS t (a INT)").writes == ()


def test_columns_are_those_the_text_names():
    assert read_sql("SELECT a, t.b FROM t WHERE c > 1").columns == ("a", "b", "c")


def test_only_text_that_begins_with_a_verb_is_taken_for_sql():
    assert looks_like_sql("  select 1")
    assert not looks_like_sql("users")
